/**
 * Folders by their keys. Each saving of one lies on a shelf, in Redis or below a shared path; Redis has the name of the newest.
 * A key leads to a saving only when all of it is written, and to the one before until then: it is always whole.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { chunksOf, type StoredFile, writeChunk } from './chunks.js';
import type { Redis } from './engine.js';
import { keysBeginning } from './keys.js';
import type { Shelf } from './shelf.js';

/** Times that files are read which others replace meanwhile, and milliseconds between: a file system may be late. */
const TRIES = 10;
const PAUSE = 100;

export class FolderStore {
  constructor(
    private readonly redis: Redis,
    private readonly shelf: Shelf,
  ) {}

  /** Bytes that a folder may have. */
  get most(): number {
    return this.shelf.most;
  }

  async has(key: string): Promise<boolean> {
    const saving = await this.version(key);
    return saving !== undefined && (await this.shelf.has(saving));
  }

  /** Tells a saving from those before it; nothing where there is none. */
  async version(key: string): Promise<string | undefined> {
    const saving = await this.redis.call('GET', key);
    return typeof saving === 'string' && saving.startsWith(`${key}:`) ? saving : undefined;
  }

  /**
   * Writes files, at least one, in their order.
   * @param isWhole asked at the end: where it says no, what was there before stays
   * @returns whether they are there
   * @throws `UserError` where a name leads out of the folder, or the store cannot keep them
   */
  async save(key: string, files: readonly StoredFile[], isWhole = async () => true): Promise<boolean> {
    const saving = `${key}:${randomUUID()}`;
    await this.shelf.put(saving, chunksOf(files));
    if (!(await isWhole())) {
      await this.shelf.remove(saving);
      return false;
    }
    const before = await this.redis.call('SET', key, saving, 'GET');
    // Sent twice where a line was lost in between, the second answer is this saving itself.
    if (typeof before === 'string' && before !== saving) await this.shelf.remove(before);
    return true;
  }

  /**
   * Makes a folder anew, of the files that were saved.
   * @returns false where there are none: then there is no folder either
   * @throws `UserError` where it is not what `save` has written
   */
  async load(key: string, folder: string): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      if (tries > 0) await pause(PAUSE);
      rmSync(folder, { recursive: true, force: true });
      const saving = await this.version(key);
      if (saving === undefined) return false;
      mkdirSync(folder, { recursive: true });
      const isRead = await this.shelf.read(saving, (chunk) => writeChunk(folder, chunk, key));
      if (isRead && (await this.version(key)) === saving) return true;
    }
    rmSync(folder, { recursive: true, force: true });
    return false;
  }

  async remove(key: string): Promise<void> {
    const saving = await this.redis.call('GETDEL', key);
    if (typeof saving === 'string') await this.shelf.remove(saving);
  }

  /** Takes away all whose keys begin so, whole or not. */
  async removeAll(beginning: string): Promise<void> {
    for await (const keys of keysBeginning(beginning, this.redis)) await this.redis.call('UNLINK', ...keys);
    await this.shelf.removeAll(beginning);
  }
}
