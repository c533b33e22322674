/**
 * The C toolchain, from npm: wasm2c turns the module into C, zig compiles C for every core there is. It is large, so it
 * is fetched when firmware is first built, and never comes with eqprop itself.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { boardsFolder } from './board.js';
import { cacheFolder, obtainFolder } from './cache.js';
import { lastLines, type Outcome, runCommand } from './command.js';

/** Megabytes that a fetch takes, on the line less than half. */
export const TOOLCHAIN_MEGABYTES = 400;

export interface Toolchain {
  /** Path of the compiler. */
  readonly zig: string;
  /** Path of a script for Node. */
  readonly wasm2c: string;
  /** What the compiler must find in its environment. */
  readonly environment: NodeJS.ProcessEnv;
}

export interface ToolchainEvents {
  /** The toolchain is not there and is fetched now. */
  onFetch?(megabytes: number, folder: string): void;
}

const description = join(boardsFolder, 'toolchain', 'package.json');

/** Names the versions of the tools, fetched or not. */
export function toolchainVersion(): string {
  return createHash('sha256').update(readFileSync(description)).digest('hex').slice(0, 12);
}

/** @throws `UserError` where it cannot be fetched, or there is none for this computer */
export async function obtainToolchain(events: ToolchainEvents = {}): Promise<Toolchain> {
  const version = toolchainVersion();
  const folder = await obtainFolder(join(cacheFolder(), `toolchain-${version}`), async (empty) => {
    events.onFetch?.(TOOLCHAIN_MEGABYTES, empty);
    await copyFile(description, join(empty, 'package.json'));
    const npm = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
    explain(await runCommand('npm', npm, { cwd: empty, shell: process.platform === 'win32' }));
  });
  const resolve = createRequire(join(folder, 'package.json')).resolve;
  const compilerCache = join(cacheFolder(), 'zig');
  return {
    zig: compilerPath(resolve),
    wasm2c: join(folder, 'node_modules', 'wabt', 'bin', 'wasm2c'),
    environment: {
      ...process.env,
      ZIG_LIB_DIR: join(folder, 'node_modules', '@zigc', 'lib'),
      ZIG_GLOBAL_CACHE_DIR: compilerCache,
      ZIG_LOCAL_CACHE_DIR: compilerCache,
    },
  };
}

function explain({ status, missing, errors, output }: Outcome): void {
  if (status === 0) return;
  if (missing)
    throw new UserError(
      'npm is not there to fetch the C toolchain',
      'it comes with Node: put it on the PATH',
    );
  throw new UserError(
    `the C toolchain could not be fetched:\n${lastLines(errors || output)}`,
    `it takes ${TOOLCHAIN_MEGABYTES} MB below ${dirname(cacheFolder())} (EQPROP_CACHE names another place), and the npm registry`,
  );
}

function compilerPath(resolve: (name: string) => string): string {
  const name = `@zigc/${process.platform}-${process.arch}/bin/zig${process.platform === 'win32' ? '.exe' : ''}`;
  try {
    return resolve(name);
  } catch (cause) {
    throw new UserError(
      `there is no C compiler on npm for ${process.platform} on ${process.arch}`,
      'build the firmware on another computer: the images are the same',
      { cause },
    );
  }
}
