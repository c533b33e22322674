/**
 * One process at a time trains in a folder: a file in it names which. Of processes on other computers nothing is known:
 * their locks stay until somebody deletes them. Computers, and containers, of one name that share a folder are taken for
 * one.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { isRunning, ownIdentity, UserError } from '../ground/index.js';
import { remove, renameAtOnce } from './durable.js';
import { writing } from './write-error.js';
import { makeFolder, removeEmpty } from './write-whole.js';

const LOCK = 'lock';
/** Milliseconds in which every process ends what it has begun: to write its lock, or to take over one that it has read. */
const SETTLED_AFTER = 100;

const ownerSchema = v.object({
  process: v.pipe(v.number(), v.integer(), v.minValue(1)),
  computer: v.string(),
  boot: v.exactOptional(v.string()),
  started: v.exactOptional(v.string()),
});
type Owner = v.InferOutput<typeof ownerSchema>;

/** Paths of the locks that this process holds or takes. */
const held = new Set<string>();
// It lets them go even if it is ended at once.
process.on('exit', () => {
  for (const path of held) unlock(path);
});

/**
 * Works with a folder that no other process may train in meanwhile. Leaves no folder behind that `work` put nothing into.
 * A lock whose process is gone is none.
 * @throws `UserError` where another process holds it, or it cannot be written
 */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const release = await holdLock(folder);
  try {
    return await work();
  } finally {
    release();
  }
}

/**
 * Does the same, until the function that it returns is called.
 * @throws `UserError` where another process holds it, or it cannot be written
 */
export async function holdLock(folder: string): Promise<() => void> {
  const path = resolve(folder, LOCK);
  const made = writing(path, () => makeFolder(folder));
  try {
    await lock(path);
  } catch (error) {
    removeEmpty(made);
    throw error;
  }
  return () => {
    unlock(path);
    removeEmpty(made);
  };
}

/** True while a process holds a folder's lock; one that cannot be read is taken for held. */
export function isLocked(folder: string): boolean {
  const path = resolve(folder, LOCK);
  if (held.has(path)) return true;
  try {
    const owner = ownerIn(path);
    return owner !== undefined && isHeld(owner);
  } catch (error) {
    if (error instanceof UserError) return true;
    throw error;
  }
}

async function lock(path: string): Promise<void> {
  if (held.has(path)) throw inUse(path, self());
  held.add(path);
  try {
    if (create(path)) return;
    const owner = ownerIn(path) ?? (await pause(SETTLED_AFTER).then(() => ownerIn(path)));
    if (owner && isHeld(owner)) throw inUse(path, owner);
    await takeOver(path);
  } catch (error) {
    held.delete(path);
    throw error;
  }
}

/** Takes a lock that others may take too: the last one has it, and all see that after a while. */
async function takeOver(path: string): Promise<void> {
  const ours = `${path}.${hostname()}.${process.pid}`;
  writing(path, () => {
    try {
      writeFileSync(ours, JSON.stringify(self()));
      // In one try: whoever comes later than the others expect trains beside them.
      if (renameAtOnce(ours, path)) return;
    } catch (error) {
      remove(ours);
      throw error;
    }
    remove(ours);
    throw new UserError(
      `${dirname(path)} is in use: another program holds ${path}`,
      'try again; a virus scanner or a synchronisation may be looking at it',
    );
  });
  await pause(SETTLED_AFTER);
  const owner = ownerIn(path);
  if (!isDeepStrictEqual(owner, self())) throw inUse(path, owner);
}

function unlock(path: string): void {
  held.delete(path);
  try {
    if (isDeepStrictEqual(ownerIn(path), self())) rmSync(path);
  } catch {
    // Do not hide the work's own outcome: the error about a stale lock says how to remove it.
  }
}

function self(): Owner {
  return { ...ownIdentity(), computer: hostname() };
}

/** @returns false where there is one */
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

function inUse(path: string, owner: Owner | undefined): UserError {
  const who = owner ? `process ${owner.process} on ${owner.computer}` : 'another process';
  return new UserError(
    `${dirname(path)} is in use: ${who} trains in it`,
    `wait until it ends, or name another folder; if there is no such process, delete ${path}`,
  );
}

/** Reads a lock: nothing where there is none any more, or it is written in part. */
function ownerIn(path: string): Owner | undefined {
  try {
    return v.parse(ownerSchema, JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof SyntaxError || error instanceof v.ValiError || code === 'ENOENT') return undefined;
    throw new UserError(
      `could not read ${path}: ${message}`,
      'another process may train in this folder: name another one, or delete the file if none does',
      { cause: error },
    );
  }
}

function isHeld(owner: Owner): boolean {
  if (owner.computer !== hostname()) return true;
  // The lock is older than the start in locks: an earlier process had the number, what this one holds is told before.
  if (owner.process === process.pid && owner.started === undefined) return false;
  return isRunning(owner);
}
