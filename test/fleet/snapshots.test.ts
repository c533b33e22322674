/** Savings of a task whose worker may have lost the right to it. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Task } from '#host/experiments/index';
import { FolderStore } from '#host/fleet/folder-store';
import { Lock } from '#host/fleet/lock';
import { RedisShelf } from '#host/fleet/redis-shelf';
import { Snapshots } from '#host/fleet/snapshots';
import { temporaryFolder } from '../runs/small-data.js';
import { MapRedis } from './map-redis.js';

const never = new AbortController().signal;
const KEY = 'eqprop:run:0123:cell';

let folder: ReturnType<typeof temporaryFolder>;
let store: FolderStore;
/** One that is renewed as often as it is told. */
let answers: number[];
let lock: Lock;

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(at('cell'));
  const { redis } = new MapRedis();
  store = new FolderStore(redis, new RedisShelf(redis));
  answers = [];
  lock = new Lock({ extendLock: async () => answers.shift() ?? 0 }, 'token', 1e6, never);
});
afterEach(() => {
  lock.stop();
  folder.remove();
});

const at = (...names: readonly string[]) => join(folder.path, ...names);

/** Its folder's one file tells all. */
const task: Task = {
  kind: 'made up',
  plan: {},
  begin: () => [],
  files: (path) => readdirSync(path),
  mark: (path) => readFileSync(join(path, 'state'), 'utf8'),
  replace: () => undefined,
  requireResult: () => undefined,
};

const write = (state: string) => writeFileSync(at('cell', 'state'), state);

async function saved(): Promise<string> {
  await store.load(KEY, at('back'));
  return readFileSync(at('back', 'state'), 'utf8');
}

test('what a task has left is there once it is finished', async () => {
  answers = [1];
  write('first');
  await new Snapshots(store, KEY, at('cell'), task, lock, () => undefined).finish(never);
  expect(await saved()).toBe('first');
  expect(lock.isLost).toBe(false);
});

test('a worker that was away does not replace what another one has saved since', async () => {
  write('of the other, whole');
  await store.save(KEY, [{ name: 'state', path: at('cell', 'state') }]);
  write('late');
  const snapshots = new Snapshots(store, KEY, at('cell'), task, lock, () => undefined);
  await snapshots.finish(never);
  expect(lock.isLost).toBe(true);
  expect(lock.signal.aborted).toBe(true);
  expect(await saved()).toBe('of the other, whole');
});

test('a folder that is away when it is looked at is no error', async () => {
  folder.remove();
  const troubles: unknown[] = [];
  const snapshots = new Snapshots(store, KEY, at('cell'), task, lock, (error) => troubles.push(error));
  await snapshots.finish(never);
  expect(troubles).toEqual([]);
});
