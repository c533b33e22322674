/** Puts a board's firmware on the real thing: by its USB volume where that is mounted, else by its tool. */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../errors.js';
import type { Board } from './board.js';
import { type BuildEvents, type BuildOptions, buildFirmware, type Firmware } from './build.js';
import { lastLines, runCommand } from './command.js';

export interface FlashOptions extends BuildOptions {
  /** The board's port, for tools that must be told. */
  readonly port?: string | undefined;
  /** Folders in which volumes are mounted (default: the system's). */
  readonly mounts?: readonly string[];
}

/** Where tools come from that are not packaged under their own name. */
const origins: Readonly<Record<string, string>> = {
  'esptool.py': 'pip install esptool',
  'st-flash': 'it comes with stlink (Debian: stlink-tools)',
  picotool: 'https://github.com/raspberrypi/picotool',
};

/**
 * Builds a board's firmware, if need be, and flashes it. Returns where it went: a volume's path, or the tool's name.
 * @throws `UserError` where the board is not in its boot loader, or the tool is missing or fails
 */
export async function flashBoard(
  board: Board,
  { port, mounts, ...options }: FlashOptions = {},
  events: BuildEvents = {},
): Promise<string> {
  const tool = board['flash-tool'];
  if (!tool?.volume && !tool?.command)
    throw new UserError(
      `the board.toml of ${board.id} names no way to flash it`,
      board.emulator ? `it is an emulated one: eqprop emulate ${board.id}` : 'add a [flash-tool]',
    );
  const image = imageOf(await buildFirmware(board, options, events), board);
  const volume = tool.volume && (await findVolume(tool.volume, mounts));
  if (volume) return copyTo(volume, image);
  if (!tool.command)
    throw new UserError(`there is no USB volume ${tool.volume}`, bootLoaderHint(board, 'is it mounted?'));
  return runTool(board, fillIn(board, tool.command, image, port));
}

/** The file that a board takes. */
export function imageOf(firmware: Firmware, { image }: Board): string {
  const path = firmware[image.file];
  if (path === undefined) throw new Error(`there is no ${image.file} file`);
  return path;
}

function fillIn(
  { id }: Board,
  command: readonly string[],
  image: string,
  port: string | undefined,
): readonly string[] {
  if (port === undefined && command.some((word) => word.includes('{port}')))
    throw new UserError(
      `${command[0]} must be told the port of the ${id}`,
      'give it with --port; eqprop ports lists those there are',
    );
  return command.map((word) =>
    word.replace(/\{(image|port)\}/g, (_, name) => (name === 'image' ? image : (port ?? ''))),
  );
}

async function runTool(board: Board, [tool, ...parameters]: readonly string[]): Promise<string> {
  const { status, missing, output, errors } = await runCommand(tool, parameters);
  if (status === 0) return tool;
  const volume = board['flash-tool']?.volume;
  if (missing)
    throw new UserError(
      volume ? `there is no USB volume ${volume}, and no ${tool}` : `${tool} is not installed`,
      volume
        ? bootLoaderHint(board, `or install ${tool}${from(tool)}`)
        : `install it and put it on the PATH${from(tool)}`,
    );
  throw new UserError(
    `${tool} failed:\n${lastLines(errors || output)}`,
    bootLoaderHint(board, 'is it connected?'),
  );
}

function from(tool: string): string {
  return origins[tool] ? `: ${origins[tool]}` : '';
}

/** What to press, if there is something, and what else to try. */
function bootLoaderHint(board: Board, otherwise: string): string {
  const press = board['flash-tool']?.['boot-loader'];
  return press ? `${press}, and try again; ${otherwise}` : otherwise;
}

/** The mounted volume of that name. */
async function findVolume(name: string, mounts?: readonly string[]): Promise<string | undefined> {
  if (!mounts && process.platform === 'win32') return findDrive(name);
  const paths = (mounts ?? (await mountFolders())).map((folder) => join(folder, name));
  return paths.find((path) => existsSync(path));
}

/** Where systems mount what is plugged in: below a folder of the user's own, on most. */
async function mountFolders(): Promise<readonly string[]> {
  if (process.platform === 'darwin') return ['/Volumes'];
  const roots = ['/media', '/run/media', '/mnt'];
  const users = await Promise.all(
    roots.map(async (root) => (await readdir(root).catch(() => [])).map((user) => join(root, user))),
  );
  return [...roots, ...users.flat()];
}

/** Drives tell the name of their boot loader in a file that every UF2 volume has. */
async function findDrive(name: string): Promise<string | undefined> {
  const drives = Array.from('DEFGHIJKLMNOPQRSTUVWXYZ', (letter) => `${letter}:\\`);
  const infos = await Promise.all(
    drives.map((drive) => readFile(join(drive, 'INFO_UF2.TXT'), 'utf8').catch(() => '')),
  );
  return drives.find((_, i) => infos[i].includes(name));
}

async function copyTo(volume: string, image: string): Promise<string> {
  try {
    await writeFile(join(volume, basename(image)), await readFile(image), { flush: true });
  } catch (cause) {
    // The board has what it needs and starts before the file is closed: gone is done.
    if (existsSync(volume))
      throw new UserError(`could not write to ${volume}: ${(cause as Error).message}`, undefined, { cause });
  }
  return volume;
}
