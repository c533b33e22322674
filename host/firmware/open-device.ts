/** Opens whatever answers the link: what `host/devices` opens, a board's firmware in its emulator, or this computer's own program. */
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ChipLineName,
  type DeviceLine,
  type DeviceOptions,
  listPorts,
  openDevice as openLine,
  openProgram,
  openQemu,
  openRp2040,
  refuseSimulatedOptions,
} from '../devices/index.js';
import { UserError } from '../ground/index.js';
import { nearest } from '../model/index.js';
import type { PartName } from '../wire/index.js';
import { type Board, boardIds, isOwnPort, readBoard } from './board.js';
import { type BuildEvents, type BuildOptions, buildFirmware, type Image } from './build.js';
import { buildLinuxDevice, isLinuxTarget, ownLinuxTarget } from './linux-device.js';

export interface OpenOptions extends DeviceOptions {
  /** Emulated and native: parts of the kernel that it has (default: all). */
  readonly parts?: readonly PartName[] | undefined;
}

const NATIVE = 'native';

/**
 * @param spec 'native' for the device as a program of this computer; a board's name or folder, for its emulator, with `:usb`
 *   behind it for its USB; or what `openLine` takes: 'simulated', 'tcp://host:port', a port's path
 * @throws `UserError` when the spec makes no sense, the firmware cannot be built or the device not be reached
 */
export async function openDevice(
  spec: string,
  { parts, ...options }: OpenOptions,
  events: BuildEvents = {},
): Promise<DeviceLine> {
  const named = boardNamed(spec);
  if (named) {
    refuseSimulatedOptions(spec, options);
    const { board, line } = named;
    return openEmulated(board, { storage: options.storage, parts }, events, line);
  }
  if (spec === NATIVE) return openNative({ parts, ...options }, events);
  refuseMisspelt(spec);
  const line = await openLine(spec, options);
  if (!line.rates || !(await isOwnUsb(spec))) return line;
  const { rates, ...asItComes } = line;
  return asItComes;
}

/** Tells a port that is a board's own USB: it has no rate, bytes pass as they come. */
async function isOwnUsb(path: string): Promise<boolean> {
  const ports = await listPorts().catch(() => []);
  // Links lead to ports, too: /dev/serial/by-id.
  const real = await realpath(path).catch(() => path);
  const port = ports.find((each) => each.path === path || each.path === real);
  return port !== undefined && boardIds().some((id) => isOwnPort(readBoard(id), port));
}

/**
 * Checks that a device can be opened, and closes it again: before work begins that many of its runs share.
 * @throws `UserError` as `openDevice` does, with what there is to choose from
 */
export async function requireDevice(spec: string, options: DeviceOptions): Promise<void> {
  try {
    const named = boardNamed(spec);
    if (named) {
      requireLine(named.board, named.line);
      refuseSimulatedOptions(spec, options);
    } else await (await openDevice(spec, options)).close();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const choices = 'eqprop ports lists the serial ports, eqprop boards the boards';
    const hint = error.hint?.includes('eqprop ports')
      ? error.hint
      : [error.hint, choices].filter(Boolean).join('; ');
    throw new UserError(error.message, hint, { cause: error });
  }
}

/** Builds the device's program for this computer, if need be, and starts it. */
async function openNative(
  { arena, storage, parts, ...others }: OpenOptions,
  events: BuildEvents,
): Promise<DeviceLine> {
  refuseSimulatedOptions(NATIVE, others);
  const program = await buildLinuxDevice(ownLinuxTarget(), { storage, parts }, events);
  return openProgram(NATIVE, program, arena === undefined ? [] : ['--arena', String(arena)]);
}

/** Follows a board's name where its USB is meant, not its UART. */
const USB = ':usb';

/**
 * The board whose emulator a device is, and which of its lines; nothing where it is none.
 * @throws `UserError` where the board's description is wrong
 */
export function boardNamed(spec: string): { readonly board: Board; readonly line: ChipLineName } | undefined {
  const [name, line] = spec.endsWith(USB)
    ? ([spec.slice(0, -USB.length), 'usb'] as const)
    : ([spec, 'uart'] as const);
  const isBoard = boardIds().includes(name) || existsSync(join(name, 'board.toml'));
  return isBoard ? { board: readBoard(name), line } : undefined;
}

/** Names of serial ports are short words too, on Windows: only what resembles a board is taken for one. */
function refuseMisspelt(spec: string): void {
  if (!/^[a-z][\w-]+$/i.test(spec) || /^com\d+$/i.test(spec)) return;
  const word = spec.toLowerCase();
  if (isLinuxTarget(word))
    throw new UserError(
      `${word} is no device of this computer`,
      `eqprop build ${word} makes the program; start it there with --tcp, and give its tcp:// address`,
    );
  const known = [...boardIds(), NATIVE];
  const meant = known.find((id) => id.startsWith(word)) ?? nearest(word, known);
  if (meant) throw new UserError(`there is no device '${spec}'`, `did you mean '${meant}'?`);
}

/** Builds a board's firmware, if need be, and starts it in the board's emulator. */
export async function openEmulated(
  board: Board,
  options: BuildOptions = {},
  events: BuildEvents = {},
  line: ChipLineName = 'uart',
): Promise<DeviceLine> {
  requireLine(board, line);
  return openInEmulator(board, await buildFirmware(board, options, events), line);
}

/** Starts an image of a board in the board's emulator. */
export async function openInEmulator(
  board: Board,
  { elf, bin }: Image,
  line: ChipLineName = 'uart',
): Promise<DeviceLine> {
  const emulator = requireLine(board, line);
  return emulator.kind === 'qemu'
    ? openQemu({ ...emulator, name: board.id, image: elf }, board.uart.baud)
    : openRp2040(line === 'uart' ? board.id : board.id + USB, bin, line);
}

/** An emulator that has that line. */
function requireLine(board: Board, line: ChipLineName): ReturnType<typeof requireEmulator> {
  const emulator = requireEmulator(board);
  if (line === 'usb' && emulator.kind !== 'rp2040js')
    throw new UserError(`the emulated ${board.id} has no USB`, `--device ${board.id} is its UART`);
  return emulator;
}

export function requireEmulator({ id, emulator }: Board): NonNullable<Board['emulator']> {
  if (emulator) return emulator;
  const others = boardIds().filter((other) => readBoard(other).emulator);
  throw new UserError(
    `there is no emulator for ${id}`,
    `connect one and give its port (eqprop ports lists them), or use ${others.join(', ')}`,
  );
}
