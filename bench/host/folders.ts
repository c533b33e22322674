/** Where things lie; this file runs as build/bench/folders.js. */
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../', import.meta.url));
/** The benchmark's source: its recorded runs and its peers' packages. */
export const source = join(repository, 'bench', 'host');
/** The compiled benchmark. */
export const compiled = fileURLToPath(new URL('.', import.meta.url));
/** States of training that several measurements start from. */
export const savedStates = join(repository, 'build', 'bench-states');

/** A path as results and messages name it: never one of this machine's where it can be helped. */
export function shortPath(path: string): string {
  const short = relative(repository, path);
  return short === '' ? '.' : short;
}
