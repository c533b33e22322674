/** Runs in folders: a run's own, or those of a comparison or of any other collection. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { isRunFolder } from '../records/index.js';

/** Folders in folders that are looked into. */
const DEPTH = 3;

/** As people order them: 2 before 10. */
const byName = new Intl.Collator('en', { numeric: true });

export interface FoundRun {
  readonly path: string;
  readonly name: string;
}

/** In the order of their names; a folder that is gone has none. */
export function findRuns(folders: readonly string[]): readonly FoundRun[] {
  const found: FoundRun[] = [];
  for (const folder of folders) {
    const own = basename(resolve(folder));
    for (const path of runsIn(folder, DEPTH)) {
      const inside = relative(folder, path).replaceAll('\\', '/');
      const names = folders.length > 1 || inside === '' ? [own, inside] : [inside];
      found.push({ path, name: names.filter((part) => part !== '').join('/') });
    }
  }
  return found;
}

function runsIn(folder: string, depth: number): readonly string[] {
  if (isRunFolder(folder)) return [folder];
  if (depth === 0 || !existsSync(folder)) return [];
  return foldersIn(folder).flatMap((name) => runsIn(join(folder, name), depth - 1));
}

function foldersIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries
      .flatMap((entry) => (entry.isDirectory() && !isForeign(entry.name) ? [entry.name] : []))
      .sort(byName.compare);
  } catch {
    // Gone meanwhile, or not to be read.
    return [];
  }
}

/** Folders of other programs, large ones among them. */
function isForeign(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}
