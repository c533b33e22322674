/** As much of a clone as setup.mjs looks at, with programs that note their calls in the place of npm and the compilers. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../runs/small-data.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

export interface SmallProject {
  path(...parts: string[]): string;
  /** Files that npm leaves out from now on: patterns of its paths, as `case` of a shell reads them. */
  leaveOut(pattern: string): void;
  /** Runs setup.mjs; `calls` are the programs that it ran, with their first parameters. */
  setUp(environment?: NodeJS.ProcessEnv): { status: number | null; errors: string; calls: readonly string[] };
  remove(): void;
}

const packages = {
  '': {},
  'node_modules/used': { version: '1.0.0' },
  'node_modules/compilers': { version: '1.0.0', dev: true },
  'node_modules/program-here': { optional: true, os: [process.platform], cpu: [process.arch] },
  'node_modules/program-elsewhere': { optional: true, os: ['elsewhere'] },
  'node_modules/colours': { optional: true },
};

/** Node's own programs aside, each is a few lines of shell. */
const programs = {
  npm: `echo "npm $*" >> calls
    rm -rf node_modules
    for path in ${Object.keys(packages).filter(Boolean).join(' ')}; do
      case $path in node_modules/program-elsewhere) continue;; esac
      eval "case $path in $(cat left-out)) continue;; esac"
      mkdir -p $path/lib && echo '{}' > $path/package.json && echo > $path/lib/index.js
    done
    cp -r programs node_modules/.bin`,
  tsc: `echo tsc >> calls
    mkdir -p dist/host
    for file in $(cd host && find . -name '*.?s'); do
      mkdir -p dist/host/$(dirname $file) && echo '// as built' > dist/host/\${file%.*}.js
    done
    echo 'export const wireSource = (hash) => "// " + hash;' > dist/host/wire/assembly-source.js`,
  asc: `echo "asc $*" >> calls
    mkdir -p dist; echo wasm > dist/kernel.wasm; echo wasm > dist/kernel.host.wasm`,
};

export function smallProject(): SmallProject {
  const { path: folder, remove } = temporaryFolder();
  const path = (...parts: string[]) => join(folder, ...parts);
  const write = (name: string, content: string, mode?: number) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), content, { mode });
  };
  for (const name of [
    'setup.mjs',
    'package.json',
    'host/node-version.js',
    'assembly/connections/list-kinds.mjs',
  ])
    cpSync(join(repository, name), path(name));
  write('package-lock.json', JSON.stringify({ packages }));
  write(
    'asconfig.json',
    JSON.stringify({
      targets: { release: { outFile: 'dist/kernel.wasm' }, host: { outFile: 'dist/kernel.host.wasm' } },
    }),
  );
  write('tsconfig.json', '{}');
  for (const name of [
    'cli/start',
    'wire/assembly-source',
    'model/connections/kind',
    'reference/connections/form',
  ])
    write(`host/${name}.ts`, '');
  write('assembly/index.ts', '');
  write('assembly/messages/errors.ts', '');
  write('left-out', 'nothing');
  for (const [name, script] of Object.entries(programs))
    write(`programs/${name}`, `#!/bin/sh\n${script}\n`, 0o755);
  return {
    path,
    remove,
    leaveOut: (pattern) => write('left-out', pattern),
    setUp: (environment = {}) => {
      rmSync(path('calls'), { force: true });
      const { status, stderr } = spawnSync(process.execPath, [path('setup.mjs')], {
        encoding: 'utf8',
        env: { ...process.env, ...environment, PATH: `${path('programs')}${delimiter}${process.env.PATH}` },
      });
      const calls = existsSync(path('calls'))
        ? readFileSync(path('calls'), 'utf8').trimEnd().split('\n')
        : [];
      return { status, errors: stderr, calls };
    },
  };
}
