/**
 * Folders in the queue's store, in chunks that take little memory on the way. What is there is whole: the name leads to the
 * chunks only when all of them are written, and to those before until then.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { UserError } from '../ground/index.js';
import type { Redis } from './engine.js';
import { keysBeginning } from './keys.js';

/** Bytes before they are packed. */
const CHUNK = 1 << 18;
/** Seconds after which chunks go whose writer did not come to the end. */
const UNFINISHED = 3600;
/** Times that files are read which others replace meanwhile. */
const TRIES = 10;
/** Chunks begin with the length of the file's name; the name; then some of its bytes. */
const NAME_LENGTH = 2;

export interface StoredFile {
  /** As it is to be called below the folder: parts with / between them. */
  readonly name: string;
  /** Where it is. */
  readonly path: string;
}

export class FolderStore {
  constructor(private readonly redis: Redis) {}

  async has(key: string): Promise<boolean> {
    return (await this.version(key)) !== undefined;
  }

  /** Tells a saving from those before it; nothing where there is none. */
  async version(key: string): Promise<string | undefined> {
    const list = await this.redis.call('GET', key);
    return typeof list === 'string' ? list : undefined;
  }

  /**
   * Writes files in their order.
   * @param isWhole asked at the end: where it says no, what was there before stays
   * @returns whether they are there
   */
  async save(key: string, files: readonly StoredFile[], isWhole = () => true): Promise<boolean> {
    const list = `${key}:${randomUUID()}`;
    let bytes = 0;
    for (const file of files)
      for (const chunk of chunksOf(file)) {
        await this.redis.call('RPUSH', list, chunk);
        if (bytes === 0) await this.redis.call('EXPIRE', list, UNFINISHED);
        bytes += chunk.length;
      }
    if (!isWhole()) {
      await this.redis.call('UNLINK', list);
      return false;
    }
    if (bytes > 0 && Number(await this.redis.call('PERSIST', list)) !== 1)
      throw new UserError(
        `the store has lost what was just written to it`,
        'is it restarted again and again?',
      );
    const before = await this.redis.call('SET', key, list, 'GET');
    if (typeof before === 'string') await this.redis.call('UNLINK', before);
    return true;
  }

  /**
   * Makes a folder anew, of the files that were saved.
   * @returns false where there are none: then there is no folder either
   * @throws `UserError` where it is not what `save` has written
   */
  async load(key: string, folder: string): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      rmSync(folder, { recursive: true, force: true });
      if (await this.#loadOnce(key, folder)) return true;
      if (!(await this.has(key))) break;
    }
    rmSync(folder, { recursive: true, force: true });
    return false;
  }

  /** Returns false where nothing is there, or it was replaced meanwhile. */
  async #loadOnce(key: string, folder: string): Promise<boolean> {
    const list = await this.version(key);
    if (list === undefined) return false;
    const count = Number(await this.redis.call('LLEN', list));
    for (let n = 0; n < count; n++) {
      const chunk = await this.redis.callBuffer('LINDEX', list, n);
      if (!(chunk instanceof Uint8Array)) return false;
      const { name, bytes } = unpacked(chunk, key);
      const path = join(folder, ...name.split('/'));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes, { flag: 'a' });
    }
    return (await this.version(key)) === list;
  }

  /** Takes away all whose keys begin so, whole or not. */
  async removeAll(beginning: string): Promise<void> {
    for await (const keys of keysBeginning(beginning, this.redis)) await this.redis.call('UNLINK', ...keys);
  }

  async remove(key: string): Promise<void> {
    const list = await this.redis.call('GETDEL', key);
    if (typeof list === 'string') await this.redis.call('UNLINK', list);
  }
}

/** At least one, of an empty file too. */
function* chunksOf({ name, path }: StoredFile): Generator<Uint8Array> {
  const title = Buffer.from(name);
  const head = Buffer.alloc(NAME_LENGTH);
  head.writeUInt16LE(title.length);
  const file = openSync(path, 'r');
  try {
    // As long as it is now: what is appended meanwhile belongs to the next saving.
    const { size } = fstatSync(file);
    let at = 0;
    do {
      const bytes = Buffer.alloc(Math.min(CHUNK, size - at));
      const read = readSync(file, bytes, 0, bytes.length, at);
      if (read < bytes.length) throw new Error(`${path} became shorter while it was read`);
      at += read;
      yield deflateRawSync(Buffer.concat([head, title, bytes]), { level: 1 });
    } while (at < size);
  } finally {
    closeSync(file);
  }
}

/** Names that stay below the folder, on every system. */
function staysBelow(name: string): boolean {
  return name.split('/').every((part) => !/^\.{0,2}$|[\\:\0]/.test(part));
}

function unpacked(chunk: Uint8Array, key: string): { readonly name: string; readonly bytes: Uint8Array } {
  const damaged = (how: string) =>
    new UserError(`what the store holds as ${key} is damaged: ${how}`, 'take it away there: it is made anew');
  let whole: Buffer;
  try {
    whole = inflateRawSync(chunk, { maxOutputLength: NAME_LENGTH + 0xffff + CHUNK });
  } catch {
    throw damaged('it cannot be unpacked');
  }
  const end = whole.length < NAME_LENGTH ? Number.POSITIVE_INFINITY : NAME_LENGTH + whole.readUInt16LE(0);
  if (end > whole.length) throw damaged('it ends in a name');
  const name = whole.toString('utf8', NAME_LENGTH, end);
  if (!staysBelow(name)) throw damaged('a name in it leads elsewhere');
  return { name, bytes: whole.subarray(end) };
}
