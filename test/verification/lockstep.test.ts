import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Endpoint, LoudName, QuietName } from '#host/endpoint/index';
import { DeviceError } from '#host/endpoint/index';
import { UserError } from '#host/ground/index';
import { Twin } from '#host/kernel/index';
import { Lockstep, VerificationError } from '#host/verification/lockstep';
import { SampledLockstep } from '#host/verification/sampled-lockstep';
import {
  type MessageName,
  Messages,
  Nudging,
  packImage,
  Relaxation,
  type ReplyOf,
  type RequestOf,
  Tensor,
} from '#host/wire/index';
import { chainRecords, configuring } from '../kernel/configure.js';

const network = configuring(chainRecords([6, 5, 3]), {
  seed: 5,
  stateFraction: 13,
  relaxation: Relaxation.exact,
});

const gain = (16 << 16) | 0x1000;
const training: RequestOf<'train'> = {
  step: 0,
  samples: 2,
  nudging: Nudging.centered,
  rates: [gain, gain, 0, 0, gain, gain],
};

type Reply = Readonly<Record<string, number | bigint | Uint8Array>>;
type Tampering = (name: LoudName, reply: Reply) => Reply;

/** A device that runs everything as it should, and does not always say so. */
class Liar implements Endpoint {
  tamper: Tampering = (_, reply) => reply;
  quiet: QuietName[] = [];

  constructor(private readonly honest: Endpoint) {}

  async request<N extends LoudName>(name: N, values: RequestOf<N>): Promise<ReplyOf<N>> {
    const reply = await this.honest.request(name, values);
    return this.tamper(name, reply as Reply) as ReplyOf<N>;
  }

  post<N extends QuietName>(name: N, values: RequestOf<N>): Promise<void> {
    this.quiet.push(name);
    return this.honest.post(name, values);
  }
}

function flipped(value: number | bigint | Uint8Array, bit: number): number | bigint | Uint8Array {
  if (typeof value === 'bigint') return value ^ (1n << BigInt(bit));
  if (typeof value === 'number') return (value ^ (1 << bit)) >>> 0;
  return value.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}

const widths: Readonly<Record<string, number>> = { u8: 8, u16: 16, u32: 32, u64: 64 };

/** Fields of a reply with some of their bits, first and last among them. */
function bitsOf(name: MessageName, elements: number): [string, number][] {
  return Object.entries(Messages[name].reply.layout).flatMap(([field, kind]) => {
    const bits = Array.isArray(kind) ? 8 * elements : widths[String(kind)];
    return [0, bits >> 1, bits - 1].map((bit): [string, number] => [field, bit]);
  });
}

const twins = [new Twin({ arena: 1 << 16 }), new Twin({ arena: 1 << 17 })];
const [honest, twin] = twins;
const device = new Liar(honest);
let lockstep: Lockstep;

async function place(endpoint: Endpoint, slot: number): Promise<void> {
  const image = packImage(Uint8Array.of(0, 200, 255, slot, 9, 0));
  await endpoint.post('sample', { slot, label: slot, image });
}

async function stage(): Promise<void> {
  for (const slot of [0, 1]) await place(lockstep, slot);
}

beforeEach(async () => {
  device.tamper = (_, reply) => reply;
  lockstep = new Lockstep(device, twin);
  await lockstep.request('configure', network);
  await lockstep.request('initialise', { limits: [1 << 23, 1 << 23] });
  await stage();
});

afterAll(() => Promise.all(twins.map((one) => one.close())));

const cases: Readonly<Record<string, () => Promise<unknown>>> = {
  initialise: () => lockstep.request('initialise', { limits: [1 << 22, 1 << 22] }),
  train: () => lockstep.request('train', training),
  evaluate: () => lockstep.request('evaluate', { samples: 2, iterations: 5 }),
  read: () =>
    lockstep.request('read', { offset: 0, index: 0, count: 10, tensor: Tensor.weights, padding: 0 }),
};

test('equal replies are passed on and counted', async () => {
  expect(lockstep.checked).toBe(2);
  const reply = await lockstep.request('train', training);
  expect(reply.step).toBe(1);
  expect(reply.predictions).toHaveLength(2);
  expect(lockstep.checked).toBe(3);
});

test('quiet messages go to both', async () => {
  const before = device.quiet.length;
  await stage();
  expect(device.quiet.slice(before)).toEqual(['sample', 'sample']);
});

test('statistics are the device’s alone: the twin is not asked', async () => {
  const statistics = { products: 12_345n, early: 1 };
  const working: Endpoint = {
    request: async <N extends LoudName>() => statistics as unknown as ReplyOf<N>,
    post: () => Promise.resolve(),
  };
  const alone = new Lockstep(working, twin);
  expect(await alone.request('statistics', {})).toEqual(statistics);
  expect(alone.checked).toBe(0);
});

