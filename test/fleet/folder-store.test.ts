/** Folders in a store, on each of its shelves. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FolderStore } from '#host/fleet/folder-store';
import { fileName, PathShelf } from '#host/fleet/path-shelf';
import { RedisShelf } from '#host/fleet/redis-shelf';
import { SharedPath } from '#host/fleet/shared-path';
import type { Shelf } from '#host/fleet/shelf';
import { temporaryFolder } from '../runs/small-data.js';
import { MapRedis } from './map-redis.js';

let folder: ReturnType<typeof temporaryFolder>;
let map: MapRedis;
let shelf: Shelf;
let store: FolderStore;
/** Names on the shelf. */
let savings: () => readonly string[];

beforeEach(() => {
  folder = temporaryFolder();
  map = new MapRedis();
});
afterEach(() => folder.remove());

const at = (...parts: string[]) => join(folder.path, ...parts);

function file(name: string, bytes: Uint8Array) {
  const path = at(`source-${Buffer.from(name).toString('hex').slice(0, 100)}`);
  writeFileSync(path, bytes);
  return { name, path };
}

/** Names and bytes of all files below a folder. */
function contents(path: string): ReadonlyMap<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    paths.map((each) => [each.slice(path.length + 1), readFileSync(each, 'base64')] as const).sort(),
  );
}

/** A saving that was made by hand. */
async function keepChunk(chunk: Uint8Array): Promise<void> {
  await shelf.put('eqprop:hand', [chunk]);
  map.values.set('eqprop', 'eqprop:hand');
}

async function inRedis() {
  shelf = new RedisShelf(map.redis);
  savings = () => [...map.lists.keys()];
}

async function belowPath() {
  mkdirSync(at('shared'));
  shelf = new PathShelf(await SharedPath.open(at('shared')));
  savings = () => readdirSync(at('shared')).filter((name) => name !== 'eqprop-shared.json');
}

