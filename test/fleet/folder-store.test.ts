/** Folders in a store that stands in for Redis: a map that does what these few commands do. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Redis } from '#host/fleet/engine';
import { FolderStore } from '#host/fleet/folder-store';
import { temporaryFolder } from '../runs/small-data.js';

class MapRedis {
  readonly values = new Map<string, string>();
  readonly lists = new Map<string, Uint8Array[]>();
  /** Called before each command. */
  before: (command: string) => void = () => undefined;

  async call(command: string, key: string, ...words: readonly unknown[]): Promise<unknown> {
    this.before(command);
    const [word] = words;
    const value = this.values.get(key) ?? null;
    switch (command) {
      case 'RPUSH':
        this.lists.set(key, [...(this.lists.get(key) ?? []), word as Uint8Array]);
        return this.lists.get(key)?.length;
      case 'EXPIRE':
      case 'PERSIST':
        return this.lists.has(key) ? 1 : 0;
      case 'SET':
        this.values.set(key, String(word));
        return value;
      case 'GETDEL':
        this.values.delete(key);
        return value;
      case 'GET':
        return value;
      case 'EXISTS':
        return this.values.has(key) ? 1 : 0;
      case 'UNLINK':
        return this.lists.delete(key) ? 1 : 0;
      case 'LLEN':
        return this.lists.get(key)?.length ?? 0;
      case 'LINDEX':
        return this.lists.get(key)?.[Number(word)] ?? null;
      default:
        throw new Error(`no such command: ${command}`);
    }
  }

  callBuffer = this.call.bind(this);
}

let folder: ReturnType<typeof temporaryFolder>;
let redis: MapRedis;
let store: FolderStore;
beforeEach(() => {
  folder = temporaryFolder();
  redis = new MapRedis();
  store = new FolderStore(redis as unknown as Redis);
});
afterEach(() => folder.remove());

const at = (...parts: string[]) => join(folder.path, ...parts);

function file(name: string, bytes: Uint8Array) {
  const path = at(name.replaceAll('/', '-'));
  writeFileSync(path, bytes);
  return { name, path };
}

test('files of any length come back, their folders with them; nothing of before stays', async () => {
  const lengths = [0, 1, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 700_000];
  const contents = lengths.map((length, n) => Uint8Array.from({ length }, (_, i) => (i * 31 + n) >> 3));
  const files = contents.map((bytes, n) => file(`inner/a class ${n}/file é.bin`, bytes));
  expect(await store.save('key', [file('old', new Uint8Array(9))])).toBe(true);
  expect(await store.save('key', files)).toBe(true);
  expect(redis.lists.size).toBe(1);
  expect(await store.load('key', at('back'))).toBe(true);
  for (const [n, bytes] of contents.entries())
    expect(readFileSync(at('back', 'inner', `a class ${n}`, 'file é.bin')).equals(bytes)).toBe(true);
  expect(readdirSync(at('back'))).toEqual(['inner']);
  await store.remove('key');
  expect([redis.lists.size, redis.values.size]).toEqual([0, 0]);
  expect(await store.load('key', at('back'))).toBe(false);
  expect(readdirSync(folder.path)).not.toContain('back');
});

test('what is no more whole when it was written leaves what was there before', async () => {
  await store.save('key', [file('first', Uint8Array.of(1))]);
  expect(await store.save('key', [file('second', Uint8Array.of(2))], () => false)).toBe(false);
  await store.load('key', at('back'));
  expect(readdirSync(at('back'))).toEqual(['first']);
  expect(redis.lists.size).toBe(1);
});

test('chunks that the store has lost before their end are told', async () => {
  redis.before = (command) => {
    if (command === 'PERSIST') redis.lists.clear();
  };
  await expect(store.save('key', [file('lost', Uint8Array.of(1))])).rejects.toThrow('has lost what was just');
  expect(redis.values.size).toBe(0);
});

test('replaced while it is read, it is read again', async () => {
  await store.save('key', [file('first', Uint8Array.of(1))]);
  await store.save('other', [file('second', Uint8Array.of(2))]);
  redis.before = (command) => {
    if (command === 'LINDEX') redis.values.set('key', redis.values.get('other') ?? '');
  };
  expect(await store.load('key', at('back'))).toBe(true);
  expect(readdirSync(at('back'))).toEqual(['second']);
});

test.each([
  '../out',
  '/etc/out',
  'a/../../out',
  'a\\..\\out',
  'C:out',
  'a//out',
  '.',
  '',
  'a\0b',
])('a name that leads elsewhere is refused: %j', async (name) => {
  const title = Buffer.from(name);
  const head = Buffer.alloc(2);
  head.writeUInt16LE(title.length);
  redis.lists.set('list', [deflateRawSync(Buffer.concat([head, title, Buffer.of(1)]))]);
  redis.values.set('key', 'list');
  await expect(store.load('key', at('back'))).rejects.toThrow('a name in it leads elsewhere');
  expect(readdirSync(folder.path)).not.toContain('out');
});

test.each([
  ['it cannot be unpacked', Buffer.from('plain')],
  ['it cannot be unpacked', deflateRawSync(Buffer.alloc(1 << 24))],
  ['it ends in a name', deflateRawSync(Buffer.of(200, 0, 65))],
  ['it ends in a name', deflateRawSync(Buffer.of(1))],
])('%s', async (how, chunk) => {
  redis.lists.set('list', [chunk]);
  redis.values.set('key', 'list');
  await expect(store.load('key', at('back'))).rejects.toThrow(how);
});
