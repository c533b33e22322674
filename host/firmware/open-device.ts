/** Opens whatever answers the link: what `host/devices` opens, a board's firmware in its emulator, or this computer's own program. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type DeviceLine,
  type DeviceOptions,
  openDevice as openLine,
  openProgram,
  openQemu,
  openRp2040,
  refuseSimulatedOptions,
} from '../devices/index.js';
import { UserError } from '../ground/index.js';
import { nearest } from '../model/index.js';
import type { ConnectionKindName } from '../wire/index.js';
import { type Board, boardIds, readBoard } from './board.js';
import { type BuildEvents, type BuildOptions, buildFirmware } from './build.js';
import { buildLinuxDevice, isLinuxTarget, ownLinuxTarget } from './linux-device.js';

export interface OpenOptions extends DeviceOptions {
  /** Emulated and native: kinds of connections that it has (default: all). */
  readonly kinds?: readonly ConnectionKindName[] | undefined;
}

const NATIVE = 'native';

/**
 * @param spec 'native' for the device as a program of this computer, a board's name or folder, for its emulator, or what
 *   `openLine` takes: 'simulated', 'tcp://host:port', a port's path
 * @throws `UserError` when the spec makes no sense, the firmware cannot be built or the device not be reached
 */
export async function openDevice(
  spec: string,
  { kinds, ...options }: OpenOptions,
  events: BuildEvents = {},
): Promise<DeviceLine> {
  if (isBoard(spec)) {
    refuseSimulatedOptions(spec, options);
    return openEmulated(readBoard(spec), { storage: options.storage, kinds }, events);
  }
  if (spec === NATIVE) return openNative({ kinds, ...options }, events);
  refuseMisspelt(spec);
  return openLine(spec, options);
}

/**
 * Checks that a device can be opened, and closes it again: before work begins that many of its runs share.
 * @throws `UserError` as `openDevice` does, with what there is to choose from
 */
export async function requireDevice(spec: string, options: DeviceOptions): Promise<void> {
  try {
    if (isBoard(spec)) {
      requireEmulator(readBoard(spec));
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
  { arena, storage, kinds, ...others }: OpenOptions,
  events: BuildEvents,
): Promise<DeviceLine> {
  refuseSimulatedOptions(NATIVE, others);
  const program = await buildLinuxDevice(ownLinuxTarget(), { storage, kinds }, events);
  return openProgram(NATIVE, program, arena === undefined ? [] : ['--arena', String(arena)]);
}

function isBoard(spec: string): boolean {
  return boardIds().includes(spec) || existsSync(join(spec, 'board.toml'));
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
): Promise<DeviceLine> {
  const emulator = requireEmulator(board);
  const { elf, bin } = await buildFirmware(board, options, events);
  return emulator.kind === 'qemu'
    ? openQemu({ ...emulator, name: board.id, image: elf }, board.uart.baud)
    : openRp2040(board.id, bin);
}

export function requireEmulator({ id, emulator }: Board): NonNullable<Board['emulator']> {
  if (emulator) return emulator;
  const others = boardIds().filter((other) => readBoard(other).emulator);
  throw new UserError(
    `there is no emulator for ${id}`,
    `connect one and give its port (eqprop ports lists them), or use ${others.join(', ')}`,
  );
}
