/**
 * The C toolchain, from npm: wasm2c turns the module into C, zig compiles C for every core there is. It is large, so it
 * is fetched when firmware is first built, and never comes with eqprop itself.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../ground/index.js';
import { boardsFolder } from './board.js';
import { cacheFolder, obtainFolder } from './cache.js';
import { installPackages } from './npm.js';

/** Megabytes (10⁶ bytes) that the toolchain takes on the disk; a fifth of it comes over the line. */
export const TOOLCHAIN_MEGABYTES = 420;
const TRANSLATOR_MEGABYTES = 6;

export interface Toolchain {
  /** Path of the compiler. */
  readonly zig: string;
  /** Path of a script for Node. */
  readonly wasm2c: string;
  /** Folder in which the compiler keeps what it compiled before. */
  readonly memory: string;
  /** The whole environment of both. */
  readonly environment: NodeJS.ProcessEnv;
}

export interface ToolchainEvents {
  /** The toolchain is not there and is fetched now. */
  onFetch?(megabytes: number, folder: string): void;
}

const lockFile = 'package-lock.json';
const platform = `${process.platform}-${process.arch}`;

/** Folders of `boards` that say which packages are fetched. */
type Tools = 'toolchain' | 'translator';

/** Names the versions of the tools, fetched or not. */
export function toolchainVersion(tools: Tools = 'toolchain'): string {
  return createHash('sha256').update(readLock(tools).replaceAll('\r\n', '\n')).digest('hex').slice(0, 12);
}

/**
 * Obtains what turns the module into C, alone: a hundredth of the toolchain.
 * @returns the path of a script for Node
 * @throws `UserError` where it cannot be fetched
 */
export async function obtainTranslator(events: ToolchainEvents = {}): Promise<string> {
  const name = `translator-${toolchainVersion('translator')}`;
  const folder = await obtainFolder(join(cacheFolder(), name), 'sizes', async (empty) => {
    events.onFetch?.(TRANSLATOR_MEGABYTES, empty);
    await fetchTools('translator', empty, 'what turns the module into C');
  });
  return translatorIn(folder);
}

/** @throws `UserError` where it cannot be fetched, or there is none for this computer */
export async function obtainToolchain(events: ToolchainEvents = {}): Promise<Toolchain> {
  const cache = cacheFolder();
  // Homes are shared between computers of several kinds.
  const folder = await obtainFolder(
    join(cache, `toolchain-${platform}-${toolchainVersion()}`),
    // Hundreds of megabytes, before each compilation.
    'sizes',
    async (empty) => {
      requireOffer();
      events.onFetch?.(TOOLCHAIN_MEGABYTES, empty);
      await fetchTools('toolchain', empty, 'the C compiler');
      // npm leaves out an optional package that it cannot fetch, and calls that success.
      if (!existsSync(compilerIn(empty)))
        throw new UserError(
          `npm did not fetch @zigc/${platform}, the C compiler for this computer`,
          "try again; if it stays so, npm's registry does not have it ('npm config get registry')",
        );
    },
  );
  const memory = join(cache, 'zig');
  return {
    zig: compilerIn(folder),
    memory,
    wasm2c: translatorIn(folder),
    environment: {
      ...inherited(),
      ZIG_LIB_DIR: join(folder, 'node_modules', '@zigc', 'lib'),
      ZIG_GLOBAL_CACHE_DIR: memory,
      ZIG_LOCAL_CACHE_DIR: memory,
    },
  };
}

/** The same tools, with another folder for what the compiler remembers. */
export function withMemory(toolchain: Toolchain, memory: string): Toolchain {
  const environment = {
    ...toolchain.environment,
    ZIG_GLOBAL_CACHE_DIR: memory,
    ZIG_LOCAL_CACHE_DIR: memory,
  };
  return { ...toolchain, memory, environment };
}

/** @param what they are, in errors */
async function fetchTools(tools: Tools, empty: string, what: string): Promise<void> {
  for (const name of ['package.json', lockFile])
    await copyFile(join(boardsFolder, tools, name), join(empty, name));
  await installPackages(empty, what);
}

function translatorIn(folder: string): string {
  return join(folder, 'node_modules', 'wabt', 'bin', 'wasm2c');
}

function readLock(tools: Tools): string {
  return readFileSync(join(boardsFolder, tools, lockFile), 'utf8');
}

function requireOffer(): void {
  const { packages } = JSON.parse(readLock('toolchain')) as {
    readonly packages: Readonly<Record<string, unknown>>;
  };
  if (`node_modules/@zigc/${platform}` in packages) return;
  throw new UserError(
    `there is no C compiler on npm for ${process.platform} on ${process.arch}`,
    'build the firmware on another computer: the images are the same',
  );
}

/** The program itself, where the lock puts it: the package's own script would start a second Node for each call. */
function compilerIn(folder: string): string {
  const name = process.platform === 'win32' ? 'zig.exe' : 'zig';
  return join(folder, 'node_modules', '@zigc', platform, 'bin', name);
}

/** Variables that programs need to run at all. All else stays out: CPATH, for one, would change what is built. */
function inherited(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'USERPROFILE', 'LOCALAPPDATA'];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]).filter(([, value]) => value));
}
