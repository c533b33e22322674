/** Folders as `eqprop deploy` writes them, of two networks, and programs made of what is in them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExampleForm, placesIn } from '#host/data/example';
import { deployedFrom } from '#host/deploy/deployed';
import { writeLibrary } from '#host/deploy/index';
import type { Deployed } from '#host/deploy/network-c';
import { obtainToolchain } from '#host/firmware/toolchain';
import { stepFor } from '#host/model/index';
import type { SavedRun } from '#host/records/index';
import { HostNetwork, type Network, savedRun } from './deployed.js';

export const stubs = fileURLToPath(new URL('stubs/', import.meta.url));

const ranges = [
  { least: -2, greatest: 2, whole: false },
  { least: -300, greatest: 500, whole: true },
  { least: 0.25, greatest: 8, whole: false },
  { least: -70_000, greatest: 90_000, whole: true },
  { least: -1, greatest: 1, whole: false },
  { least: 5, greatest: 5, whole: true },
];

/** Six readings of sensors, two inputs each. */
export const gestures: Network = {
  settings: { network: '12-10-3', relaxation: 'exact', minibatch: 4, rates: [0.2, 0.1] },
  picture: { rows: 1, columns: ranges.length, channels: 2 },
  extras: {
    scaling: {
      kind: 'signed',
      features: ranges.length,
      steps: ranges.map((range) => stepFor(range, 'signed')),
    },
    classNames: ['wave', 'left hand', '7'],
    data: '/elsewhere/gestures of "Ann".csv',
  },
};

/** Two by two pixels. */
export const pixels: Network = {
  settings: { network: '4-5-3', relaxation: 'exact', minibatch: 4, rates: [0.2, 0.1] },
  picture: { rows: 2, columns: 2 },
};

export interface Folder {
  readonly path: string;
  readonly saved: SavedRun;
  readonly deployed: Deployed;
  /** Paths in it. */
  readonly files: readonly string[];
}

export async function deployInto(
  within: string,
  network: Network,
  learning?: Parameters<typeof deployedFrom>[1],
  name?: string,
): Promise<Folder> {
  const saved = savedRun(network);
  const deployed = deployedFrom(saved, learning, name);
  const path = mkdtempSync(join(within, 'folder-'));
  const { files } = await writeLibrary(deployed, path);
  return { path, saved, deployed, files };
}

/** The host's network where that of a folder stands. */
export function hostOf({ saved, deployed }: Folder): HostNetwork {
  const host = new HostNetwork(deployed.recipe);
  host.load(saved.parameters, deployed.digest, deployed.step);
  return host;
}

/** Readings of an example, in steps of a 64th, by its number alone. */
export function readings(n: number): readonly number[] {
  return ranges.map(({ least, greatest, whole }, at) => {
    const share = (Math.imul(n * ranges.length + at + 1, 2_654_435_761) >>> 16) / 2 ** 16;
    const reading = least + share * (greatest - least) * 1.1;
    return whole ? Math.round(reading) : Math.round(reading * 64) / 64;
  });
}

/** The inputs that the host makes of them. */
export function inputsOf(features: readonly number[]): Uint8Array {
  const form = new ExampleForm(placesIn({ rows: 1, columns: ranges.length }), gestures.extras?.scaling);
  const inputs = new Uint8Array(form.inputs);
  form.write(features, 0, inputs);
  return inputs;
}

export function has(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** Runs a program. Throws with all that it said where it fails. */
export function run(
  program: string,
  words: readonly string[],
  input = '',
): { stdout: string; stderr: string } {
  const { status, stdout, stderr, error } = spawnSync(program, words, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${error ?? `${stdout}${stderr}`}`);
  return { stdout, stderr };
}

/** The first C compiler there is, and its C++. */
export async function compilersFor(): Promise<{
  c: readonly string[];
  cpp?: readonly string[];
  zig: string;
}> {
  const { zig, environment } = await obtainToolchain();
  for (const [name, value] of Object.entries(environment)) process.env[name] ??= value;
  return {
    c: has('gcc') ? ['gcc'] : [zig, 'cc', '-fno-sanitize=all'],
    // Zig would first build its C++ library.
    ...(has('g++') && { cpp: ['g++'] }),
    zig,
  };
}

export const C = ['-std=c99', '-Wall', '-Wextra', '-Werror', '-pedantic'];
export const CPP = ['-std=c++11', '-Wall', '-Wextra', '-Werror', '-pedantic'];

/** Compiles a folder's sources once; returns the object files. */
export function objectsOf({ path }: Folder, [compiler, ...words]: readonly string[]): readonly string[] {
  return ['eqprop', 'eqprop_line'].map((name) => {
    const object = join(path, `${name}.o`);
    run(compiler, [...words, ...C, '-O1', '-c', join(path, 'src', `${name}.c`), '-o', object]);
    return object;
  });
}
