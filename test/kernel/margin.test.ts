/** Which examples are nudged, by outputs that are exactly as far apart as the margin, or a step of the states less. */
import { describe, expect, test } from 'vitest';
import { hostModule, portableModule } from '#host/kernel/index';
import { Option, packImage, Tensor } from '#host/wire/index';
import { chainRecords, configuring } from './configure.js';
import { Kernel, tensor } from './networks.js';
import { digestOf } from './witness-words.js';

const STATES = 13;
const GAIN = (20 << 16) | 50000;
const LABEL = 1;

/** Trains a step on an example without a lit pixel, of a network whose outputs settle in given states, with 13 fractional bits. */
function trained(outputs: readonly number[], margin: number, options = 0, module = hostModule()) {
  const kernel = new Kernel(1 << 16, undefined, module);
  const records = chainRecords([2, outputs.length], 13);
  kernel.execute(
    'configure',
    configuring(records, { margin, options, stateFraction: STATES, relaxation: 1, nudge: 4096, batch: 1 }),
  );
  kernel.execute('initialise', { limits: [0] });
  const biases = Int32Array.from(outputs, (state) => state * 2 ** 13);
  const data = new Uint8Array(biases.buffer);
  kernel.execute('write', { offset: 0, index: 1, tensor: Tensor.biases, padding: 0, data });
  const none = outputs.map(() => 0n);
  const digest = digestOf(0x70617261, [none, none, Array.from(biases, BigInt)]);
  kernel.execute('load', { digest, step: 0 });
  kernel.execute('sample', { slot: 0, label: LABEL, image: packImage(new Uint8Array(2)) });
  const { nudged, nudgedIterations, weights } = kernel.execute('train', {
    ...{ step: 0, samples: 1, nudging: 0, rates: [GAIN, 0, GAIN] },
  });
  const [free, plus, minus] = [Tensor.free, Tensor.plus, Tensor.minus].map((kind) =>
    tensor(kernel, kind, 0, outputs.length).map(Number),
  );
  return { nudged, nudgedIterations, hasChanged: weights !== digest, free, plus, minus };
}

describe.each([
  ['event by event', 0, hostModule],
  ['densely, portably', Option.dense, portableModule],
])('%s', (_, options, module) => {
  const by = (outputs: readonly number[], margin: number) => trained(outputs, margin, options, module());

  test.each([
    ['as much as the margin', [2048, 6144, 0], 2048],
    ['a step less', [2049, 6144, 0], 2047],
    ['all, where the others are 0', [0, 8192, 0], 4096],
    ['a step of the states, less than the least margin', [0, 2, 0], 1],
  ])('an example that is right by %s is not nudged', (_name, outputs, margin) => {
    const { free, plus, minus, ...told } = by(outputs, margin);
    expect(told).toEqual({ nudged: 0, nudgedIterations: 0, hasChanged: false });
    expect([free, plus, minus]).toEqual([outputs, outputs, outputs]);
  });

  test.each([
    ['a step too little', [2049, 6144, 0], 2048],
    ['that over one of the others alone', [0, 6144, 4096], 2048],
    ['nothing: it is wrong', [6144, 0, 0], 1],
    ['nothing: another is as great', [4096, 4096, 0], 1],
    ['much, without a margin', [0, 6144, 0], 0],
  ])('an example that is right by %s is nudged', (_name, outputs, margin) => {
    const { nudged, nudgedIterations, hasChanged, free, plus } = by(outputs, margin);
    expect({ nudged, hasChanged, free }).toEqual({ nudged: 1, hasChanged: true, free: outputs });
    expect(nudgedIterations).toBeGreaterThan(0);
    // (drive + β t) / (1 + β) with β = 1.
    expect(plus).toEqual(outputs.map((state, j) => Math.round((state + (j === LABEL ? 8192 : 0)) / 2)));
  });
});

test('a margin above 1 is refused', () => {
  const request = configuring(chainRecords([2, 3], 13), { margin: 4097 });
  expect(() => new Kernel(1 << 16).execute('configure', request)).toThrow(
    expect.objectContaining({ error: 'badParameter', value: 4097, limit: 4096, place: 14 }),
  );
});
