/** Presets: recipes in TOML, those that come along and anybody's own. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readToml } from '../files/index.js';
import { UserError } from '../ground/index.js';
import { nearest } from './recipe.js';

const directory = fileURLToPath(new URL('../../../presets/', import.meta.url));

export function presetNames(): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.toml'))
    .map((name) => basename(name, '.toml'))
    .sort();
}

/** The name of the data set that a preset's numbers are tuned for; nothing of anybody's own. */
export function tunedFor(nameOrPath: string): string | undefined {
  return presetNames().includes(nameOrPath) ? 'mnist' : undefined;
}

/** The values of a preset, by its name or by the path of a TOML file; not yet checked as a recipe. */
export function readPreset(nameOrPath: string): {
  readonly values: Readonly<Record<string, unknown>>;
  readonly source: string;
} {
  const path = nameOrPath.endsWith('.toml') ? nameOrPath : join(directory, `${nameOrPath}.toml`);
  if (!existsSync(path)) {
    const names = presetNames();
    const meant = nearest(nameOrPath, names);
    throw new UserError(
      nameOrPath.endsWith('.toml') ? `there is no file ${nameOrPath}` : `there is no preset '${nameOrPath}'`,
      meant
        ? `did you mean '${meant}'?`
        : `the presets are ${names.join(', ')}; or give the path of a .toml file`,
    );
  }
  const source = nameOrPath.endsWith('.toml') ? nameOrPath : `preset ${nameOrPath}`;
  return { values: readToml(path, source), source };
}
