/** A boot loader's USB volume: told from a folder of its name, written to, and watched until it has taken the image. */
import { existsSync } from 'node:fs';
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { whyUnwritten } from '../files/index.js';
import { duration, UserError } from '../ground/index.js';
import type { Board } from './board.js';

export type BootVolume = NonNullable<NonNullable<Board['flash-tool']>['volume']>;

export interface FoundVolume {
  /** Path of the volume, where it is mounted. */
  readonly path: string | undefined;
  /** Path of a folder that has its name and nothing else of it. */
  readonly lookalike: string | undefined;
}

export interface Flashing {
  /** Milliseconds that the volume has, once it is written, to show that it took the image. */
  readonly patience: number;
  /** A hint's text: what to press, and what else to try. */
  remedy(otherwise: string): string;
}

/** Milliseconds between two looks. */
const LOOK = 100;
/** Characters of a complaint that are told. */
const MOST_WORDS = 300;
/** Bytes of a UF2 block. */
const BLOCK = 512;

/** @param mounts folders in which volumes are mounted (default: the system's) */
export async function findVolume(volume: BootVolume, mounts?: readonly string[]): Promise<FoundVolume> {
  if (!mounts && process.platform === 'win32') return { path: await findDrive(volume), lookalike: undefined };
  const folders = await foldersNamed(volume, mounts ?? (await mountFolders()));
  const marks = await Promise.all(folders.map((folder) => isMarked(folder, volume)));
  return { path: folders[marks.indexOf(true)], lookalike: folders[0] };
}

/** As `findVolume`, once there is one: it may take a while to be mounted. */
export async function awaitVolume(
  volume: BootVolume,
  mounts: readonly string[] | undefined,
  patience: number,
): Promise<FoundVolume> {
  let found: FoundVolume = { path: undefined, lookalike: undefined };
  await waitFor(async () => {
    found = await findVolume(volume, mounts);
    return found.path !== undefined;
  }, patience);
  return found;
}

/** Systems put a number behind a name that is taken. */
async function foldersNamed({ names }: BootVolume, mounts: readonly string[]): Promise<readonly string[]> {
  const entries = await Promise.all(mounts.map((folder) => list(folder)));
  return entries
    .flat()
    .filter((path) =>
      names.some(
        (name) => basename(path).startsWith(name) && /^ ?\d*$/.test(basename(path).slice(name.length)),
      ),
    )
    .sort();
}

async function list(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
}

/** Where systems mount what is plugged in: below a folder of the user's own, on most. */
async function mountFolders(): Promise<readonly string[]> {
  if (process.platform === 'darwin') return ['/Volumes'];
  const roots = ['/media', '/run/media', '/mnt'];
  return [...roots, ...(await Promise.all(roots.map(list))).flat()];
}

/** A drive's name is not to be had: its file must tell it, or the user which drive it is. */
async function findDrive(volume: BootVolume): Promise<string | undefined> {
  const drives = Array.from('DEFGHIJKLMNOPQRSTUVWXYZ', (letter) => `${letter}:\\`);
  const marks = await Promise.all(
    drives.map(async (drive) => {
      const words = await wordsIn(drive, volume.file);
      return words.includes(volume.says) && volume.names.some((name) => words.includes(name));
    }),
  );
  return drives[marks.indexOf(true)];
}

/** Tells a boot loader's volume from any other folder. */
export async function isMarked(path: string, { file, says }: BootVolume): Promise<boolean> {
  return (await wordsIn(path, file)).includes(says);
}

async function wordsIn(path: string, file: string): Promise<string> {
  return readFile(join(path, file), 'latin1').catch(() => '');
}

/**
 * Copies an image to a volume and waits until the boot loader has it.
 * @throws `UserError` where it cannot be written, leaves half-way, complains, or does not show its end in time
 */
export async function flashVolume(
  path: string,
  volume: BootVolume,
  image: string,
  { patience, remedy }: Flashing,
): Promise<void> {
  const copy = join(path, basename(image));
  try {
    await writeImage(copy, await readFile(image), path, volume);
  } catch (cause) {
    if (!(await isMarked(path, volume)))
      throw new UserError(`${path} left before it had the whole image`, remedy('look at the cable'), {
        cause,
      });
    const complaint = await complaintOf(path, volume);
    throw new UserError(
      `could not write to ${path}: ${complaint || whyUnwritten(cause)}`,
      remedy('can it be written to?'),
      { cause },
    );
  }
  if (!(await waitFor(() => isDone(path, volume, copy), patience)))
    throw new UserError(await whatIsLeft(path, volume, patience), remedy('look at the cable'));
  const complaint = await complaintOf(path, volume);
  if (complaint) throw new UserError(`${path} refused the image: ${complaint}`, remedy('look at the cable'));
}

/** To the device itself: what the system still holds in memory has not arrived. */
async function writeImage(copy: string, image: Uint8Array, path: string, volume: BootVolume): Promise<void> {
  const leaves = volume['when-done'] === 'leaves';
  const last = image.length - (leaves ? BLOCK : 0);
  const file = await open(copy, 'w');
  try {
    await write(file, image.subarray(0, last));
    if (leaves && !(await isMarked(path, volume))) throw new Error('it is gone');
    // With the last block it may leave before the file is closed; before that it may not.
    await write(file, image.subarray(last)).catch(async (error: Error) => {
      if (!leaves || (await isMarked(path, volume))) throw error;
    });
  } finally {
    await file.close().catch(() => undefined);
  }
}

async function write(file: FileHandle, bytes: Uint8Array): Promise<void> {
  if (bytes.length === 0) return;
  await file.writeFile(bytes);
  await file.sync();
}

async function isDone(path: string, volume: BootVolume, copy: string): Promise<boolean> {
  const there = await isMarked(path, volume);
  return volume['when-done'] === 'leaves' ? !there : there && !existsSync(copy);
}

async function whatIsLeft(path: string, volume: BootVolume, patience: number): Promise<string> {
  return (await isMarked(path, volume))
    ? `${path} is still there ${duration(patience / 1000)} after the image was written: its boot loader did not take it`
    : `${path} left and did not come back within ${duration(patience / 1000)}: whether it took the image was not seen`;
}

/** Whatever is plugged in wrote it: words alone, and not many. */
async function complaintOf(path: string, { complaint }: BootVolume): Promise<string> {
  if (complaint === undefined) return '';
  const words = (await wordsIn(path, complaint)).replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return words.trim().slice(0, MOST_WORDS);
}

async function waitFor(holds: () => Promise<boolean>, patience: number): Promise<boolean> {
  for (const end = performance.now() + patience; !(await holds()); await setTimeout(LOOK))
    if (performance.now() >= end) return false;
  return true;
}