describe.each([
  ['in Redis', inRedis],
  ['below a shared path', belowPath],
])('%s', (_, begin) => {
  beforeEach(async () => {
    await begin();
    store = new FolderStore(map.redis, shelf);
  });

  test('files of any length come back, their folders with them; nothing of before stays', async () => {
    const lengths = [0, 1, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 700_000];
    const all = lengths.map((length, n) => Uint8Array.from({ length }, (_, i) => (i * 31 + n) >> 3));
    const files = all.map((bytes, n) => file(`inner/a class ${n}/file é.bin`, bytes));
    expect(await store.save('eqprop:key', [file('old', new Uint8Array(9))])).toBe(true);
    const before = await store.version('eqprop:key');
    expect(await store.save('eqprop:key', files)).toBe(true);
    expect(await store.version('eqprop:key')).not.toBe(before);
    expect(savings()).toHaveLength(1);
    expect(await store.load('eqprop:key', at('back'))).toBe(true);
    for (const [n, bytes] of all.entries())
      expect(readFileSync(at('back', 'inner', `a class ${n}`, 'file é.bin')).equals(bytes)).toBe(true);
    expect(readdirSync(at('back'))).toEqual(['inner']);
    await store.remove('eqprop:key');
    expect([savings(), map.keys()]).toEqual([[], []]);
    expect(await store.load('eqprop:key', at('back'))).toBe(false);
    expect(readdirSync(folder.path)).not.toContain('back');
  });

  test('folders of any names and contents are kept apart', async () => {
    const name = fc.stringMatching(/^[\w .=-]{1,9}$/).filter((part) => !/^\.+$|^[. ]|[. ]$/.test(part));
    const files = fc.uniqueArray(fc.tuple(name, fc.uint8Array({ maxLength: 99 })), {
      minLength: 1,
      maxLength: 3,
      selector: ([each]) => each.toLowerCase(),
    });
    const key = fc.string({ unit: 'grapheme', maxLength: 120 }).map((rest) => `eqprop:${rest}`);
    const folders = fc.uniqueArray(fc.tuple(key, files), {
      minLength: 1,
      maxLength: 4,
      selector: ([each]) => each,
    });
    await fc.assert(
      fc.asyncProperty(folders, async (kept) => {
        for (const [each, some] of kept)
          await store.save(
            each,
            some.map(([title, bytes]) => file(title, bytes)),
          );
        for (const [each, some] of kept) {
          expect(await store.has(each)).toBe(true);
          expect(await store.load(each, at('back'))).toBe(true);
          const expected = some.map(
            ([title, bytes]) => [title, Buffer.from(bytes).toString('base64')] as const,
          );
          expect(contents(at('back'))).toEqual(new Map(expected.sort()));
        }
        const [[first] = [''], ...others] = kept;
        await store.remove(first);
        expect(await store.has(first)).toBe(false);
        for (const [each] of others) expect(await store.has(each)).toBe(true);
        await store.removeAll('eqprop:');
        expect([savings(), map.keys()]).toEqual([[], []]);
      }),
      { numRuns: 30 },
    );
  });

  test('what is taken away begins as it was asked', async () => {
    for (const key of ['eqprop:a:1', 'eqprop:a:data/2', 'eqprop:A:1', 'eqprop:ab:1'])
      await store.save(key, [file('one', Uint8Array.of(1))]);
    await store.removeAll('eqprop:a:');
    expect([...map.values.keys()]).toEqual(['eqprop:A:1', 'eqprop:ab:1']);
    expect(savings()).toHaveLength(2);
  });

  test('what is no more whole when it was written leaves what was there before', async () => {
    await store.save('eqprop', [file('first', Uint8Array.of(1))]);
    expect(await store.save('eqprop', [file('second', Uint8Array.of(2))], async () => false)).toBe(false);
    await store.load('eqprop', at('back'));
    expect(readdirSync(at('back'))).toEqual(['first']);
    expect(savings()).toHaveLength(1);
  });

  test('replaced while it is read, it is read again', async () => {
    await store.save('eqprop', [file('first', Uint8Array.of(1))]);
    const read = shelf.read.bind(shelf);
    vi.spyOn(shelf, 'read').mockImplementationOnce(async (saving, use) => {
      await store.save('eqprop', [file('second', Uint8Array.of(2))]);
      return read(saving, use);
    });
    expect(await store.load('eqprop', at('back'))).toBe(true);
    expect(readdirSync(at('back'))).toEqual(['second']);
    // Read to its end, and replaced before that is seen.
    vi.mocked(shelf.read).mockImplementationOnce(async (saving, use) => {
      const isRead = await read(saving, use);
      await store.save('eqprop', [file('third', Uint8Array.of(3))]);
      return isRead;
    });
    expect(await store.load('eqprop', at('back'))).toBe(true);
    expect(readdirSync(at('back'))).toEqual(['third']);
  });

  test('a command that is sent twice, where the line was lost before its answer, takes nothing away', async () => {
    await store.save('eqprop', [file('first', Uint8Array.of(1))]);
    const call = vi.spyOn(map, 'call');
    const once = call.getMockImplementation() ?? MapRedis.prototype.call;
    call.mockImplementation(async (command, ...words) => {
      if (command === 'SET') await once.call(map, command, ...words);
      return once.call(map, command, ...words);
    });
    expect(await store.save('eqprop', [file('second', Uint8Array.of(2))])).toBe(true);
    expect(await store.load('eqprop', at('back'))).toBe(true);
    expect(readdirSync(at('back'))).toEqual(['second']);
  });

  test('a saving that is lost although Redis names it is none', async () => {
    await store.save('eqprop', [file('first', Uint8Array.of(1))]);
    await shelf.remove((await store.version('eqprop')) ?? '');
    expect(await store.has('eqprop')).toBe(false);
    expect(await store.load('eqprop', at('back'))).toBe(false);
    expect(readdirSync(folder.path)).not.toContain('back');
  });

  test('what Redis names that is no saving of the key is none', async () => {
    await store.save('eqprop:other', [file('first', Uint8Array.of(1))]);
    map.values.set('eqprop:key', map.values.get('eqprop:other') ?? '');
    expect(await store.load('eqprop:key', at('back'))).toBe(false);
  });

  const leading = ['../out', '/etc/out', 'a/../../out', 'a\\..\\out', 'C:out', 'a//out', '.', '', 'a\0b'];

  test.each(leading)('a name that leads elsewhere is refused: %j', async (name) => {
    const title = Buffer.from(name);
    const head = Buffer.alloc(2);
    head.writeUInt16LE(title.length);
    await keepChunk(deflateRawSync(Buffer.concat([head, title, Buffer.of(1)])));
    await expect(store.load('eqprop', at('back'))).rejects.toThrow('a name in it leads elsewhere');
    expect(readdirSync(folder.path)).not.toContain('out');
  });

  test.each(leading)('nor is it written: %j', async (name) => {
    const { path } = file('inside', Uint8Array.of(1));
    await expect(store.save('eqprop', [{ name, path }])).rejects.toThrow('leads out of its folder');
    expect(map.values.size).toBe(0);
  });

  test.each([
    ['it cannot be unpacked', Buffer.from('plain')],
    ['it cannot be unpacked', deflateRawSync(Buffer.alloc(1 << 24))],
    ['it ends in a name', deflateRawSync(Buffer.of(200, 0, 65))],
    ['it ends in a name', deflateRawSync(Buffer.of(1))],
  ])('%s', async (how, chunk) => {
    await keepChunk(chunk);
    await expect(store.load('eqprop', at('back'))).rejects.toThrow(how);
  });
});

