/**
 * Makes a fresh clone ready to run, and a changed one again: installs the packages the lock file names when they are
 * not there, builds what is older than its sources. Node alone runs this; nothing needs to be installed before.
 */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const at = (...parts) => join(root, ...parts);

function say(text) {
  process.stderr.write(`eqprop: ${text}\n`);
}

const surroundings = { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' };

function giveUp(what, { stdout, stderr, error }) {
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  say(`${what} failed${error ? `: ${error.message}` : ''}`);
  process.exit(1);
}

function run(what, command, args) {
  const result = spawnSync(command, args, { ...surroundings, stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.status !== 0) giveUp(what, result);
}

/** The same, while others run. */
function runBeside(what, command, args) {
  return new Promise((done) => {
    execFile(command, args, surroundings, (error, stdout, stderr) => {
      if (error) giveUp(what, { stdout, stderr, error });
      done();
    });
  });
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

const stampOf = (name) => at('build', `${name}.stamp`);

/** Whether the stamp left by the last time does not fit; it is gone then, until the work is done. */
function isStale(name, value, fresh) {
  const path = stampOf(name);
  if (fresh && existsSync(path) && readFileSync(path, 'utf8') === value) return false;
  rmSync(path, { force: true });
  return true;
}

function stamp(name, value) {
  mkdirSync(dirname(stampOf(name)), { recursive: true });
  writeFileSync(stampOf(name), value);
}

function whenStale(name, value, fresh, work) {
  if (!isStale(name, value, fresh)) return;
  work();
  stamp(name, value);
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

const { listKinds } = await import('./assembly/connections/list-kinds.mjs');
listKinds(root);

const bin = (name) => at('node_modules', '.bin', name);
const wire = at('assembly', 'messages', 'wire.ts');
const kernelSources = files('assembly').filter((path) => path.endsWith('.ts') && path !== wire);
const hostSources = [...files('host'), at('tsconfig.json')];

whenStale('host', digestOf(hostSources), existsSync(at('dist', 'host')), () => {
  say('building the host');
  rmSync(at('dist', 'host'), { recursive: true, force: true });
  rmSync(at('build', 'host.tsbuildinfo'), { force: true });
  run('the host build', bin('tsc'), ['-p', 'tsconfig.json']);
  chmodSync(at('dist', 'host', 'cli', 'start.js'), 0o755); // `npx eqprop` runs it; npm marks it executable only on installing
});

const { wireSource } = await import(`./dist/host/wire/assembly-source.js`);
const kernelHash = digestOf(kernelSources);
const source = wireSource(BigInt(`0x${kernelHash.slice(0, 16)}`));
if (!existsSync(wire) || readFileSync(wire, 'utf8') !== source) writeFileSync(wire, source);

/** Builds of the kernel, by their names in asconfig.json: all at once, since each takes one core for some seconds. */
const KERNELS = ['release', 'host', 'debug', 'release-8', 'host-8', 'release-32', 'host-32'];
const modules = ['', '-8', '-32'].flatMap((width) => [`kernel${width}.wasm`, `kernel${width}.host.wasm`]);

const kernelStamp = digestOf([...kernelSources, wire, at('asconfig.json')]);
if (
  isStale(
    'kernel',
    kernelStamp,
    modules.every((name) => existsSync(at('dist', name))),
  )
) {
  say('building the kernel');
  await Promise.all(
    KERNELS.map((target) => {
      const entries = target.startsWith('host') ? ['assembly/helper.ts'] : [];
      return runBeside('the kernel build', bin('asc'), [...entries, '--target', target]);
    }),
  );
  stamp('kernel', kernelStamp);
}
