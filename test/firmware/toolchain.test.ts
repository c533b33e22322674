import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { boardsFolder } from '#host/firmware/board';
import { cacheFolder } from '#host/firmware/cache';
import { obtainToolchain } from '#host/firmware/toolchain';
import { ownIdentity } from '#host/ground/index';
import { temporaryFolder } from '../runs/small-data.js';

const MODULE = fileURLToPath(new URL('../../dist/host/firmware/toolchain.js', import.meta.url));
const platform = `${process.platform}-${process.arch}`;

/** Packages that npm would install, as far as the toolchain looks at it. */
const WABT = 'mkdir -p node_modules/wabt/bin && echo > node_modules/wabt/bin/wasm2c';
const ZIG = `mkdir -p node_modules/@zigc/${platform}/bin && echo zig > node_modules/@zigc/${platform}/bin/zig`;
const INSTALL = `${WABT} && ${ZIG}`;

let folder: ReturnType<typeof temporaryFolder>;
let cache: string;
let calls: string;

beforeEach(() => {
  folder = temporaryFolder();
  cache = join(folder.path, 'cache');
  calls = join(folder.path, 'calls');
  vi.stubEnv('EQPROP_CACHE', cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  folder.remove();
});

/** Puts an npm on the PATH that notes its parameters and runs this script instead. */
function fakeNpm(script: string): void {
  const bin = mkdtempSync(join(folder.path, 'bin-'));
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\necho "$@" >> '${calls}'\n${script}\n`);
  chmodSync(join(bin, 'npm'), 0o755);
  vi.stubEnv('PATH', `${bin}${delimiter}${process.env.PATH}`);
}

const callsSoFar = () => (existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : []);
/** Entries of the cache: nothing half-done, whatever happened. */
const cached = () => (existsSync(cache) ? readdirSync(cache) : []);
const complete = [expect.stringMatching(new RegExp(`^toolchain-${platform}-[0-9a-f]{12}$`))];

/** An unfinished folder's, of whoever fills it. */
const nameOf = (filler: string) => `toolchain-x.${hostname()}-${filler}-abcdef`;

function obtainElsewhere(): ChildProcess {
  const script = `import { obtainToolchain } from ${JSON.stringify(MODULE)};
    console.log((await obtainToolchain()).zig);`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const refusal = (message: RegExp, hint: RegExp) =>
  expect.objectContaining({
    name: 'UserError',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });

describe('fetched', () => {
  test('once', async () => {
    fakeNpm(INSTALL);
    const onFetch = vi.fn();
    const first = await obtainToolchain({ onFetch });
    expect(await obtainToolchain({ onFetch })).toEqual(first);
    expect(callsSoFar()).toEqual([expect.stringMatching(/^ci .*--include=optional/)]);
    expect(onFetch).toHaveBeenCalledExactlyOnceWith(expect.any(Number), expect.stringContaining(cache));
    expect(cached()).toEqual(complete);
    for (const file of [first.zig, first.wasm2c]) expect(existsSync(file), file).toBe(true);
  });

  test('with the lock beside the description', async () => {
    fakeNpm(`grep -q integrity package-lock.json && grep -q wabt package.json && ${INSTALL}`);
    await expect(obtainToolchain()).resolves.toBeDefined();
  });

  test('by two at once, and both end well', async () => {
    // Each waits for the other, so that both fill a folder of their own.
    fakeNpm(`while [ $(wc -l < '${calls}') -lt 2 ]; do sleep 0.02; done; ${INSTALL}`);
    const zigs = await Promise.all(
      [obtainElsewhere(), obtainElsewhere()].map(async (child) => {
        let output = '';
        child.stdout?.on('data', (bytes) => {
          output += bytes;
        });
        const [code] = await once(child, 'close');
        expect(code).toBe(0);
        return output;
      }),
    );
    expect(zigs[0]).toBe(zigs[1]);
    expect(existsSync(zigs[0].trimEnd())).toBe(true);
    expect(cached()).toEqual(complete);
  });

  test('again, when one was killed half-way', async () => {
    const release = join(folder.path, 'release');
    fakeNpm(`${WABT}; while [ ! -e '${release}' ]; do sleep 0.02; done`);
    const child = obtainElsewhere();
    await vi.waitFor(() => expect(callsSoFar()).toHaveLength(1), 300_000);
    child.kill('SIGKILL');
    await once(child, 'exit');
    writeFileSync(release, '');
    expect(cached()).toHaveLength(1);
    expect(cached()).not.toEqual(complete);

    fakeNpm(INSTALL);
    await obtainToolchain();
    expect(callsSoFar()).toHaveLength(2);
    expect(cached()).toEqual(complete);
  });

  test('beside one that is still at work, by its identity or of before by its number', async () => {
    const { boot = '', started = '' } = ownIdentity();
    const atWork = [`${process.pid}_${boot}_${started}`, `${process.pid}`].map(nameOf);
    for (const name of atWork) mkdirSync(join(cache, name), { recursive: true });
    fakeNpm(INSTALL);
    await obtainToolchain();
    expect(cached()).toEqual(expect.arrayContaining(atWork));
  });

  test('in a folder that tells who fills it', async () => {
    const { boot = '', started = '' } = ownIdentity();
    fakeNpm(`pwd >> '${calls}'; ${INSTALL}`);
    await obtainToolchain();
    expect(callsSoFar()[1]).toContain(`.${hostname()}-${process.pid}_${boot}_${started}-`);
  });

  test.skipIf(process.platform !== 'linux')('without what earlier processes of a number left', async () => {
    const { boot, started } = ownIdentity();
    const left = [
      `${process.pid}_${boot}_1`,
      `${process.pid}_11111111-2222-4333-8444-555555555555_${started}`,
    ];
    for (const name of left.map(nameOf)) mkdirSync(join(cache, name), { recursive: true });
    fakeNpm(INSTALL);
    await obtainToolchain();
    expect(cached()).toEqual(complete);
  });
});

describe('a fetch that fails leaves nothing, and tells what to do', () => {
  const says = (code: string) =>
    `echo 'npm error code ${code}' >&2; echo 'npm error of some kind' >&2; exit 1`;

  test.each([
    ['a full disk', says('ENOSPC'), /npm error of some kind/, /make room.*EQPROP_CACHE/],
    [
      'a full disk that npm only warns of',
      `${ZIG}; echo 'npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write' >&2`,
      /TAR_ENTRY_ERROR ENOSPC: no space left on device, write$/,
      /make room/,
    ],
    ['no network', says('EAI_AGAIN'), /npm error code EAI_AGAIN/, /network.*proxy/],
    ['an older npm', "echo 'npm ERR! code ENOSPC' >&2; exit 1", /npm ERR!/, /make room/],
    ['a registry without it', says('E404'), /npm error code E404/, /npm config get registry/],
    ['anything else', says('EWHATEVER'), /npm error code EWHATEVER/, /try again/],
    ['an npm that is killed', 'kill -9 $$', /could not fetch the C compiler/, /try again/],
    ['a compiler left out', WABT, /did not fetch @zigc\//, /npm config get registry/],
  ])('%s', async (_, script, message, hint) => {
    fakeNpm(`${WABT}; ${script}`);
    await expect(obtainToolchain()).rejects.toThrow(refusal(message, hint));
    expect(cached()).toEqual([]);
    fakeNpm(INSTALL);
    await expect(obtainToolchain()).resolves.toBeDefined();
  });

  test('no npm', async () => {
    vi.stubEnv('PATH', folder.path);
    await expect(obtainToolchain()).rejects.toThrow(refusal(/npm is not there/, /PATH/));
    expect(cached()).toEqual([]);
  });

  test('the real npm without a registry', async () => {
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9/');
    vi.stubEnv('npm_config_fetch_retries', '0');
    vi.stubEnv('npm_config_cache', join(folder.path, 'npm'));
    await expect(obtainToolchain()).rejects.toThrow(refusal(/ECONNREFUSED/, /network/));
    expect(cached()).toEqual([]);
  });

  test('a cache that is no folder', async () => {
    writeFileSync(cache, '');
    await expect(obtainToolchain()).rejects.toThrow(refusal(/could not write to the cache/, /EQPROP_CACHE/));
  });
});

describe('fetched anew', () => {
  test.each<[string, (toolchain: string, zig: string) => void]>([
    ['without its compiler', (_, zig) => rmSync(zig)],
    ['with half a compiler', (_, zig) => truncateSync(zig, 1)],
    [
      'without a part that is met when something is compiled',
      (toolchain) => rmSync(join(toolchain, 'node_modules', 'wabt'), { recursive: true }),
    ],
    ['whose list of files is cut off', (toolchain) => truncateSync(join(toolchain, 'contents.json'), 40)],
    ['whose list of files is gone', (toolchain) => rmSync(join(toolchain, 'contents.json'))],
  ])('a toolchain %s', async (_, damage) => {
    fakeNpm(INSTALL);
    const first = await obtainToolchain();
    const sizes = () => [first.zig, first.wasm2c].map((file) => statSync(file).size);
    const before = sizes();
    damage(join(cache, cached()[0]), first.zig);
    expect(await obtainToolchain()).toEqual(first);
    expect(sizes()).toEqual(before);
    expect(callsSoFar()).toHaveLength(2);
    expect(cached()).toEqual(complete);
  });

  test('but kept as it is where that fails', async () => {
    fakeNpm(INSTALL);
    const { zig } = await obtainToolchain();
    truncateSync(zig, 1);
    fakeNpm('exit 1');
    await expect(obtainToolchain()).rejects.toThrow(refusal(/could not fetch/, /./));
    expect(cached()).toEqual(complete);
    expect(statSync(zig).size).toBe(1);
  });
});

test('the compiler’s environment is its own', async () => {
  fakeNpm(INSTALL);
  vi.stubEnv('CPATH', '/somewhere');
  const { environment } = await obtainToolchain();
  expect(environment).not.toHaveProperty('CPATH');
  expect(environment.PATH).toBe(process.env.PATH);
  for (const name of ['ZIG_LIB_DIR', 'ZIG_GLOBAL_CACHE_DIR', 'ZIG_LOCAL_CACHE_DIR'])
    expect(environment[name]).toContain(cache);
});

test('the cache is where it is asked to be', () => {
  expect(cacheFolder()).toBe(cache);
  vi.stubEnv('EQPROP_CACHE', '');
  vi.stubEnv('XDG_CACHE_HOME', '/caches');
  if (process.platform === 'linux') expect(cacheFolder()).toBe('/caches/eqprop');
});

test('the lock names the compiler of every platform, and no registry', () => {
  const read = (name: string) => JSON.parse(readFileSync(join(boardsFolder, 'toolchain', name), 'utf8'));
  const { packages } = read('package-lock.json');
  expect(packages[''].dependencies).toEqual(read('package.json').dependencies);
  const wanted = Object.values<Record<string, Record<string, string>>>(packages).flatMap((entry) =>
    Object.entries({ ...entry.dependencies, ...entry.optionalDependencies }),
  );
  expect(wanted.map(([name]) => name)).toEqual(
    expect.arrayContaining(
      ['linux', 'darwin', 'win32'].flatMap((os) => [`@zigc/${os}-x64`, `@zigc/${os}-arm64`]),
    ),
  );
  for (const [name, version] of wanted) expect(packages[`node_modules/${name}`]).toMatchObject({ version });
  for (const entry of Object.values(packages)) expect(entry).not.toHaveProperty('resolved');
});
