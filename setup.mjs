/**
 * Makes a fresh clone ready to run, and a changed one again: installs the packages the lock file names when they are
 * not there, builds what is older than its sources. Node alone runs this; nothing needs to be installed before.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const at = (...parts) => join(root, ...parts);

function say(text) {
  process.stderr.write(`eqprop: ${text}\n`);
}

function run(what, command, args) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  say(`${what} failed${result.error ? `: ${result.error.message}` : ''}`);
  process.exit(1);
}

function digest(...chunks) {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

function files(directory) {
  return readdirSync(at(directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** The same on every system: separators and line ends do not count. */
function digestOf(paths) {
  const named = paths
    .map((path) => [relative(root, path).replaceAll('\\', '/'), path])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return digest(
    ...named.flatMap(([name, path]) => [name, readFileSync(path, 'utf8').replaceAll('\r\n', '\n')]),
  );
}

/** Does the work when the stamp left by the last time does not fit, and leaves a new one. */
function whenStale(name, stamp, fresh, work) {
  const path = at('build', `${name}.stamp`);
  if (fresh && existsSync(path) && readFileSync(path, 'utf8') === stamp) return;
  rmSync(path, { force: true });
  work();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, stamp);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  say(`Node ${process.versions.node} is too old: version 20.19 or newer is needed`);
  process.exit(1);
}

whenStale(
  'install',
  digestOf([at('package.json'), at('package-lock.json')]),
  existsSync(at('node_modules')),
  () => {
    say('installing packages (about 240 MB, MNIST included; half a minute)');
    run('npm ci', 'npm', ['ci', '--no-audit', '--no-fund']);
  },
);

const bin = (name) => at('node_modules', '.bin', name);
const wire = at('assembly', 'endpoint', 'wire.ts');
const kernelSources = files('assembly').filter((path) => path.endsWith('.ts') && path !== wire);
const hostSources = [...files('host'), at('tsconfig.json')];

whenStale('host', digestOf(hostSources), existsSync(at('dist', 'host')), () => {
  say('building the host');
  rmSync(at('dist', 'host'), { recursive: true, force: true });
  rmSync(at('build', 'host.tsbuildinfo'), { force: true });
  run('the host build', bin('tsc'), ['-p', 'tsconfig.json']);
});

const { wireSource } = await import(`./dist/host/kernel/wire-source.js`);
const kernelHash = digestOf(kernelSources);
const source = wireSource(BigInt(`0x${kernelHash.slice(0, 16)}`));
if (!existsSync(wire) || readFileSync(wire, 'utf8') !== source) writeFileSync(wire, source);

whenStale(
  'kernel',
  digestOf([...kernelSources, wire, at('asconfig.json')]),
  existsSync(at('dist', 'kernel.wasm')) && existsSync(at('dist', 'kernel.host.wasm')),
  () => {
    say('building the kernel');
    for (const [target, ...entries] of [['release'], ['host', 'assembly/helper.ts'], ['debug']])
      run('the kernel build', bin('asc'), [...entries, '--target', target]);
  },
);
