/** States of training on the disk, for other processes to go on from. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { State } from './training.js';

export function saveState(path: string, state: State): void {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.part`;
  writeFileSync(part, serialize(state));
  renameSync(part, path);
}

/** A file that `saveState` wrote: what it holds is not checked, but for the digest, by the kernel. */
export function loadState(path: string): State {
  return deserialize(readFileSync(path)) as State;
}
