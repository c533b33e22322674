import { beforeEach, describe, expect, it } from 'vitest';
import { DeviceError } from '#host/endpoint/index';
import { Kernel } from '#host/kernel/kernel';
import {
  ConnectionKind,
  ConnectionRecord,
  type ErrorName,
  LayerRecord,
  Nudging,
  Option,
  packImage,
  Relaxation,
  type RequestOf,
  Tensor,
} from '#host/wire/index';
import { chainRecords, configuring } from './configure.js';
import { PLAIN, Witness, type WitnessSettings } from './witness.js';

const ARENA = 64 * 1024;
const GAIN = (16 << 16) | 1000;

const small = configuring(chainRecords([6, 5, 3]), {
  nudge: 1024,
  freeIterations: 10,
  nudgedIterations: 5,
  batch: 4,
  stateFraction: 13,
  relaxation: Relaxation.exact,
});

type Change = Partial<RequestOf<'configure'>>;

const KINDS = Object.keys(ConnectionKind).length;

/** Some of the records alone. */
function only({ records }: Pick<RequestOf<'configure'>, 'records'>, connections: number): Change {
  return { connections, records: records.subarray(0, records.length - ConnectionRecord.size) };
}

/** Two layers, of some rows and 2 columns and of 3 units, and one connection of a changed record. */
function joined(change: Partial<Parameters<typeof ConnectionRecord.encode>[0]>, rows = 3): Change {
  const layer = (channels: number, columns: number, height: number) =>
    LayerRecord.encode({ channels, rows: height, columns, biasEach: 0, padding: 0 });
  const words = { first: 0, second: 0, third: 0, fourth: 0, fifth: 0 };
  const record = {
    kind: ConnectionKind.dense,
    pre: 0,
    post: 1,
    fraction: 13,
    rule: 0,
    fixed: 0,
    ways: 0,
    padding: 0,
    ...words,
    ...change,
  };
  const records = Buffer.concat([layer(1, 2, rows), layer(3, 1, 1), ConnectionRecord.encode(record)]);
  return { layers: 2, connections: 1, records };
}

const windows = (words: { first: number; second: number }, rows?: number) =>
  joined({ kind: ConnectionKind.windows, ...words }, rows);

const witnessSettings: Omit<WitnessSettings, 'layers' | 'connections'> = {
  storage: 16,
  seed: 1n,
  inputScale: 4n,
  shift: 0,
  ...PLAIN,
  stateFraction: 13n,
  epsilon: 2048n,
  nudge: 1024n,
  relaxation: 'exact',
  rounding: 'nearest',
  freeIterations: 10,
  nudgedIterations: 5,
};

