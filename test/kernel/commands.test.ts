import { beforeEach, describe, expect, it } from 'vitest';
import { Kernel } from '#host/kernel/kernel';
import { DeviceError } from '#host/link/device-error';
import { packImage } from '#host/wire/image';
import { type ErrorName, Nudging, type RequestOf, Tensor } from '#host/wire/schema';
import { Witness, type WitnessSettings } from './witness.js';

const ARENA = 64 * 1024;
const GAIN = (16 << 16) | 1000;

/** Layers of these sizes, all weights with as many fractional bits. */
function shape(sizes: readonly number[], fraction = 13): number[] {
  return [...sizes, ...sizes.slice(1).map(() => fraction)];
}

const small: RequestOf<'configure'> = {
  seed: 1,
  epsilon: 2048,
  nudge: 1024,
  freeIterations: 10,
  nudgedIterations: 5,
  batch: 4,
  imageWidth: 0,
  fieldLeast: 0,
  fieldMost: 0,
  stateFraction: 13,
  relaxation: 1,
  rounding: 0,
  options: 0,
  inputScale: 4,
  padding: 0,
  shape: shape([6, 5, 3]),
};

const witnessSettings: WitnessSettings = {
  storage: 16,
  sizes: [6, 5, 3],
  seed: 1n,
  inputScale: 4n,
  weightFractions: [13n, 13n],
  stateFraction: 13n,
  epsilon: 2048n,
  nudge: 1024n,
  relaxation: 'exact',
  rounding: 'nearest',
  freeIterations: 10,
  nudgedIterations: 5,
};

let kernel: Kernel;

/** The refusal of some work, as [error, value, limit, place]. */
function refusal(work: () => unknown): readonly [ErrorName | undefined, number, number, number] {
  try {
    work();
  } catch (error) {
    if (error instanceof DeviceError) return [error.error, error.value, error.limit, error.place];
    throw error;
  }
  throw new Error('it was not refused');
}

const configure = (change: Partial<RequestOf<'configure'>> = {}) =>
  kernel.execute('configure', { ...small, ...change });
const initialise = () => kernel.execute('initialise', { limits: [1 << 23, 1 << 23] });
const sample = (slot: number, label = 0, image = Uint8Array.of(9, 0, 255, 255, 7)) =>
  kernel.execute('sample', { slot, label, image: packImage(image) });
const train = (step: number, samples: number, rates = [GAIN, GAIN, 0, 0]) =>
  kernel.execute('train', { step, samples, nudging: Nudging.centered, rates });

beforeEach(() => {
  kernel = new Kernel(ARENA);
});

