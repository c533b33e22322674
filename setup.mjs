/**
 * Makes a fresh clone ready to run, and a changed one again: installs the packages the lock file names when they are
 * not there, builds what is older than its sources. Node alone runs this; nothing needs to be installed before.
 */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeTooOld } from './host/node-version.js';

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

/** None where there is no such directory. */
function files(directory) {
  if (!existsSync(at(directory))) return [];
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
    ...named.flatMap(([name, path]) => [
      name,
      Buffer.from(readFileSync(path, 'latin1').replaceAll('\r\n', '\n'), 'latin1'),
    ]),
  );
}

const stampOf = (name) => at('build', `${name}.stamp`);

/** What something was made of and what it came to: a stamp fits as long as both are there, unchanged. */
function stampText(sources, products) {
  return `${digestOf(sources)} ${digestOf(products().filter((path) => existsSync(path)))}`;
}

/** Does the work where the stamp left by the last time does not fit; it is gone until the work is done. */
async function whenStale(name, sources, products, work) {
  const path = stampOf(name);
  if (existsSync(path) && readFileSync(path, 'utf8') === stampText(sources, products)) return;
  rmSync(path, { force: true });
  await work();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, stampText(sources, products));
}

const refusal = nodeTooOld(new URL('package.json', import.meta.url));
if (refusal !== undefined) {
  say(refusal);
  process.exit(1);
}

const packages = Object.entries(JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages)
  .filter(([path]) => path !== '')
  .map(([path, { optional, os, cpu, libc }]) => ({
    description: at(path, 'package.json'),
    path,
    // npm leaves an optional one out that it cannot fetch; those for this computer's kind are the programs themselves.
    isNeeded: optional ? (os ?? cpu) !== undefined && isForHere({ os, cpu, libc }) : true,
  }));

function isForHere({ os = [process.platform], cpu = [process.arch], libc }) {
  if (!os.includes(process.platform) || !cpu.includes(process.arch)) return false;
  return (
    libc === undefined ||
    libc.includes(process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl')
  );
}

// Stated, whatever the user's own settings are (NODE_ENV=production, for one): the build needs what they leave out.
const INSTALL = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];

await whenStale(
  'install',
  [at('package.json'), at('package-lock.json')],
  () => packages.map(({ description }) => description),
  () => {
    say('installing packages (about 240 MB, MNIST included; half a minute)');
    run('npm ci', 'npm', INSTALL);
    const missing = packages.filter(({ description, isNeeded }) => isNeeded && !existsSync(description));
    if (missing.length === 0) return;
    say(`npm left out ${missing.map(({ path }) => path).join(', ')}`);
    say("look at 'npm config list' for what it omits, and at its registry ('npm config get registry')");
    process.exit(1);
  },
);

const bin = (name) => at('node_modules', '.bin', name);
const wire = at('assembly', 'endpoint', 'wire.ts');
const kernelSources = files('assembly').filter((path) => path.endsWith('.ts') && path !== wire);
const hostSources = [...files('host'), at('tsconfig.json')];

await whenStale(
  'host',
  hostSources,
  () => files('dist/host'),
  () => {
    say('building the host');
    rmSync(at('dist', 'host'), { recursive: true, force: true });
    rmSync(at('build', 'host.tsbuildinfo'), { force: true });
    run('the host build', bin('tsc'), ['-p', 'tsconfig.json']);
    chmodSync(at('dist', 'host', 'cli', 'start.js'), 0o755); // `npx eqprop` runs it; npm marks it executable only on installing
  },
);

const { wireSource } = await import(`./dist/host/kernel/wire-source.js`);
const kernelHash = digestOf(kernelSources);
const source = wireSource(BigInt(`0x${kernelHash.slice(0, 16)}`));
if (!existsSync(wire) || readFileSync(wire, 'utf8') !== source) writeFileSync(wire, source);

/** Builds of the kernel: all at once, since each takes one core for some seconds. */
const { targets } = JSON.parse(readFileSync(at('asconfig.json'), 'utf8'));

await whenStale(
  'kernel',
  [...kernelSources, wire, at('asconfig.json')],
  () => Object.values(targets).map(({ outFile }) => at(outFile)),
  () => {
    say('building the kernel');
    return Promise.all(
      Object.keys(targets).map((target) => {
        const entries = target.startsWith('host') ? ['assembly/helper.ts'] : [];
        return runBeside('the kernel build', bin('asc'), [...entries, '--target', target]);
      }),
    );
  },
);
