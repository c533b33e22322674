/** The package as npm would publish it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

function pack(...parameters: readonly string[]): Packed {
  const given = ['pack', '--json', '--ignore-scripts', ...parameters];
  const told = execFileSync('npm', given, { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  const [packed] = JSON.parse(told) as [Packed];
  return packed;
}

/** Paths in the package. */
export function packedPaths(): ReadonlySet<string> {
  return new Set(pack('--dry-run').files.map(({ path }) => path));
}

export interface Stranger {
  readonly path: string;
  remove(): void;
}

/** A project of ES modules that has eqprop, its dependencies and Node's types installed. */
export function strangersProject(): Stranger {
  const path = mkdtempSync(join(tmpdir(), 'eqprop-packed-'));
  const modules = join(path, 'node_modules');
  const installed = join(modules, 'eqprop');
  mkdirSync(installed, { recursive: true });
  const { filename } = pack('--pack-destination', path);
  execFileSync('tar', ['xzf', join(path, filename), '-C', installed, '--strip-components', '1']);
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of [...Object.keys(dependencies), '@types/node']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  }
  writeFileSync(join(path, 'package.json'), '{ "type": "module" }');
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
