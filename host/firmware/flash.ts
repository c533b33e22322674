/** Puts a board's firmware on the real thing: by its boot loader's volume where that is mounted, else by its tool. */
import { askForBootLoader, listPorts } from '../devices/index.js';
import { requireDuration, UserError } from '../ground/index.js';
import { type Board, isOwnPort } from './board.js';
import { type BuildEvents, type BuildOptions, buildFirmware, type Image } from './build.js';
import { lastLines, runCommand } from './command.js';
import {
  awaitVolume,
  type BootVolume,
  type FoundVolume,
  findVolume,
  flashVolume,
  isMarked,
} from './volume.js';

export interface FlashOptions extends BuildOptions {
  /** The image to flash (default: the device, built if need be). */
  readonly image?: Image | undefined;
  /** The board's port, for tools that must be told, and where several boards run their firmware. */
  readonly port?: string | undefined;
  /** Path of the boot loader's volume, where it is not found by its name. */
  readonly volume?: string | undefined;
  /** Folders in which volumes are mounted (default: the system's). */
  readonly mounts?: readonly string[] | undefined;
  /** Milliseconds that a volume has, once it is written, to show that its board took the image (default: 30,000). */
  readonly patience?: number;
}

export interface FlashEvents extends BuildEvents {
  /** A board that runs its firmware is about to be asked for its boot loader, at this port. */
  onAsk?(port: string): void;
}

const PATIENCE = 30_000;
/** Milliseconds that a boot loader's volume has to come: where nothing mounts it, a tool may find it. */
const COMING = 10_000;

/** Where tools come from that are not packaged under their own name. */
const origins: Readonly<Record<string, string>> = {
  'esptool.py': 'pip install esptool',
  'st-flash': 'it comes with stlink (Debian: stlink-tools)',
  picotool: 'https://github.com/raspberrypi/picotool',
};

/**
 * Flashes an image, or the board's firmware, which is built if need be. Returns where it went: a volume's path, or the tool's name.
 * @throws `UserError` where the board is not in its boot loader or does not take the image, or the tool is missing or fails
 */
export async function flashBoard(
  board: Board,
  { image: given, port, volume, mounts, patience = PATIENCE, ...options }: FlashOptions = {},
  events: FlashEvents = {},
): Promise<string> {
  requireDuration(patience, 'the patience with a volume');
  const tool = board['flash-tool'];
  if (!tool?.volume && !tool?.command)
    throw new UserError(
      `the board.toml of ${board.id} names no way to flash it`,
      board.emulator
        ? `it is an emulated one: eqprop emulate ${given ? '<the folder>' : board.id}`
        : 'add a [flash-tool]',
    );
  if (volume !== undefined) await requireVolume(board, tool.volume, volume);
  const image = imageOf(given ?? (await buildFirmware(board, options, events)), board);
  const found: FoundVolume | undefined =
    tool.volume &&
    (volume
      ? { path: volume, lookalike: undefined }
      : await obtainVolume(board, tool.volume, { port, mounts, patience }, events));
  if (tool.volume && found?.path !== undefined) {
    const remedy = (otherwise: string) => bootLoaderHint(board, otherwise);
    await flashVolume(found.path, tool.volume, image, { patience, remedy });
    return found.path;
  }
  const absence = tool.volume && absenceOf(tool.volume, found?.lookalike);
  if (tool.command) return runTool(board, fillIn(board, tool.command, image, port), absence);
  throw new UserError(`${absence}`, bootLoaderHint(board, 'is it mounted? --volume takes its path'));
}

/** The boot loader's volume: where there is none, of the board that runs its firmware, if it comes when it is asked. */
async function obtainVolume(
  board: Board,
  volume: BootVolume,
  { port, mounts, patience }: FlashOptions & { readonly patience: number },
  events: FlashEvents,
): Promise<FoundVolume> {
  const found = await findVolume(volume, mounts);
  const running = found.path === undefined ? await runningAt(board, port) : undefined;
  if (running === undefined) return found;
  events.onAsk?.(running);
  await askForBootLoader(running);
  return awaitVolume(volume, mounts, Math.min(patience, COMING));
}

/** The port of the board that runs its firmware; nothing where ports are not to be had. */
async function runningAt(board: Board, port: string | undefined): Promise<string | undefined> {
  const ports = await listPorts().catch(() => []);
  const own = ports.filter((known) => isOwnPort(board, known)).map(({ path }) => path);
  const meant = port === undefined ? own : own.filter((path) => path === port);
  if (meant.length > 1)
    throw new UserError(
      `several boards may be the ${board.id}: ${meant.join(', ')}`,
      'say with --port which one',
    );
  return meant.at(0);
}

async function requireVolume(board: Board, known: BootVolume | undefined, path: string): Promise<void> {
  if (!known)
    throw new UserError(`the ${board.id} is not flashed by a volume`, 'leave --volume out: its tool does it');
  if (!(await isMarked(path, known)))
    throw new UserError(
      `${path} is not the boot loader's volume of the ${board.id}: no ${known.file} in it says '${known.says}'`,
      bootLoaderHint(board, 'give the path where it is mounted'),
    );
}

function absenceOf({ names, file, says }: BootVolume, lookalike: string | undefined): string {
  const absence = `there is no USB volume ${names.join(' or ')}`;
  return lookalike === undefined
    ? absence
    : `${absence} (${lookalike} is a folder: no ${file} in it says '${says}')`;
}

/** The file that a board takes. */
export function imageOf(files: Image, { image }: Board): string {
  const path = files[image.file];
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

async function runTool(
  board: Board,
  [tool, ...parameters]: readonly string[],
  absence: string | undefined,
): Promise<string> {
  const { status, missing, output, errors } = await runCommand(tool, parameters);
  if (status === 0) return tool;
  if (missing)
    throw new UserError(
      absence ? `${absence}, and no ${tool}` : `${tool} is not installed`,
      absence
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

/** Says what to press, if there is something, and what else to try. */
function bootLoaderHint(board: Board, otherwise: string): string {
  const press = board['flash-tool']?.['boot-loader'];
  return press ? `${press}, and try again; ${otherwise}` : otherwise;
}
