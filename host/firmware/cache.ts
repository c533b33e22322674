/** Where what is fetched or built once is kept: a folder of the user's, shared by all projects. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { rename } from '../files/index.js';
import { identityIn, identityText, isRunning, UserError } from '../ground/index.js';
import { isWhole, listContents, type Witness } from './contents.js';

/** $EQPROP_CACHE, or the system's own place for caches. */
export function cacheFolder(): string {
  const { EQPROP_CACHE, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (EQPROP_CACHE) return resolve(EQPROP_CACHE);
  if (process.platform === 'win32') return join(LOCALAPPDATA ?? homedir(), 'eqprop', 'Cache');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'eqprop');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'eqprop');
}

/**
 * Marks a folder that a process of this computer is filling; which process follows. In the folder's name, so that there is no
 * moment in which it is unknown, nor a file to take out in the end.
 */
const unfinished = `.${hostname()}-`;

/**
 * The folder, made by `fill` if it is not there whole. It appears whole or not at all: whoever is interrupted leaves
 * nothing behind that could be taken for it, and of two at once one wins. One that has lost something since is made anew.
 */
export async function obtainFolder(
  folder: string,
  witness: Witness,
  fill: (empty: string) => Promise<void>,
): Promise<string> {
  if (isWhole(folder, witness)) return folder;
  let empty: string | undefined;
  try {
    await mkdir(dirname(folder), { recursive: true });
    await removeAbandoned(dirname(folder));
    empty = await mkdtemp(`${folder}${unfinished}${identityText()}-`);
    await fill(empty);
    listContents(empty, witness);
    if (!isWhole(folder, witness)) await putInPlace(empty, folder, witness);
    return folder;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new UserError(
      `could not write to the cache ${dirname(folder)}: ${(error as Error).message}`,
      'name a folder with room for it in EQPROP_CACHE',
      { cause: error },
    );
  } finally {
    // A folder that cannot be removed now goes the next time.
    if (empty) await rm(empty, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** Replaces what stands there already. The remains of a process that is killed here go too. */
async function putInPlace(made: string, folder: string, witness: Witness): Promise<void> {
  const damaged = `${made}-damaged`;
  try {
    rename(folder, damaged);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    rename(made, folder);
  } catch (error) {
    // Another process may have been first.
    if (!isWhole(folder, witness)) throw error;
  }
  await rm(damaged, { recursive: true, force: true }).catch(() => undefined);
}

/** Half a toolchain is hundreds of megabytes: what a killed process left goes. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, text] = name.split(unfinished);
    const filler = text === undefined ? undefined : identityIn(text);
    if (filler === undefined || isRunning(filler)) continue;
    // A folder that a child of that process still writes to can wait for the next time.
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
