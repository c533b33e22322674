import { describe, expect, test } from 'vitest';
import { dataSet } from '#host/data/index';
import { LinearClassifier } from '#host/reference/linear-classifier';
import { easyGestures, hardGestures } from '../../examples/gestures.mjs';
import { uniform } from './networks.js';

/** Points of so many bytes, and their classes. */
function samples(points: readonly (readonly number[])[], labels: readonly number[]) {
  return { count: points.length, images: Uint8Array.from(points.flat()), labels: Uint8Array.from(labels) };
}

/** Points in the unit square, each coordinate near 0 or near 1. */
function corners(count: number, seed: number, classOf: (right: number, upper: number) => number) {
  const draw = uniform(seed);
  const bits = Array.from({ length: count }, () => [draw(0, 1) < 0.5 ? 0 : 1, draw(0, 1) < 0.5 ? 0 : 1]);
  const near = (bit: number) => Math.floor(200 * bit + draw(0, 50));
  return samples(
    bits.map(([right, upper]) => [near(right), near(upper)]),
    bits.map(([right, upper]) => classOf(right, upper)),
  );
}

describe('a linear classifier', () => {
  test.each([
    ['one side', (right: number) => right, 2],
    ['and', (right: number, upper: number) => right & upper, 2],
    ['four corners', (right: number, upper: number) => 2 * right + upper, 4],
  ])('tells what a line parts: %s', (_, classOf, classes) => {
    const classifier = new LinearClassifier(corners(400, 1, classOf), classes);
    expect(classifier.wrong(corners(400, 2, classOf))).toBe(0);
  });

  test('cannot tell what none does: one corner of the exclusive or is on the wrong side of any', () => {
    const xor = (right: number, upper: number) => right ^ upper;
    const classifier = new LinearClassifier(corners(400, 1, xor), 2);
    const wrong = classifier.wrong(corners(400, 2, xor)) / 400;
    expect(wrong).toBeGreaterThan(0.2);
    expect(wrong).toBeLessThan(0.8);
  });

  test('learns the share of classes where inputs tell nothing', () => {
    const blank = samples(new Array(100).fill([0, 0, 0]), [
      ...new Array(60).fill(2),
      ...new Array(40).fill(0),
    ]);
    expect(new LinearClassifier(blank, 3).wrong(blank)).toBe(40);
  });

  test('is the same of the same data', () => {
    const noise = corners(200, 3, () => 0);
    const labels = Uint8Array.from(noise.labels, (_, n) => n % 3);
    const wrong = () => new LinearClassifier({ ...noise, labels }, 3).wrong({ ...noise, labels });
    expect(wrong()).toBe(wrong());
  });

  test('takes a part of very many products, from all over', () => {
    const count = 400;
    const pixels = 3000;
    const images = Uint8Array.from({ length: count * pixels }, (_, at) => 1 + (at % 7));
    // Two labels of 256, the first half of the examples and the second.
    const labels = Uint8Array.from({ length: count }, (_, n) => (n < count / 2 ? 0 : 255));
    const classifier = new LinearClassifier({ count, images, labels }, 256);
    expect(classifier.examples).toBe(325);
  });

  test('errs on hard gestures, and not on easy ones', () => {
    const error = (gestures: ReturnType<typeof easyGestures>, scaling: 'unit' | 'signed') => {
      const { training, test: asked, classes } = dataSet({ ...gestures, scaling });
      return new LinearClassifier(training, classes).wrong(asked) / asked.count;
    };
    for (const scaling of ['unit', 'signed'] as const) {
      expect(error(easyGestures(1), scaling)).toBeLessThan(0.01);
      expect(error(hardGestures(1), scaling)).toBeGreaterThan(0.1);
    }
  });
});
