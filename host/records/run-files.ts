/** Files of a run's folder, for whoever takes them elsewhere. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, markOf, remove, rename } from '../files/index.js';
import { CHECKPOINT, PREVIOUS } from './checkpoint.js';

/** Tells a checkpoint from those before it; nothing where there is none. */
export function checkpointMark(folder: string): string | undefined {
  return markOf(join(folder, CHECKPOINT));
}

/**
 * Names of the files that the run goes on from, and of what it told: the checkpoint first, since all others may be newer
 * than it and none older. What was being written is left out, and so is the checkpoint before.
 */
export function runFiles(folder: string): readonly string[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .filter((name) => name !== PREVIOUS && !name.endsWith('.new') && !/^lock(\.|$)/.test(name));
  return names.sort((a, b) => Number(b === CHECKPOINT) - Number(a === CHECKPOINT));
}

/**
 * Moves what a run has saved elsewhere into its folder, which may be looked at meanwhile: the checkpoint last, since none of
 * the others may be older than it. Files that others put there stay.
 */
export function replaceRunFiles(from: string, folder: string): void {
  makeFolder(folder);
  const names = runFiles(from);
  for (const name of names.toReversed()) rename(join(from, name), join(folder, name));
  remove(join(folder, PREVIOUS));
  rmSync(from, { recursive: true, force: true });
}