describe('configure', () => {
  it('tells the sizes of the network', () => {
    expect(configure()).toMatchObject({ weights: 6 * 5 + 5 * 3, biases: 8, units: 8, arena: ARENA });
  });

  it('takes exactly the bytes it says, and refuses one fewer', () => {
    const { needed } = configure();
    kernel = new Kernel(needed);
    expect(configure().needed).toBe(needed);
    kernel = new Kernel(needed - 1);
    expect(refusal(configure)).toEqual(['arenaTooSmall', needed, needed - 1, 0]);
  });

  it('refuses a network whose bytes do not fit 32 bits', () => {
    const [name, value] = refusal(() => configure({ shape: shape([65535, 65535, 256]) }));
    expect([name, value]).toEqual(['arenaTooSmall', 0xffff_ffff]);
  });

  it.each<[string, Partial<RequestOf<'configure'>>, readonly [ErrorName, number, number, number]]>([
    ['one layer', { shape: shape([6]) }, ['badLayers', 1, 8, 0]],
    ['nine layers', { shape: shape([1, 1, 1, 1, 1, 1, 1, 1, 1]) }, ['badLayers', 9, 8, 0]],
    ['an empty layer', { shape: shape([6, 0, 3]) }, ['badSize', 0, 65535, 1]],
    ['outputs that no byte can name', { shape: shape([6, 5, 257]) }, ['badSize', 257, 256, 2]],
    ['weights too fine', { shape: shape([6, 5, 3], 16) }, ['badFormat', 16, 15, 0]],
    ['states too fine for 1', { stateFraction: 15 }, ['badFormat', 15, 14, 2]],
    ['states too coarse for a pixel', { stateFraction: 7 }, ['badFormat', 7, 14, 2]],
    ['weights too unlike for the states', { shape: [6, 5, 3, 13, 11] }, ['badFormat', 15, 14, 3]],
    ['a shape with a number too many', { shape: [6, 5, 3, 13, 13, 13] }, ['badLength', 36, 34, 0]],
    [
      'an image of no whole rows',
      { imageWidth: 4, fieldLeast: 1, fieldMost: 1 },
      ['badParameter', 4, 255, 10],
    ],
    [
      'windows larger than the image',
      { imageWidth: 3, fieldLeast: 1, fieldMost: 3 },
      ['badParameter', 3, 2, 11],
    ],
    ['windows of nothing', { imageWidth: 3, fieldLeast: 0, fieldMost: 2 }, ['badParameter', 2, 2, 11]],
    ['pixels weaker than they are', { inputScale: 3 }, ['badParameter', 3, 8, 12]],
    ['stronger pixels in states too coarse', { inputScale: 5, stateFraction: 9 }, ['badParameter', 5, 4, 12]],
    ['no step size', { epsilon: 0 }, ['badParameter', 0, 4096, 1]],
    ['too long a step', { epsilon: 4097 }, ['badParameter', 4097, 4096, 1]],
    ['no slots', { batch: 0 }, ['badParameter', 0, 512, 2]],
    ['too many slots', { batch: 513 }, ['badParameter', 513, 512, 2]],
    ['an unknown relaxation', { relaxation: 2 }, ['badParameter', 2, 1, 3]],
    ['a free phase without iterations', { freeIterations: 0 }, ['badParameter', 0, 65535, 7]],
    ['a nudged phase without iterations', { nudgedIterations: 0 }, ['badParameter', 0, 65535, 8]],
    ['an unknown rounding', { rounding: 2 }, ['badParameter', 2, 1, 4]],
  ])('refuses %s', (_, change, expected) => {
    expect(refusal(() => configure(change))).toEqual(expected);
  });

  it('draws no weights beyond what any format needs', () => {
    configure();
    const limits = [1 << 24, (1 << 26) + 1];
    expect(refusal(() => kernel.execute('initialise', { limits }))).toEqual([
      'badParameter',
      (1 << 26) + 1,
      1 << 26,
      9,
    ]);
  });

  it('forgets the network it had when it refuses another', () => {
    configure();
    refusal(() => configure({ shape: shape([6, 0, 3]) }));
    expect(initialise()).toBeDefined();
  });
});

describe('the order of things', () => {
  it('asks for a network first', () => {
    expect(refusal(initialise)[0]).toBe('notConfigured');
    expect(refusal(() => sample(0))[0]).toBe('notConfigured');
    expect(refusal(() => train(0, 1))[0]).toBe('notConfigured');
    const range = { offset: 0, index: 0, count: 1, tensor: Tensor.weights, padding: 0 };
    expect(refusal(() => kernel.execute('read', range))[0]).toBe('notConfigured');
  });

  it('asks for weights before training and evaluating', () => {
    configure();
    sample(0);
    expect(refusal(() => train(0, 1))[0]).toBe('noWeights');
    expect(refusal(() => kernel.execute('evaluate', { iterations: 1, samples: 1 }))[0]).toBe('noWeights');
  });

  it('applies a step once, and no step before its turn', () => {
    configure();
    initialise();
    sample(0);
    expect(train(0, 1).step).toBe(1);
    sample(0);
    expect(refusal(() => train(0, 1))).toEqual(['alreadyApplied', 0, 1, 0]);
    expect(refusal(() => train(2, 1))).toEqual(['stepGap', 2, 1, 0]);
    expect(train(1, 1).step).toBe(2);
  });

  it('uses each staged example once', () => {
    configure();
    initialise();
    sample(0);
    train(0, 1);
    expect(refusal(() => train(1, 1))).toEqual(['missingSample', 0, 0, 0]);
  });

  it('names what is wrong with an example', () => {
    configure();
    expect(refusal(() => sample(4))).toEqual(['badSlot', 4, 4, 0]);
    expect(refusal(() => sample(1, 3))).toEqual(['badLabel', 3, 3, 1]);
    expect(refusal(() => sample(2, 0, new Uint8Array(7).fill(1)))).toEqual(['badImage', 7, 6, 2]);
  });

  it('refuses gains it cannot shift', () => {
    configure();
    initialise();
    sample(0);
    expect(refusal(() => train(0, 1, [GAIN, 15 << 16, 0, 0]))).toEqual(['badGain', 15, 32, 1]);
    expect(refusal(() => train(0, 1, [33 << 16, GAIN, 0, 0]))).toEqual(['badGain', 33, 32, 0]);
    expect(refusal(() => train(0, 1, [GAIN]))[0]).toBe('badLength');
  });
});