test('sampled: a reading amid what is posted takes nothing of it from the twin', async () => {
  const sampled = new SampledLockstep(device, twin, 1);
  await sampled.request('configure', network);
  await sampled.request('initialise', { limits: [1 << 23, 1 << 23] });
  await place(sampled, 0);
  await sampled.request('read', { offset: 0, index: 1, count: 3, tensor: Tensor.biases, padding: 0 });
  await place(sampled, 1);
  expect((await sampled.request('train', training)).step).toBe(1);
  expect(sampled.checked).toBe(2);
});

describe('a single flipped bit', () => {
  const flips = [
    ...bitsOf('initialise', 0).map(([field, bit]) => ['initialise', field, bit] as const),
    ...bitsOf('train', 2).map(([field, bit]) => ['train', field, bit] as const),
    ...bitsOf('evaluate', 2).map(([field, bit]) => ['evaluate', field, bit] as const),
    ...bitsOf('read', 20).map(([field, bit]) => ['read', field, bit] as const),
  ];
  test.each(flips)('in the reply to %s: %s, bit %i', async (name, field, bit) => {
    device.tamper = (_, reply) => ({ ...reply, [field]: flipped(reply[field], bit) });
    const attempt = cases[name]();
    await expect(attempt).rejects.toBeInstanceOf(VerificationError);
    await expect(attempt).rejects.toThrow(`the device's ${field} is `);
    expect(lockstep.checked).toBe(2);
  });
});

test('the message names the request, its step, and every field with both values', async () => {
  device.tamper = (_, reply) => ({ ...reply, step: 9, predictions: Uint8Array.of(7, 8) });
  await expect(cases.train()).rejects.toThrow(
    /^train 0: the device's step is 9, the twin has 1; its predictions is \[7 8\], the twin has \[\d \d\]$/,
  );
  await expect(cases.evaluate()).rejects.toThrow();
});

test('predictions of another number of samples', async () => {
  device.tamper = (_, reply) => ({ ...reply, predictions: (reply.predictions as Uint8Array).subarray(0, 1) });
  await expect(cases.train()).rejects.toBeInstanceOf(VerificationError);
});

test('memory may differ, the layout may not', async () => {
  device.tamper = (_, reply) => ({ ...reply, needed: 1, arena: 2 });
  await expect(lockstep.request('configure', network)).resolves.toMatchObject({ needed: 1, arena: 2 });
  device.tamper = (_, reply) => ({ ...reply, units: 9 });
  await expect(lockstep.request('configure', network)).rejects.toBeInstanceOf(VerificationError);
});

test('what both refuse is told as the device tells it', async () => {
  const refused = lockstep.request('train', { ...training, step: 4 });
  await expect(refused).rejects.toBeInstanceOf(DeviceError);
  await expect(refused).rejects.toMatchObject({ error: 'stepGap', value: 4, limit: 0 });
  await expect(refused).rejects.not.toBeInstanceOf(VerificationError);
});

describe('what the device refuses and the twin accepts', () => {
  const refuseWith = (error: DeviceError) => {
    device.tamper = () => {
      throw error;
    };
  };
  const errorOf = (name: 'stepGap' | 'badGain' | 'arenaTooSmall' | 'unknownSession' | 'fault') =>
    new DeviceError(name, 7, 3, 0, 'train', 'no');

  test.each(['stepGap', 'badGain'] as const)('is a difference: %s', async (name) => {
    const error = errorOf(name);
    refuseWith(error);
    const attempt = cases.train();
    await expect(attempt).rejects.toBeInstanceOf(VerificationError);
    await expect(attempt).rejects.toMatchObject({
      message: 'train 0: the twin answered, the device refused: train: no',
      cause: error,
    });
  });

  test.each([
    'arenaTooSmall',
    'unknownSession',
    'fault',
  ] as const)('is the device’s own affair: %s', async (name) => {
    const error = errorOf(name);
    refuseWith(error);
    await expect(cases.train()).rejects.toBe(error);
  });
});

test('an error of the line is not a difference', async () => {
  const broken = new UserError('the line to the device was closed');
  device.tamper = () => {
    throw broken;
  };
  await expect(cases.train()).rejects.toBe(broken);
});

test('a twin that gets too little memory is no difference', async () => {
  const small = new Twin({ arena: 64 });
  try {
    const attempt = new Lockstep(device, small).request('configure', network);
    await expect(attempt).rejects.not.toBeInstanceOf(VerificationError);
    await expect(attempt).rejects.toThrow(
      /^this computer has too little memory for the twin: configure: the network needs \d+ bytes, the arena has \d+/,
    );
  } finally {
    await small.close();
  }
});

test('a device that goes on where the twin refuses', async () => {
  await honest.request('train', training);
  await honest.post('sample', { slot: 0, label: 0, image: packImage(new Uint8Array(6)) });
  await expect(lockstep.request('train', { ...training, step: 1, samples: 1 })).rejects.toThrow(
    /^train 1: the device answered, the twin refused: .*minibatch 1 was sent/,
  );
});