test('chunks that Redis has lost before their end are told', async () => {
  await inRedis();
  store = new FolderStore(map.redis, shelf);
  map.before = (command) => {
    if (command === 'PERSIST') map.lists.clear();
  };
  await expect(store.save('key', [file('lost', Uint8Array.of(1))])).rejects.toThrow('has lost what was just');
  expect(map.values.size).toBe(0);
});

test.each([
  ['lost', 2, -1],
  ['sent twice', 2, 1],
])('a chunk that was %s is told', async (_, which, change) => {
  await inRedis();
  store = new FolderStore(map.redis, shelf);
  let count = 0;
  map.before = (command) => {
    const [list] = map.lists.values();
    if (command !== 'RPUSH' || ++count !== which || !list) return;
    if (change < 0) list.pop();
    else list.push(Uint8Array.of(1));
  };
  const files = ['one', 'two', 'three'].map((name) => file(name, Uint8Array.of(1)));
  await expect(store.save('key', files)).rejects.toThrow('has lost what was just');
  expect(map.values.size).toBe(0);
});

describe('files below a shared path', () => {
  const hour = 3600;
  beforeEach(async () => {
    await belowPath();
    store = new FolderStore(map.redis, shelf);
  });

  const part = (name: string, seconds: number) => {
    const path = at('shared', name);
    writeFileSync(path, '');
    const time = Date.now() / 1000 - seconds;
    utimesSync(path, time, time);
  };

  test('a writer that did not come to the end is cleared up after, an hour later or with all of its kind', async () => {
    part('eqprop=3aa=3a1.part', 2 * hour);
    part('eqprop=3aa=3a2.part', hour / 2);
    part('of-somebody-else.part', 2 * hour);
    await store.save('eqprop:b:1', [file('one', Uint8Array.of(1))]);
    expect(savings()).toHaveLength(3);
    expect(savings()).not.toContain('eqprop=3aa=3a1.part');
    await store.removeAll('eqprop:a:');
    await store.removeAll('eqprop:b:');
    expect(savings()).toEqual(['of-somebody-else.part']);
  });

  test('what could not be read to its end leaves nothing', async () => {
    const lost = { name: 'lost', path: at('nowhere') };
    await expect(store.save('eqprop', [file('one', Uint8Array.of(1)), lost])).rejects.toThrow('ENOENT');
    expect(savings()).toEqual([]);
  });

  test('names are those of every file system, differ in more than case, and begin alike', () => {
    const key = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(key, key, (one, other) => {
        const name = fileName(one);
        expect(name).toMatch(/^[a-z0-9._=-]{0,200}$/);
        expect(name === fileName(other)).toBe(one === other);
        expect(fileName(`${one}${other}`).startsWith(name.slice(0, 120))).toBe(true);
      }),
    );
  });

  test.each([
    ['it ends too early', (bytes: Buffer) => bytes.subarray(0, -4)],
    ['it ends too early', (bytes: Buffer) => bytes.subarray(0, 9)],
    ['it has a chunk that nobody wrote', (bytes: Buffer) => bytes.fill(255, 0, 4)],
  ])('%s', async (how, change) => {
    await store.save('eqprop', [file('one', Uint8Array.of(1))]);
    const path = at('shared', savings()[0] ?? '');
    writeFileSync(path, change(readFileSync(path)));
    await expect(store.load('eqprop', at('back'))).rejects.toThrow(how);
  });

  test.skipIf(process.platform === 'win32')('a link in place of a file is not followed', async () => {
    await store.save('eqprop', [file('one', Uint8Array.of(1))]);
    symlinkSync(at('shared', savings()[0] ?? ''), at('shared', 'eqprop=3alink'));
    map.values.set('eqprop', 'eqprop:link');
    await expect(store.load('eqprop', at('back'))).rejects.toThrow('could not read');
  });

  test('where the path is mounted no more, nothing is written there', async () => {
    writeFileSync(at('shared', 'eqprop-shared.json'), '{}');
    await expect(store.save('eqprop', [file('one', Uint8Array.of(1))])).rejects.toThrow(
      `what is at ${at('shared')} now is not the shared path`,
    );
    expect(savings()).toEqual([]);
  });
});
