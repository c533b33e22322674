/** The library as a stranger's project has it: every type can be named, and what docs/using.md shows works. */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as library from '#host/index';
import { root, type Stranger, strangersProject } from './packed.js';

const PATIENCE = 120_000;

let project: Stranger;
beforeAll(() => {
  project = strangersProject();
});
afterAll(() => project.remove());

/** Compiles a program as strictly as there are options for; returns what the compiler says. */
function compile(program: string, source: string): string {
  writeFileSync(join(project.path, `${program}.ts`), source);
  const strict = ['strict', 'exactOptionalPropertyTypes', 'noUncheckedIndexedAccess'];
  const compilerOptions = {
    ...Object.fromEntries(strict.map((name) => [name, true])),
    target: 'es2022',
    module: 'nodenext',
    types: ['node'],
    skipLibCheck: false,
    declaration: true,
  };
  writeFileSync(
    join(project.path, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: [`${program}.ts`] }),
  );
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  return spawnSync(process.execPath, [compiler, '-p', project.path], { encoding: 'utf8' }).stdout;
}

/** Types take arguments where a message's name chooses among them. */
const GENERIC = { ReplyOf: '<api.MessageName>', RequestOf: '<api.MessageName>' } as const;

/**
 * A program whose declarations spell whatever an export is made of, one level deep: parameters, results, members. The
 * compiler refuses to write them where a type is in none of the modules that can be imported.
 */
function spelledOut(): string {
  const declared = readFileSync(join(root, 'dist', 'host', 'index.d.ts'), 'utf8');
  const types = [...declared.matchAll(/(?<=export )type \{([^}]*)\}|\btype (\w+)/g)]
    .flatMap(([, list, one]) => (list ?? one ?? '').split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const isClass = (value: unknown) => typeof value === 'function' && /^class\b/.test(String(value));
  const classes = Object.entries(library).flatMap(([name, value]) => (isClass(value) ? [name] : []));
  const ofValue = (name: string) =>
    ['members', 'call', 'construction'].map((part) => `${part}<typeof api.${name}>()`).join(', ');
  return [
    "import * as api from 'eqprop';",
    'declare function members<T>(): { [K in keyof T]: T[K] };',
    'declare function call<T>(): T extends (...given: infer G) => infer R ? [G, R] : never;',
    'declare function construction<T>(): T extends abstract new (...given: infer G) => unknown ? G : never;',
    ...Object.keys(library).map((name) => `export const value${name} = [${ofValue(name)}] as const;`),
    ...[...types, ...classes].map((name) => {
      const given = name in GENERIC ? GENERIC[name as keyof typeof GENERIC] : '';
      return `export const type${name} = members<api.${name}${given}>();`;
    }),
  ].join('\n');
}

test(
  'every type in a public signature is exported',
  () => {
    expect(compile('spelled-out', spelledOut())).toBe('');
    // The types were found, and spelled: this one is a parameter's member's.
    const spelled = readFileSync(join(project.path, 'spelled-out.d.ts'), 'utf8');
    expect(spelled).toMatch(/typeRunOptions: \{[^}]*device: api\.DeviceChoice/);
  },
  PATIENCE,
);

test(
  'the program of docs/using.md compiles, and runs',
  async () => {
    const page = readFileSync(join(root, 'docs/using.md'), 'utf8');
    const [, section] = page.split('## As a library');
    const [, snippet] = /```ts\n(.*?)```/s.exec(section) ?? [];
    const port = "'/dev/ttyACM0'";
    expect(snippet).toContain(port);
    expect(compile('snippet', snippet.replace(port, "'simulated'"))).toBe('');
    const run = promisify(execFile)(process.execPath, ['snippet.js'], { cwd: project.path });
    expect((await run).stdout).toMatch(/window: \d+/);
  },
  PATIENCE,
);
