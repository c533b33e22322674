import { describe, expect, it } from 'vitest';
import type { Dataset, Samples } from '#host/data/dataset';
import { checkRecipe } from '#host/model/recipe-check';
import { requireFit } from '#host/training/fit';
import { readPreset } from '#host/training/presets';

/** Images of one size, all of their pixels alike. */
function dataset(side: number, pixel: (at: number) => number, count = 10): Dataset {
  const samples: Samples = {
    count,
    images: Uint8Array.from({ length: count * side * side }, (_, at) => pixel(at)),
    labels: Uint8Array.from({ length: count }, (_, n) => n % 10),
  };
  const pixels = side * side;
  return { name: 'ten', rows: side, columns: side, pixels, classes: 10, training: samples, test: samples };
}

function recipe(network: string, changes: Readonly<Record<string, string | number>> = {}) {
  const { values } = readPreset('tiny');
  return checkRecipe({ ...values, network, training: '0..10', ...changes }, 'a test');
}

describe('a recipe and a data set', () => {
  const blank = dataset(4, () => 0);

  it('fit where inputs, outputs and ranges do', () => {
    expect(() => requireFit(recipe('16-8-10'), blank)).not.toThrow();
    expect(() => requireFit(recipe('17-8-10'), blank)).toThrow('17 inputs, ten has 16 pixels');
    expect(() => requireFit(recipe('16-8-9'), blank)).toThrow('9 outputs, ten has 10 classes');
    expect(() => requireFit(recipe('16-8-10', { training: '0..11' }), blank)).toThrow(
      'training images 0..11',
    );
  });

  it('do not fit where a device could not count the minibatches', () => {
    const many = dataset(1, () => 0, 43_000);
    const long = (training: string) => recipe('1-8-10', { minibatch: 1, epochs: 100_000, training });
    // 2³² − 1 stands for weights that are undefined.
    expect(() => requireFit(long('0..42949'), many)).not.toThrow();
    expect(() => requireFit(long('0..42950'), many)).toThrow(
      '4295000000 minibatches, a device counts 4294967294',
    );
  });

  it('do not validate on what they train on', () => {
    const ranges = (training: string, validation: string) => recipe('16-8-10', { training, validation });
    expect(() => requireFit(ranges('0..6', '6..10'), blank)).not.toThrow();
    expect(() => requireFit(ranges('4..10', '0..4'), blank)).not.toThrow();
    expect(() => requireFit(ranges('0..7', '6..10'), blank)).toThrow('validation images 6..10 overlap');
    expect(() => requireFit(ranges('3..5', '0..10'), blank)).toThrow('overlap training images 3..5');
  });

  it('fit where every image fits a message, however large it is', () => {
    expect(() =>
      requireFit(
        recipe('1600-8-10'),
        dataset(40, () => 0),
      ),
    ).not.toThrow();
    const noise = dataset(40, (at) => 1 + ((at * 7919) % 250));
    expect(() => requireFit(recipe('1600-8-10'), noise)).toThrow(/image 0 of ten packs into \d+ bytes/);
  });
});
