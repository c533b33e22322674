/**
 * Makes a fresh clone ready to run, and a changed one again: installs the packages the lock file names when they are
 * not there, builds what is older than its sources. Node alone runs this; nothing needs to be installed before.
 */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
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

/** The sources of something and what came of them: the stamp fits as long as both are there, unchanged. */
const stampText = (sources, products, beside) =>
  `${digestOf(sources)} ${digestOf(products)} ${digest(...beside(products).sort())}`;

const missingOf = (products) => products.filter((path) => !existsSync(path));

function isFresh(path, sources, products, beside) {
  if (!existsSync(path) || missingOf(products).length > 0) return false;
  return readFileSync(path, 'utf8') === stampText(sources, products, beside);
}

/** Names of what lies beside files, and in the folders there. */
function namesBeside(paths) {
  return paths.flatMap((path) => {
    const folder = dirname(path);
    const entries = readdirSync(folder, { withFileTypes: true }).filter(
      ({ name }) => name !== 'node_modules',
    );
    return entries.flatMap((entry) => [
      relative(root, join(folder, entry.name)).replaceAll('\\', '/'),
      ...(entry.isDirectory() ? readdirSync(join(folder, entry.name)) : []),
    ]);
  });
}

/**
 * Does the work where the stamp left by the last time does not fit; there is none until all products are there.
 * `beside`: names, given the products, that count too.
 */
async function whenStale(name, { sources, products, work, remedy, beside = () => [] }) {
  const path = stampOf(name);
  if (isFresh(path, sources, products(), beside)) return;
  rmSync(path, { force: true });
  await work();
  const missing = missingOf(products());
  if (missing.length > 0) {
    say(`${missing.map((product) => relative(root, product)).join(', ')} should be there now, and is not`);
    say(remedy);
    process.exit(1);
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, stampText(sources, products(), beside));
}

const refusal = nodeTooOld(new URL('package.json', import.meta.url));
if (refusal !== undefined) {
  say(refusal);
  process.exit(1);
}

const packages = Object.entries(JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ ...entry, description: at(path, 'package.json') }));

/** npm leaves out an optional one that it cannot fetch; those for this kind of computer are programs, which are needed. */
function isNeeded({ optional, os, cpu, libc }) {
  if (!optional) return true;
  if (!(os ?? cpu) || !(os ?? [process.platform]).includes(process.platform)) return false;
  if (!(cpu ?? [process.arch]).includes(process.arch)) return false;
  const isGlibc = () => process.report.getReport().header.glibcVersionRuntime !== undefined;
  return libc === undefined || libc.includes(isGlibc() ? 'glibc' : 'musl');
}

// Stated, whatever the user's own settings are (NODE_ENV=production, for one): the build needs what they leave out.
const INSTALL = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];

await whenStale('install', {
  sources: [at('package.json'), at('package-lock.json')],
  products: () =>
    packages
      .filter((entry) => existsSync(entry.description) || isNeeded(entry))
      .map(({ description }) => description),
  // Hashing all 240 MB would take seconds; a file that is gone is seen by its name.
  beside: namesBeside,
  work: () => {
    say('installing packages (about 240 MB, MNIST included; half a minute)');
    run('npm ci', 'npm', INSTALL);
  },
  remedy: "npm left it out: 'npm config list' tells what it omits, 'npm config get registry' where it looks",
});

const { listKinds } = await import('./assembly/connections/list-kinds.mjs');
listKinds(root);

const bin = (name) => at('node_modules', '.bin', name);
const wire = at('assembly', 'messages', 'wire.ts');
const kernelSources = files('assembly').filter((path) => path.endsWith('.ts') && path !== wire);
const hostSources = [...files('host'), at('tsconfig.json')];

const builtOf = (source) => at('dist', relative(root, source).replace(/\.ts$/, '.js'));

await whenStale('host', {
  sources: hostSources,
  products: () => [...new Set([...files('dist/host'), ...files('host').map(builtOf)])],
  work: () => {
    say('building the host');
    rmSync(at('dist', 'host'), { recursive: true, force: true });
    rmSync(at('build', 'host.tsbuildinfo'), { force: true });
    run('the host build', bin('tsc'), ['-p', 'tsconfig.json']);
    chmodSync(at('dist', 'host', 'cli', 'start.js'), 0o755); // `npx eqprop` runs it; npm marks it executable only on installing
  },
  remedy: 'the compiler left it out: tsconfig.json tells what it takes',
});

const { wireSource } = await import(`./dist/host/wire/assembly-source.js`);
const kernelHash = digestOf(kernelSources);
const source = wireSource(BigInt(`0x${kernelHash.slice(0, 16)}`));
if (!existsSync(wire) || readFileSync(wire, 'utf8') !== source) writeFileSync(wire, source);

/** Builds of the kernel: as many at once as there are cores, since each takes one, and 300 MB, for some seconds. */
const { targets } = JSON.parse(readFileSync(at('asconfig.json'), 'utf8'));

await whenStale('kernel', {
  sources: [...kernelSources, wire, at('asconfig.json')],
  products: () => Object.values(targets).map(({ outFile }) => at(outFile)),
  work: () => {
    say('building the kernel');
    const left = Object.keys(targets);
    const also = {
      host: ['assembly/helper.ts'],
      pair: ['assembly/second-core.ts'],
      simd: ['assembly/vectors.ts'],
    };
    const buildTheRest = async () => {
      for (let target = left.shift(); target !== undefined; target = left.shift()) {
        const entries = also[target.split('-')[0]] ?? [];
        await runBeside('the kernel build', bin('asc'), [...entries, '--target', target]);
      }
    };
    return Promise.all(Array.from({ length: availableParallelism() }, buildTheRest));
  },
  remedy: 'the compiler left it out: asconfig.json tells what it makes',
});
