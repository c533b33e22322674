/**
 * Savings of folders below a shared path, a file each: the length of each chunk and the chunk, and a length of nothing at
 * the end. No file is ever written twice under one name: network file systems go on showing what they have seen before.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { remedyOf, rename, whyUnwritten, writing } from '../files/index.js';
import { UserError } from '../ground/index.js';
import { damaged } from './chunks.js';
import type { SharedPath } from './shared-path.js';
import type { Shelf } from './shelf.js';

const LENGTH = 4;
/** More than a chunk can have, packed as badly as can be. */
const MOST_CHUNK = 1 << 20;
/** Ending of a file that is being written. */
const UNFINISHED = '.part';
/** Milliseconds after which such a file is taken away. */
const GIVEN_UP = 3_600_000;
/** Characters of a file's name; longer ones begin as they are, and end in a hash. File systems take 255. */
const LONGEST = 200;
const BEGINNING = 120;
/** Answers where a file is not there, or was replaced by another computer while it was open. */
const GONE: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ESTALE']);
/** A link could lead to what is none of the queue's. Windows has no such flag. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

export class PathShelf implements Shelf {
  readonly most = Number.POSITIVE_INFINITY;

  constructor(private readonly shared: SharedPath) {}

  async put(saving: string, chunks: Iterable<Uint8Array>): Promise<void> {
    this.shared.requireThere();
    const path = this.#pathOf(saving);
    const fresh = `${path}${UNFINISHED}`;
    const file = await written(path, open(fresh, 'wx'));
    try {
      const { mtimeMs } = await written(path, file.stat());
      await this.#removeUnfinished(mtimeMs - GIVEN_UP);
      for (const chunk of chunks) await written(path, file.appendFile(framed(chunk)));
      await written(path, file.appendFile(framed(new Uint8Array(0))));
      // A full disk may be told only now.
      await written(path, file.sync());
      await written(path, file.close());
      writing(path, () => rename(fresh, path));
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(fresh, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  async has(saving: string): Promise<boolean> {
    return (await unlessGone(stat(this.#pathOf(saving)))) !== undefined;
  }

  async read(saving: string, use: (chunk: Uint8Array) => void): Promise<boolean> {
    this.shared.requireThere();
    const path = this.#pathOf(saving);
    const file = await unlessGone(open(path, READ));
    if (!file) return false;
    try {
      for (;;) {
        const chunk = await unlessGone(nextChunk(file, path));
        if (chunk === undefined) return false;
        if (chunk.length === 0) return true;
        use(chunk);
      }
    } finally {
      await file.close();
    }
  }

  async remove(saving: string): Promise<void> {
    const path = this.#pathOf(saving);
    await written(path, rm(path, { force: true }));
  }

  async removeAll(beginning: string): Promise<void> {
    const start = fileName(beginning);
    if (start.length > BEGINNING) throw new Error(`${beginning} is too long a beginning`);
    for (const path of await this.#files())
      if (basename(path).startsWith(start)) await written(path, rm(path, { force: true }));
  }

  /**
   * Takes away what nobody goes on writing.
   * @param before milliseconds by the clock of the file system, which may be another
   */
  async #removeUnfinished(before: number): Promise<void> {
    for (const path of await this.#files()) {
      if (!path.endsWith(UNFINISHED)) continue;
      const found = await unlessGone(stat(path));
      if (found && found.mtimeMs < before) await written(path, rm(path, { force: true }));
    }
  }

  async #files(): Promise<readonly string[]> {
    const { path } = this.shared;
    const names = await unlessGone(readdir(path));
    return (names ?? []).filter((name) => name.startsWith('eqprop')).map((name) => join(path, name));
  }

  #pathOf(saving: string): string {
    return join(this.shared.path, fileName(saving));
  }
}

/** A name that every file system takes, and keeps apart from others that differ in case alone; names that begin alike do so here too. */
export function fileName(key: string): string {
  const plain = [...Buffer.from(key)]
    .map((byte) => {
      const sign = String.fromCharCode(byte);
      return /[a-z0-9._-]/.test(sign) ? sign : `=${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  if (plain.length <= LONGEST) return plain;
  return `${plain.slice(0, BEGINNING)}${createHash('sha256').update(key).digest('hex')}`;
}

function framed(chunk: Uint8Array): Uint8Array {
  const head = Buffer.alloc(LENGTH);
  head.writeUInt32LE(chunk.length);
  return Buffer.concat([head, chunk]);
}

/** Empty at the end. */
async function nextChunk(file: FileHandle, path: string): Promise<Uint8Array> {
  const length = (await readAll(file, LENGTH, path)).readUInt32LE(0);
  if (length > MOST_CHUNK) throw damaged(path, 'it has a chunk that nobody wrote');
  return readAll(file, length, path);
}

async function readAll(file: FileHandle, length: number, path: string): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(bytes, at, length - at);
    if (bytesRead === 0) throw damaged(path, 'it ends too early');
    at += bytesRead;
  }
  return bytes;
}

/** @throws `UserError` where the file system refuses it otherwise */
async function unlessGone<T>(what: Promise<T>): Promise<T | undefined> {
  try {
    return await what;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (GONE.has(code)) return undefined;
    if (error instanceof UserError) throw error;
    throw new UserError(`could not read what lies below the shared path: ${message}`, undefined, {
      cause: error,
    });
  }
}

/** @throws `UserError` where the file system refuses it */
async function written<T>(path: string, what: Promise<T>): Promise<T> {
  try {
    return await what;
  } catch (error) {
    throw new UserError(`could not write ${path}: ${whyUnwritten(error)}`, remedyOf(error), { cause: error });
  }
}
