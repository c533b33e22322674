/** Contents of a folder of the cache: written down when it is complete, held against what is there before it is used. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { writeFlushed } from '../files/index.js';

/** A file's mark: its bytes, or where there are too many of them its size. */
export type Witness = 'hashes' | 'sizes';

const LIST = 'contents.json';
/** By path in the folder: a SHA-256, or bytes. */
const listSchema = v.record(v.string(), v.union([v.string(), v.number()]));

const witnesses: Readonly<Record<Witness, (path: string) => string | number>> = {
  hashes: (path) => createHash('sha256').update(readFileSync(path)).digest('hex'),
  sizes: (path) => statSync(path).size,
};

/** Lists all files of a folder in it. */
export function listContents(folder: string, witness: Witness): void {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const list = Object.fromEntries(
    paths.map((path) => [path.slice(folder.length + 1), witnesses[witness](path)]),
  );
  writeFlushed(join(folder, LIST), 'w', [JSON.stringify(list)]);
}

/** Looks whether all that was listed is there, unchanged. */
export function isWhole(folder: string, witness: Witness): boolean {
  try {
    const list = v.parse(listSchema, JSON.parse(readFileSync(join(folder, LIST), 'utf8')));
    return Object.entries(list).every(([path, seen]) => witnesses[witness](join(folder, path)) === seen);
  } catch {
    return false;
  }
}
