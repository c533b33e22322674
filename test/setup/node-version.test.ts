/** A Node that is too old is told so, whatever is started or imported. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { nodeTooOld } from '#host/node-version';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const description = pathToFileURL(at('package.json'));
const engines = JSON.parse(readFileSync(description, 'utf8')).engines.node as string;
const least = engines.slice('>='.length);

describe('the least version', () => {
  test('is what package.json says', () => {
    expect(engines).toMatch(/^>=\d+\.\d+$/);
    expect(nodeTooOld(description, '18.20.8')).toBe(
      `Node 18.20.8 is too old: version ${least} or newer is needed`,
    );
  });

  test.each(['README.md', 'CONTRIBUTING.md'])('is told by %s', (page) => {
    expect(readFileSync(at(page), 'utf8')).toContain(`Node ${least} or newer`);
  });

  test.each([
    '20.19.0',
    '20.20.2',
    '21.0.0',
    '22.12.0',
    '100.0.0',
    process.versions.node,
  ])('%s is', (version) => {
    expect(nodeTooOld(description, version)).toBeUndefined();
  });

  test.each(['20.18.3', '20.9.0', '18.20.8', '9.19.0', '0.12.18'])('%s is not', (version) => {
    expect(nodeTooOld(description, version)).toContain(`Node ${version} is too old`);
  });
});

/** A Node that says it is an older one. */
const PRETEND = `--import=data:text/javascript,${encodeURIComponent(
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } })",
)}`;

function runOld(...parameters: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, parameters, {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: PRETEND },
  });
  return { status, stdout, stderr };
}

describe('is asked for by', () => {
  const command = JSON.parse(readFileSync(description, 'utf8')).bin.eqprop as string;

  test.each([command, 'setup.mjs', 'bench/host/start.mjs', 'bench/firmware/run.mjs'])('%s', (program) => {
    expect(runOld(at(program))).toEqual({
      status: 1,
      stdout: '',
      stderr: `eqprop: Node 18.20.8 is too old: version ${least} or newer is needed\n`,
    });
  });

  test('the library', () => {
    const library = pathToFileURL(at('dist/host/index.js'));
    const { status, stderr } = runOld('--input-type=module', '-e', `import '${library}'`);
    expect(status).toBe(1);
    expect(stderr).toContain(`Error: eqprop: Node 18.20.8 is too old: version ${least} or newer is needed`);
  });

  // An older Node reads a program and all that it imports before it runs any of it.
  test.each([
    [command, ['../node-version.js']],
    ['dist/host/node-version.js', ['node:fs']],
  ])('%s, which imports nothing else at once', (program, imports) => {
    const text = readFileSync(at(program), 'utf8');
    expect([...text.matchAll(/^(?:import|export)\b.*?'([^']+)';$/gm)].map(([, path]) => path)).toEqual(
      imports,
    );
  });
});
