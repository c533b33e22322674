/** A network's weights through the callbacks of eqprop_save and eqprop_restore. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesOf } from '#host/ground/index';
import { temporaryFolder } from '../runs/small-data.js';
import {
  ask,
  type Built,
  build,
  compilers,
  exampleOf,
  HostNetwork,
  learnOrder,
  type Network,
  type Order,
  savedRun,
  writeDeployed,
} from './deployed.js';

const PATIENCE = 400_000;
const folder = temporaryFolder();
const MINIBATCH = 2;
const small: Network = {
  settings: { network: '16-5-3', relaxation: 'exact', minibatch: MINIBATCH, rates: [0.2, 0.1] },
  picture: { rows: 4, columns: 4 },
};
const saved = savedRun(small);
const BAD_STORAGE = '-4';
const DAMAGED = '-5';
const OTHER_NETWORK = '-6';
const OTHER_VERSION = '-7';

let compiler: readonly string[];
let built: Built;
let program: string;
beforeAll(async () => {
  const tools = await compilers();
  compiler = tools.get('gcc') ?? [...tools.values()][0];
  built = await library(small);
  program = build(built, compiler);
}, PATIENCE);
afterAll(() => folder.remove());

const library = (network: Network) =>
  writeDeployed(savedRun(network), mkdtempSync(join(folder.path, 'saving-')), {});

function host(): HostNetwork {
  const network = new HostNetwork(built.deployed.recipe);
  network.load(saved.parameters, built.deployed.digest, built.deployed.step);
  return network;
}

const minibatch = (n: number) =>
  Array.from({ length: MINIBATCH }, (_, k) => exampleOf(n * MINIBATCH + k, 16, 3));
const learn = (n: number): readonly Order[] => minibatch(n).map(learnOrder);
const learnt = ['0', '1'];

function standing({ step, digest }: HostNetwork): string {
  return `${step} ${BigInt.asUintN(64, digest).toString(16).padStart(16, '0')}`;
}

/** The bytes that a program saves after some minibatches, as it prints them. */
function savedBytes(batches: number, of = program): Buffer {
  const orders = Array.from({ length: batches }, (_, n) => learn(n)).flat();
  const answers = ask(of, [['b'], ...orders, ['s'], ['g']]);
  return Buffer.from(answers[answers.length - 1], 'hex');
}

test('what is restored goes on as the host that never stopped', () => {
  const never = host();
  const deployed = standing(never);
  never.train(minibatch(0));
  never.train(minibatch(1));
  const before = standing(never);
  never.train(minibatch(2));
  const answers = ask(program, [
    ...[['b'] as const, ...learn(0), ...learn(1), ['s'] as const],
    ...[['b'] as const, ['d'] as const, ['k'] as const, ['d'] as const, ['r'] as const, ['d'] as const],
    ...[...learn(2), ['d'] as const],
  ]);
  expect(answers).toEqual([
    ...['0', ...learnt, ...learnt, '0'],
    ...['0', deployed, '0', deployed, '0', before],
    ...[...learnt, standing(never)],
  ]);
});

test('examples that wait are forgotten with the weights that they waited for', () => {
  const never = host();
  never.train(minibatch(0));
  expect(ask(program, [['b'], ['s'], learn(5)[0], ['r'], ...learn(0), ['d']]).slice(3)).toEqual([
    '0',
    ...learnt,
    standing(never),
  ]);
});

test('what is saved has the step, the digest and the parameters, in bytes that a CRC-32 closes', () => {
  const network = host();
  network.train(minibatch(0));
  network.train(minibatch(1));
  const bytes = savedBytes(2);
  const { weights, biases } = network.parameters();
  const parameters = Buffer.concat([...weights, ...biases].map(bytesOf));
  expect(bytes.toString('latin1', 0, 4)).toBe('EQPR');
  expect(bytes.readUInt32LE(12)).toBe(bytes.length);
  expect(bytes.readUInt32LE(16)).toBe(network.step);
  expect(bytes.readBigUInt64LE(24)).toBe(BigInt.asUintN(64, network.digest));
  expect(bytes.subarray(32, -4)).toEqual(parameters);
  expect(bytes.readUInt32LE(bytes.length - 4)).toBe(crc32(bytes.subarray(0, -4)));
});

test('any byte that is damaged is found, and nothing changes', () => {
  const count = savedBytes(0).length;
  expect(ask(program, [['b'], ...learn(0), ['s'], ...learn(1), ['z']]).at(-1)).toBe(
    `${count} ${count} of ${count}`,
  );
});

test('what another network, other weights or another version has saved is refused by its own error', async () => {
  const orders = (bytes: Buffer): readonly Order[] => [['b'], ['i', bytes], ['k'], ['r'], ['d']];
  const foreign = async (settings: Network['settings']) => {
    const network = { ...small, settings: { ...small.settings, ...settings } };
    return savedBytes(1, build(await library(network), compiler));
  };
  const refusal = (bytes: Buffer, error: string) =>
    expect(ask(program, orders(bytes)).slice(2)).toEqual([error, error, standing(host())]);
  const own = savedBytes(1);
  const fill = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(own.length)]).subarray(0, own.length);
  refusal(fill(await foreign({ network: '16-6-3' })), OTHER_NETWORK);
  refusal(await foreign({ states: 'Q9.6' }), OTHER_NETWORK);
  refusal(await foreign({ seed: 77 }), OTHER_NETWORK);
  own.writeUInt32LE(2, 4);
  refusal(own, OTHER_VERSION);
  refusal(Buffer.alloc(own.length), DAMAGED);
  refusal(Buffer.alloc(own.length, 0xff), DAMAGED);
});

test('a read that fails leaves the weights as they were or, where some were read, as they were deployed', () => {
  const deployed = standing(host());
  const looking = 1 + Math.ceil((savedBytes(0).length - 4) / 64) + 1;
  const { weights, biases } = saved.parameters;
  const calls = looking + weights.length + biases.length;
  for (let call = 1; call <= calls + 1; call++) {
    const answers = ask(program, [
      ...[['b'] as const, ...learn(0), ['s'] as const, ...learn(1), ['d'] as const],
      ...[['x', Uint8Array.of(call)] as const, ['r'] as const, ['d'] as const],
      ...[['y'] as const, ['r'] as const],
    ]);
    const [before, , error, after, , again] = answers.slice(6);
    expect(again).toBe('0');
    if (call > calls) expect(error).toBe('0');
    else expect([call, error, after]).toEqual([call, BAD_STORAGE, call <= looking ? before : deployed]);
  }
});

test('a write that fails is told, and changes nothing', () => {
  const calls = 1 + saved.parameters.weights.length + saved.parameters.biases.length + 1;
  for (let call = 1; call <= calls + 1; call++) {
    const answers = ask(program, [
      ...[['b'] as const, ...learn(0), ['d'] as const],
      ...[['x', Uint8Array.of(call)] as const, ['s'] as const, ['d'] as const],
    ]);
    const [before, , error, after] = answers.slice(3);
    expect([call, error, after]).toEqual([call, call > calls ? '0' : BAD_STORAGE, before]);
  }
});

test('nothing is saved or restored before the beginning', () => {
  expect(ask(program, [['s'], ['r']])).toEqual(['-1', '-1']);
});
