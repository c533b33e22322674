/** A comparison of MNIST on two computers, of which one is lost on purpose, comes to what it comes to on one. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { jsonLines, type Running } from '../cli/command.js';
import { foundIn, hasCheckpoint, Processes, succeeds, WORK } from '../fleet/comparisons.js';
import { hasRedis, type RedisServer, startRedis } from '../fleet/redis.js';
import { temporaryFolder } from '../runs/small-data.js';
import { type Computer, HUB, lackingForNetwork, makeNetwork, type Network } from './network.js';

const lacking = hasRedis ? lackingForNetwork() : 'redis-server';

/** Two formats, two seeds, and their references; a cell takes seconds. */
const GRID = [
  ...['--preset', 'small', '--network', '784-10-10', '--weights', 'Q1.14', 'Q2.13', '--seeds', '2'],
  ...['--epochs', '80', '--training', '0..300', '--validation', '1000..1100'],
];
const IDS = ['w-Q1.14_seed-1', 'w-Q1.14_seed-2', 'w-Q2.13_seed-1', 'w-Q2.13_seed-2'];

let folder: ReturnType<typeof temporaryFolder>;
let network: Network;
let redis: RedisServer;
let alone: ReturnType<typeof foundIn>;
const processes = new Processes();

const at = (name: string) => join(folder.path, name);
const eqprop = (within: readonly string[], address: string, ...words: readonly string[]) =>
  processes.start(words, { within, environment: { EQPROP_QUEUE: address } });
const compare = (out: string, ...more: readonly string[]) =>
  eqprop(network.hub, redis.address, 'compare', ...GRID, '--out', at(out), '--json', '--yes', ...more);
const work = ({ within }: Computer): Running => eqprop(within, redis.address, ...WORK, '--give-up', '3');

/** A worker's first cell, when its checkpoint has come to the submitter and it is under way. */
async function firstCell(worker: Running, out: string): Promise<string> {
  await worker.shows('"kind":"epoch"');
  const [{ id }] = told(await worker.shows('"kind":"begin"'), 'begin');
  await expect.poll(() => hasCheckpoint(at(out), id)).toBe(true);
  return id;
}

interface Told {
  readonly id: string;
  readonly goesOn?: boolean;
  readonly ended?: string;
}

/** Lines of one kind that a worker told; the last one may be there in part. */
function told(text: string, kind: string): readonly Told[] {
  const whole = text.slice(0, text.lastIndexOf('\n'));
  return jsonLines(whole).flatMap((line) => {
    const { id, goesOn, ended } = line;
    if (line.kind !== kind || typeof id !== 'string') return [];
    return [{ id, ...(goesOn === true && { goesOn }), ...(typeof ended === 'string' && { ended }) }];
  });
}

/** Interrupts a worker; resolves with all that it told. */
async function leave(worker: Running): Promise<string> {
  worker.interrupt();
  const { stdout, stderr } = await worker.ended;
  expect(stderr).toBe('');
  return stdout;
}

describe.skipIf(lacking !== undefined)(`two computers${lacking ? `, for want of ${lacking}` : ''}`, () => {
  beforeAll(async () => {
    folder = temporaryFolder();
    network = makeNetwork(2);
    redis = await startRedis([], { hosts: [HUB, '127.0.0.1'], within: network.hub });
  });
  afterEach(() => processes.end());
  afterAll(async () => {
    await redis?.stop();
    network?.remove();
    folder?.remove();
  });

  test('reach the queue by its address, and nothing by 127.0.0.1', async () => {
    const local = redis.address.replace(HUB, '127.0.0.1');
    await succeeds(eqprop(network.hub, local, 'queue'));
    for (const { within } of network.computers) {
      await succeeds(eqprop(within, redis.address, 'queue'));
      const { code, stderr } = await eqprop(within, local, 'queue').ended;
      expect([code, stderr]).toEqual([1, expect.stringContaining('ECONNREFUSED 127.0.0.1')]);
    }
  });

  test('one computer, twice, for what follows', async () => {
    await succeeds(compare('alone'));
    await succeeds(compare('again'));
    alone = foundIn(at('alone'));
    expect(Object.keys(alone.digests)).toEqual(IDS);
    expect(foundIn(at('again'))).toEqual(alone);
  });

  test('one is killed in a cell, and the other takes it from its checkpoint', async () => {
    const [lost, other] = network.computers.map(work);
    const whole = compare('killed', '--queue');
    const id = await firstCell(lost, 'killed');
    lost.kill();
    expect(told((await lost.ended).stdout, 'end')).toEqual([]);
    await succeeds(whole);
    const text = await leave(other);
    expect(told(text, 'begin')).toContainEqual({ id, goesOn: true });
    const ended = told(text, 'end').filter(({ ended }) => ended === 'finished');
    expect(ended.map(({ id }) => id).sort()).toEqual(IDS);
    expect(foundIn(at('killed'))).toEqual(alone);
    await expect.poll(() => redis.keys()).toEqual([]);
  });

  test("one is cut off for too long, and its cell is the other computer's when it is back", async () => {
    const [cut, other] = network.computers.map(work);
    const whole = compare('cut', '--queue');
    const id = await firstCell(cut, 'cut');
    network.computers[0].setLink('down');
    await expect
      .poll(async () => told(await other.shows('"begin"'), 'begin'))
      .toContainEqual({ id, goesOn: true });
    network.computers[0].setLink('up');
    await succeeds(whole);
    const texts = [await leave(cut), await leave(other)];
    expect(told(texts[0], 'end')).toContainEqual({ id, ended: 'lost' });
    const ended = texts.flatMap((text) => told(text, 'end')).filter(({ ended }) => ended === 'finished');
    expect(ended.map(({ id }) => id).sort()).toEqual(IDS);
    expect(foundIn(at('cut'))).toEqual(alone);
    await expect.poll(() => redis.keys()).toEqual([]);
  });
});