/** One input, two outputs. */
function oneToTwo(fraction: bigint): Pick<WitnessSettings, 'layers' | 'connections'> {
  const tied = { ways: 'both', rule: 'contrast', drawnAs: 0, fixed: false } as const;
  const dense = { pre: 0, post: 1, rows: 1, columns: 2, element: (_: number, j: number) => j, ...tied };
  return {
    layers: [
      { units: 1, rows: 1, columns: 1, channels: 1, biases: 0 },
      { units: 2, rows: 1, columns: 1, channels: 2, biases: 2 },
    ],
    connections: [{ ...dense, fraction }],
  };
}

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
const train = (step: number, samples: number, rates = [GAIN, GAIN, 0, 0, GAIN, GAIN]) =>
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

  it.each([
    ['a chain', {}],
    [
      'drives of many layers in two formats',
      chainRecords(new Array(16).fill(9), [13, ...new Array(14).fill(12)]),
    ],
    ['recomputed drives', { options: Option.dense }],
    ['windows', windows({ first: 1, second: 2 })],
  ] satisfies [string, Change][])('tells the whole need to whoever has too little: %s', (_, change) => {
    kernel = new Kernel(ARENA);
    const { needed } = configure(change);
    for (const arena of [0, 8, 64, 512, 2400, 2432].filter((bytes) => bytes < needed)) {
      kernel = new Kernel(arena);
      expect(refusal(() => configure(change))).toEqual(['arenaTooSmall', needed, arena, 0]);
      expect(refusal(initialise)[0]).toBe('notConfigured');
    }
  });

  it('refuses a network whose bytes do not fit 32 bits', () => {
    const [name, value] = refusal(() => configure(chainRecords([65535, 65535, 256])));
    expect([name, value]).toEqual(['arenaTooSmall', 0xffff_ffff]);
  });

  it.each<[string, Partial<RequestOf<'configure'>>, readonly [ErrorName, number, number, number]]>([
    ['one layer', chainRecords([6]), ['badLayers', 1, 16, 0]],
    ['seventeen layers', chainRecords(new Array(17).fill(1)), ['badLayers', 17, 16, 0]],
    ['an empty layer', chainRecords([6, 0, 3]), ['badSize', 0, 65535, 1]],
    ['outputs that no byte can name', chainRecords([6, 5, 257]), ['badSize', 257, 256, 2]],
    ['weights too fine', chainRecords([6, 5, 3], 16), ['badFormat', 16, 15, 0]],
    ['states too fine for 1', { stateFraction: 15 }, ['badFormat', 15, 14, 2]],
    ['states too coarse', { stateFraction: 5 }, ['badFormat', 5, 14, 2]],
    ['weights too unlike for the states', chainRecords([6, 5, 3], [13, 11]), ['badFormat', 15, 14, 3]],
    ['a record too many', { layers: 2 }, ['badLength', 90, 82, 0]],
    [
      'no connections',
      { ...chainRecords([6, 5]), ...only(chainRecords([6, 5]), 0) },
      ['badConnections', 0, 32, 0],
    ],
    ['a connection back', joined({ pre: 1, post: 0 }), ['badConnection', 0, 1, 0]],
    ['a connection of a layer with itself', joined({ pre: 1, post: 1 }), ['badConnection', 1, 1, 0]],
    ['a connection to nowhere', joined({ pre: 0, post: 2 }), ['badConnection', 2, 1, 0]],
    ['a connection back to the input', joined({ ways: 2 }), ['badWords', 2, 1, 0]],
    ['ways that there are not', joined({ ways: 3 }), ['badWords', 3, 1, 0]],
    ['a rule that there is not', joined({ rule: 3 }), ['badWords', 3, 2, 0]],
    ['a kind that is not there', joined({ kind: 200 }), ['badKind', 200, KINDS - 1, 0]],
    ['windows larger than the layer', windows({ first: 1, second: 3 }), ['badWords', 3, 2, 0]],
    ['windows of nothing', windows({ first: 0, second: 2 }), ['badWords', 0, 2, 0]],
    ['windows of more than the most', windows({ first: 2, second: 1 }), ['badWords', 2, 1, 0]],
    ['windows of too many rows', windows({ first: 1, second: 1 }, 256), ['badWords', 256, 255, 0]],
    ['pixels weaker than they are', { inputScale: 3 }, ['badParameter', 3, 8, 10]],
    ['stronger pixels in states too coarse', { inputScale: 5, stateFraction: 9 }, ['badParameter', 5, 4, 10]],
    ['a shifted vector', { shift: 1 }, ['badParameter', 1, 0, 11]],
    ['a shift of all columns', { ...joined({}), shift: 2 }, ['badParameter', 2, 1, 11]],
    ['a shift that is too far for any', { ...joined({}, 9), shift: 4 }, ['badParameter', 4, 1, 11]],
    ['no step size', { epsilon: 0 }, ['badParameter', 0, 4096, 1]],
    ['too long a step', { epsilon: 4097 }, ['badParameter', 4097, 4096, 1]],
    ['no slots', { batch: 0 }, ['badParameter', 0, 512, 2]],
    ['too many slots', { batch: 513 }, ['badParameter', 513, 512, 2]],
    ['an unknown relaxation', { relaxation: 3 }, ['badParameter', 3, 2, 3]],
    ['a free phase without iterations', { freeIterations: 0 }, ['badParameter', 0, 65535, 7]],
    ['a nudged phase without iterations', { nudgedIterations: 0 }, ['badParameter', 0, 65535, 8]],
    [
      'a centred input of windows',
      { ...windows({ first: 1, second: 2 }), options: Option.centred },
      ['badParameter', 0, 0, 15],
    ],
    ['a pixel of nine powers of two', { pixelSpikes: 9 }, ['badParameter', 9, 8, 16]],
    ['a pulled layer of another size', { inputPull: 1 }, ['badParameter', 5, 6, 17]],
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
    refusal(() => configure(chainRecords([6, 0, 3])));
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
    expect(refusal(() => train(0, 1, [GAIN, 15 << 16, 0, 0, GAIN, GAIN]))).toEqual(['badGain', 15, 32, 1]);
    expect(refusal(() => train(0, 1, [33 << 16, GAIN, 0, 0, GAIN, GAIN]))).toEqual(['badGain', 33, 32, 0]);
    expect(refusal(() => train(0, 1, [GAIN, GAIN, 0, 0, GAIN, 15 << 16]))).toEqual(['badGain', 15, 32, 4]);
    expect(refusal(() => train(0, 1, [GAIN, GAIN, 0, 0, GAIN]))[0]).toBe('badLength');
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
    // Settled states can be read, not written.
    expect(refusal(() => put(Tensor.plus, 0, 0, [1, 0]))[0]).toBe('badTensor');
    expect(refusal(() => put(Tensor.weights, 0, 30, [1, 0]))).toEqual(['badRange', 31, 30, Tensor.weights]);
    expect(refusal(() => put(Tensor.weights, 0, 0, [1]))[0]).toBe('badRange');
    expect(refusal(() => put(Tensor.start, 4, 0, [1, 0]))[0]).toBe('badTensor');
    const beyond = { offset: 0xffff_ffff, index: 0, count: 1, tensor: Tensor.weights, padding: 0 };
    expect(refusal(() => kernel.execute('read', beyond))[0]).toBe('badRange');
  });

  it('saturate instead of wrapping, and are counted', () => {
    // One input, fully lit; the target's weight just below its end, its bias so low that more is wanted.
    configure({ ...chainRecords([1, 2], 15), rounding: 1, batch: 1 });
    const witness = new Witness({ ...witnessSettings, ...oneToTwo(15n) });
    witness.weights[0].splice(0, 2, 0n, 32760n);
    witness.biases[1].splice(0, 2, 0n, -(1n << 27n));
    put(Tensor.weights, 0, 1, [32760 & 0xff, 32760 >> 8]);
    put(Tensor.biases, 1, 1, [0, 0, 0, 0xf8]);
    kernel.execute('load', { digest: witness.parameterDigest(), step: 0 });
    sample(0, 1, Uint8Array.of(255));
    expect(train(0, 1, [(16 << 16) | 65535, 0, (16 << 16) | 65535]).saturations).toBe(1);
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
    const extreme = { ...chainRecords([1, 2]), stateFraction: 14, batch: samples, nudge: 4095 };
    configure({ ...extreme, rounding: 1 });
    const witness = new Witness({
      ...witnessSettings,
      ...oneToTwo(13n),
      stateFraction: 14n,
      nudge: 4095n,
    });
    const bias = Math.round(0.9997 * 2 ** 27);
    witness.biases[1][1] = BigInt(bias);
    const data = new Uint8Array(Int32Array.of(0, bias).buffer);
    kernel.execute('write', { offset: 0, index: 1, tensor: Tensor.biases, padding: 0, data });
    kernel.execute('load', { digest: witness.parameterDigest(), step: 0 });
    for (let slot = 0; slot < samples; slot++) sample(slot, 1, Uint8Array.of(255));
    const images = Array.from({ length: samples }, () => Uint8Array.of(255));
    const gain = [(24 << 16) | 40000, 0, (24 << 16) | 40000];
    const { weights } = train(0, samples, gain);
    witness.train({
      images,
      labels: images.map(() => 1),
      nudging: 'centered',
      gains: [[40000n, 24n]],
      decays: [0n],
      biasGains: [[40000n, 24n]],
    });
    const moved = witness.plus[0][1][1] - witness.minus[0][1][1];
    expect(Number(moved) / 2 ** 14).toBeGreaterThan(0.99);
    expect(weights).toBe(witness.parameterDigest());
  });
});
