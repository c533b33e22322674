/** One process at a time trains in a folder: a file in it names which. */
import { readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { UserError } from '../errors.js';
import { makeFolder, writing } from './write-whole.js';

const LOCK = 'lock';
/** Milliseconds after which a lock that is still written in part is taken for a killed process's. */
const WRITTEN_WITHIN = 100;

const ownerSchema = v.object({
  process: v.pipe(v.number(), v.integer(), v.minValue(1)),
  computer: v.string(),
});
type Owner = v.InferOutput<typeof ownerSchema>;

/** Those of this process, which a number does not tell from an earlier process's. */
const held = new Set<string>();

/**
 * Works with a folder that no other process may train in meanwhile. Leaves no folder behind that `work` put nothing into.
 * A lock whose process is gone is none.
 * @throws `UserError` where another process holds it, or it cannot be written
 */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = resolve(folder, LOCK);
  const made = writing(path, () => makeFolder(folder));
  try {
    await lock(path);
    try {
      return await work();
    } finally {
      unlock(path);
    }
  } finally {
    for (const one of made.toReversed()) removeIfEmpty(one);
  }
}

async function lock(path: string): Promise<void> {
  if (!create(path)) {
    const owner = ownerIn(path) ?? (await pause(WRITTEN_WITHIN).then(() => ownerIn(path)));
    if (owner && isRunning(path, owner)) throw inUse(path, `process ${owner.process} on ${owner.computer}`);
    if (!remove(path, owner) || !create(path)) throw inUse(path, 'another process');
  }
  held.add(path);
}

function unlock(path: string): void {
  held.delete(path);
  try {
    remove(path, self());
  } catch {
    // What the work failed of is to be told; a lock is none once this process is gone.
  }
}

/**
 * Removes the lock of this owner. Returns whether it was that: another process may have put its own there meanwhile, which
 * is put back.
 */
function remove(path: string, owner: Owner | undefined): boolean {
  const aside = `${path}.${process.pid}`;
  return writing(path, () => {
    try {
      renameSync(path, aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
    if (!isDeepStrictEqual(ownerIn(aside), owner)) {
      renameSync(aside, path);
      return false;
    }
    rmSync(aside);
    return true;
  });
}

function self(): Owner {
  return { process: process.pid, computer: hostname() };
}

/** Whether there was none. */
function create(path: string): boolean {
  return writing(path, () => {
    try {
      writeFileSync(path, JSON.stringify(self()), { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  });
}

function inUse(path: string, owner: string): UserError {
  return new UserError(
    `${dirname(path)} is in use: ${owner} trains in it`,
    `wait until it ends, or name another folder; if there is no such process, delete ${path}`,
  );
}

/** Nothing where it is written in part. */
function ownerIn(path: string): Owner | undefined {
  try {
    return v.parse(ownerSchema, JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function isRunning(path: string, owner: Owner): boolean {
  // Of another computer's processes nothing is known.
  if (owner.computer !== hostname()) return true;
  if (owner.process === process.pid) return held.has(path);
  try {
    process.kill(owner.process, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is in use, or away.
  }
}
