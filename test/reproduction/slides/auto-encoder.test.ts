/** Auto-encoders beside what a pencil finds. */
import { describe, expect, test } from 'vitest';
import { Draws } from '#host/reproduction/draws';
import { AutoEncoder, type EncoderRule, symmetryOf } from '#host/reproduction/slides/auto-encoder';
import { linear } from '#host/reproduction/slides/chain';
import { halvedOf } from '#host/reproduction/slides/examples';

describe('symmetry', () => {
  const up = Float64Array.of(1, 2, 3, 4, 5, 6);
  test('a transpose has a cosine of 1, whatever its size', () => {
    // W is 2 × 3, W′ 3 × 2.
    const { cosine, ratio } = symmetryOf(up, Float64Array.of(2, 8, 4, 10, 6, 12), 3);
    expect(cosine).toBeCloseTo(1, 15);
    expect(ratio).toBeCloseTo(1 / 2, 15);
  });

  test('the same numbers in the same order are not the transpose', () => {
    // 1·1 + 2·3 + 3·5 + 4·2 + 5·4 + 6·6 of 91
    expect(symmetryOf(up, up, 3).cosine).toBeCloseTo(86 / 91, 15);
  });
});

describe('a step', () => {
  const rule: EncoderRule = { activations: [linear, linear], masking: 0, decay: 0, rate: 0.1, scale: 1 };
  const learnt = (changes: Partial<EncoderRule>) => {
    const weights = [Float64Array.of(1), Float64Array.of(0.5)];
    const encoder = new AutoEncoder(1, 1, { ...rule, ...changes }, new Draws(1, 0), weights);
    return { cost: encoder.learn(Float64Array.of(1)), weights: weights.map(([weight]) => weight) };
  };

  test('goes down the error: x̂ = ½', () => {
    const { cost, weights } = learnt({});
    expect(cost).toBe(1 / 8);
    expect(weights[0]).toBeCloseTo(1.025, 15);
    expect(weights[1]).toBeCloseTo(0.55, 15);
  });

  test('with decay, both shrink first', () => {
    const { weights } = learnt({ decay: 1 });
    expect(weights[0]).toBeCloseTo(0.925, 15);
    expect(weights[1]).toBeCloseTo(0.5, 15);
  });

  test('an input that is masked is to be reconstructed all the same', () => {
    const { cost, weights } = learnt({ masking: 1 });
    expect([cost, ...weights]).toEqual([1 / 2, 1, 0.5]);
  });
});

test('an image of half as many rows and columns has the means of four', () => {
  const samples = {
    count: 1,
    images: Uint8Array.of(0, 64, 128, 128, 64, 128, 128, 128),
    labels: Uint8Array.of(0),
  };
  const dataset = {
    name: 'one',
    rows: 2,
    columns: 4,
    pixels: 8,
    classes: 1,
    training: samples,
    test: samples,
  };
  expect([...halvedOf(dataset, samples, 0)]).toEqual([0.25, 0.5]);
  expect([...halvedOf({ ...dataset, rows: 1, columns: 8 }, samples, 0)].slice(0, 3)).toEqual([0, 0.25, 0.5]);
});
