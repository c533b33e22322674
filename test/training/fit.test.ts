import { describe, expect, it } from 'vitest';
import type { Dataset, Samples } from '#host/data/index';
import { UserError } from '#host/ground/index';
import { checkRecipe, readPreset } from '#host/model/index';
import { requireFit, requireSuited } from '#host/training/fit';

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

function thrown(act: () => void): UserError {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error as UserError;
  }
  throw new Error('nothing was thrown');
}

describe('a recipe and a data set', () => {
  const blank = dataset(4, () => 0);

  it('fit where inputs, outputs and ranges do', () => {
    expect(() => requireFit(recipe('16-8-10'), blank)).not.toThrow();
    expect(() => requireFit(recipe('17-8-10'), blank)).toThrow('17 inputs, ten has 16 pixels');
    expect(() => requireFit(recipe('16-8-9'), blank)).toThrow(
      'has 9 outputs, for labels up to 8; training image 9 of ten has label 9',
    );
  });

  it('say what to do where they do not: as it is for each cause', () => {
    const fault = (...of: Parameters<typeof recipe>) => thrown(() => requireFit(recipe(...of), blank));
    expect(fault('17-8-10').hint).toBe('begin the network with 16: 16-8-10');
    expect(fault('3x4x4-conv3x2-10').hint).toBe('begin the network with 4x4: 4x4-conv3x2-10');
    expect(fault('16-8-9').hint).toBe('mend the label, or end the network with 10: 16-8-10');
    expect(fault('16-8-10', { training: '0..11' })).toMatchObject({
      message: 'training images 0..11 of ten, which has 10 training images',
      hint: 'give --training a range within 0..10',
    });
    expect(fault('16-8-10', { training: '5..5' })).toMatchObject({
      message: 'training images 5..5',
      hint: 'a range begins below its end: 0..10',
    });
  });

  it('fit where windows have room in the images as they are, not in others of as many pixels', () => {
    const flat = { ...blank, rows: 2, columns: 8 };
    const windows = recipe('16-8-10', { 'receptive-fields': '2..3' });
    expect(() => requireFit(windows, blank)).not.toThrow();
    expect(() => requireFit(windows, flat)).toThrow(
      'receptive-fields 2..3: windows of 2 to 3 units a side in a layer of 2 × 8',
    );
  });

  it('fit where kernels and shifts have room in the images as they are', () => {
    const flat = { ...blank, rows: 2, columns: 8 };
    const vectors = { ...blank, rows: 1, columns: 16 };
    const fault = (of: ReturnType<typeof recipe>, images: typeof blank) =>
      thrown(() => requireFit(of, images));
    const convolved = (network: string) => recipe(network, { states: 'Q3.12' });
    expect(() => requireFit(convolved('16-conv3x4-10'), blank)).not.toThrow();
    expect(fault(convolved('16-conv3x4-10'), flat)).toMatchObject({
      message: 'conv3x4: a convolution of side 3 in a layer of 2 × 8',
      hint: 'sides go from 1 to 2',
    });
    expect(fault(convolved('16-conv3x4-10'), vectors)).toMatchObject({
      message: 'conv3x4: a convolution of side 3 in a layer of 1 × 16',
      hint: expect.stringContaining('as 28x28'),
    });
    expect(fault(convolved('4x4-conv3x4-10'), flat)).toMatchObject({
      message: 'network 4x4-conv3x4-10 begins with another picture than ten has, 2 × 8',
      hint: 'begin the network with 2x8, or with 16 and no shape',
    });
    expect(() => requireFit(recipe('16-8-10', { shift: 2 }), blank)).not.toThrow();
    expect(fault(recipe('16-8-10', { shift: 2 }), flat)).toMatchObject({
      message: 'a shift of 2 in an input of 2 × 8',
      hint: 'it goes up to 1',
    });
    expect(fault(recipe('16-8-10', { shift: 1 }), vectors)).toMatchObject({
      message: 'a shift of 1 in an input of 1 × 16',
      hint: expect.stringContaining('leave the shift out'),
    });
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

  it('that are tried on what a run has learnt must suit it: it stays as it is', () => {
    const learnt = { recipe: recipe('16-8-4'), picture: { rows: 4, columns: 4 } };
    const images = (changes: object = {}) => ({
      ...{ name: 'own', set: 'test' as const, rows: 4, columns: 4, samples: blank.test },
      ...changes,
    });
    const fault = (changes?: object) => thrown(() => requireSuited('runs/a', learnt, images(changes)));
    expect(fault()).toMatchObject({
      message: 'test image 9 of own has label 9; runs/a has learnt to tell 4 classes, 0 to 3',
      hint: 'mend the label, or leave out the images of other classes',
    });
    expect(fault({ rows: 2, columns: 8 })).toMatchObject({
      message: 'own has images of 2 × 8 pixels, runs/a was trained on 4 × 4',
      hint: expect.stringContaining('write their files as count × 4 × 4'),
    });
    expect(fault({ rows: 5 })).toMatchObject({ hint: 'name a folder of 4 × 4 images with --data' });
    // Its range of training images is nothing to them.
    const suited = { ...learnt, recipe: recipe('16-8-10', { training: '0..50000' }) };
    expect(() => requireSuited('runs/a', suited, images())).not.toThrow();
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