describe('parameters', () => {
  const put = (tensor: number, index: number, offset: number, data: readonly number[]) =>
    kernel.execute('write', { offset, index, tensor, padding: 0, data: Uint8Array.from(data) });

  it('are lost by a write until their digest is confirmed', () => {
    configure();
    const { digest } = initialise();
    put(Tensor.weights, 0, 0, [1, 0]);
    sample(0);
    expect(refusal(() => train(0, 1))[0]).toBe('noWeights');
    expect(refusal(() => kernel.execute('load', { digest, step: 7 }))[0]).toBe('digestMismatch');
    initialise();
    expect(kernel.execute('load', { digest, step: 7 }).digest).toBe(digest);
    expect(train(7, 1).step).toBe(8);
  });

  it('are addressed within their bounds', () => {
    configure();
    expect(refusal(() => put(Tensor.weights, 2, 0, [1, 0]))[0]).toBe('badTensor');
    expect(refusal(() => put(Tensor.biases, 0, 0, [1, 0, 0, 0]))[0]).toBe('badTensor');
    expect(refusal(() => put(9, 0, 0, [1, 0]))[0]).toBe('badTensor');
    // What phases settle in can be read, not written.
    expect(refusal(() => put(Tensor.plus, 0, 0, [1, 0]))[0]).toBe('badTensor');
    expect(refusal(() => put(Tensor.weights, 0, 30, [1, 0]))).toEqual(['badRange', 31, 30, Tensor.weights]);
    expect(refusal(() => put(Tensor.weights, 0, 0, [1]))[0]).toBe('badRange');
    expect(refusal(() => put(Tensor.start, 4, 0, [1, 0]))[0]).toBe('badTensor');
    const beyond = { offset: 0xffff_ffff, index: 0, count: 1, tensor: Tensor.weights, padding: 0 };
    expect(refusal(() => kernel.execute('read', beyond))[0]).toBe('badRange');
  });

  it('saturate instead of wrapping, and are counted', () => {
    // One input, fully lit; the target's weight just below its end, its bias so low that more is wanted.
    configure({ shape: shape([1, 2], 15), rounding: 1, batch: 1 });
    const witness = new Witness({ ...witnessSettings, sizes: [1, 2], weightFractions: [15n] });
    witness.weights[0].splice(0, 2, 0n, 32760n);
    witness.biases[0].splice(0, 2, 0n, -(1n << 27n));
    put(Tensor.weights, 0, 1, [32760 & 0xff, 32760 >> 8]);
    put(Tensor.biases, 1, 1, [0, 0, 0, 0xf8]);
    kernel.execute('load', { digest: witness.parameterDigest(), step: 0 });
    sample(0, 1, Uint8Array.of(255));
    expect(train(0, 1, [(16 << 16) | 65535, 0]).saturations).toBe(1);
    const range = { offset: 0, index: 0, count: 2, tensor: Tensor.weights, padding: 0 };
    const { data } = kernel.execute('read', range);
    expect([...new Int16Array(data.slice().buffer)]).toEqual([0, 32767]);
  });
});

describe('the bounds of sums', () => {
  it('hold for 512 samples of one lit pixel whose unit moves all the way', () => {
    // β just below 1 divides by next to nothing: the target goes to 1 with +β and to 0 with −β. The sum, 255 · 2¹⁴ ·
    // 512 at most, is what the contrast of the input must hold in 32 bits.
    const samples = 512;
    const extreme = { shape: shape([1, 2]), stateFraction: 14, batch: samples, nudge: 4095 };
    configure({ ...extreme, rounding: 1 });
    const witness = new Witness({
      ...witnessSettings,
      sizes: [1, 2],
      weightFractions: [13n],
      stateFraction: 14n,
      nudge: 4095n,
    });
    const bias = Math.round(0.9997 * 2 ** 27);
    witness.biases[0][1] = BigInt(bias);
    const data = new Uint8Array(Int32Array.of(0, bias).buffer);
    kernel.execute('write', { offset: 0, index: 1, tensor: Tensor.biases, padding: 0, data });
    kernel.execute('load', { digest: witness.parameterDigest(), step: 0 });
    for (let slot = 0; slot < samples; slot++) sample(slot, 1, Uint8Array.of(255));
    const images = Array.from({ length: samples }, () => Uint8Array.of(255));
    const gain = [(24 << 16) | 40000, 0];
    const { weights } = train(0, samples, gain);
    witness.train({
      images,
      labels: images.map(() => 1),
      nudging: 'centered',
      gains: [[40000n, 24n]],
      decays: [0n],
    });
    const moved = witness.plus[0][1][1] - witness.minus[0][1][1];
    expect(Number(moved) / 2 ** 14).toBeGreaterThan(0.99);
    expect(weights).toBe(witness.parameterDigest());
  });
});
