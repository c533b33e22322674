/** The boards there are: a folder each, described by its board.toml. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PortDescription } from '../devices/index.js';
import { readToml } from '../files/index.js';
import { UserError } from '../ground/index.js';
import { nearest } from '../model/index.js';
import { type BoardDescription, boardSchema } from './board-schema.js';
import { checkToml } from './check-toml.js';
import { type Core, readCore, stackNeeded } from './core.js';

export interface Board extends BoardDescription {
  /** The folder's name. */
  readonly id: string;
  /** Where board.toml lies. */
  readonly folder: string;
  /** The core that its `core.cpu` names. */
  readonly target: Core;
}

export const boardsFolder = fileURLToPath(new URL('../../../boards/', import.meta.url));

export function boardIds(): readonly string[] {
  return readdirSync(boardsFolder)
    .filter((name) => existsSync(join(boardsFolder, name, 'board.toml')))
    .sort();
}

/**
 * @param idOrPath a board that comes along, or the path of a board's folder or board.toml
 * @throws `UserError` where there is none, or its description is wrong
 */
export function readBoard(idOrPath: string): Board {
  const file = descriptionOf(idOrPath);
  const folder = dirname(file);
  const board = checkBoard(readToml(file), file);
  const target = readCore(board.core.cpu, [folder, join(boardsFolder, 'common', 'cores')], file);
  requireStack(board, target, file);
  return { ...board, id: basename(folder), folder, target };
}

function descriptionOf(idOrPath: string): string {
  const isPath = /[/\\.]/.test(idOrPath);
  const path = isPath ? resolve(idOrPath) : join(boardsFolder, idOrPath);
  const file = isPath && existsSync(path) && statSync(path).isFile() ? path : join(path, 'board.toml');
  if (existsSync(file)) return file;
  const meant = nearest(idOrPath, boardIds());
  throw new UserError(
    isPath ? `there is no board.toml in ${path}` : `there is no board '${idOrPath}'`,
    meant ? `did you mean '${meant}'?` : `the boards are ${boardIds().join(', ')}; or give a folder's path`,
  );
}

/** @param source where the values came from, in errors */
export function checkBoard(values: unknown, source: string): BoardDescription {
  const board = checkToml(boardSchema, values, source);
  requireRegions(board, source);
  return board;
}

function requireRegions({ core, flash, ram, uart }: BoardDescription, source: string): void {
  const end = ({ origin, size }: { origin: number; size: number }) => origin + size;
  for (const [name, region] of Object.entries({ flash, ram }))
    if (end(region) > 2 ** 32)
      throw new UserError(`${source}: ${name} ends beyond 32-bit addresses`, 'check its origin and size');
  if (flash.origin < end(ram) && ram.origin < end(flash))
    throw new UserError(
      `${source}: flash ${range(flash)} and ram ${range(ram)} overlap`,
      'a board whose code lies in RAM divides it between the two',
    );
  if (ram.static < uart.window)
    throw new UserError(
      `${source}: ram.static is ${ram.static} bytes, the window alone takes ${uart.window}`,
      'reserve the window and about 1 KB more',
    );
  if (stackBytes({ core, ram }) + ram.static >= ram.size)
    throw new UserError(`${source}: stack and static leave nothing of the RAM`, 'make them smaller');
}

function requireStack({ core, ram }: BoardDescription, target: Core, source: string): void {
  const needed = stackNeeded(target);
  if (ram.stack < needed)
    throw new UserError(
      `${source}: ram.stack is ${ram.stack} bytes, firmware for ${core.cpu} needs ${needed}`,
      `it has been seen to use ${target.stack}; write stack = ${needed}, or more`,
    );
}

/** Bytes of the stacks of all cores. */
export function stackBytes({ core, ram }: Pick<BoardDescription, 'core' | 'ram'>): number {
  return core.cores * ram.stack;
}

/** The board as a program sees it that leaves the second core alone. */
export function withOneCore(board: Board): Board {
  return { ...board, core: { ...board.core, cores: 1 } };
}

function range({ origin, size }: { origin: number; size: number }): string {
  return `0x${origin.toString(16)} … 0x${(origin + size - 1).toString(16)}`;
}

/** How a board is exercised without one. */
export function exercisedIn({ emulator }: BoardDescription): string {
  if (!emulator) return 'built, not yet run';
  return emulator.kind === 'qemu' ? `QEMU ${emulator.machine}` : 'rp2040js';
}

type UsbIds = Pick<PortDescription, 'vendorId' | 'productId'>;

function usbId({ vendorId, productId }: UsbIds): string {
  return `${vendorId}:${productId}`.toLowerCase();
}

/** The boards that may be behind a port, by its USB ids: several boards can come with the same adapter. */
export function boardsOfPort(port: UsbIds): readonly string[] {
  return boardIds().filter((id) => {
    const board = readBoard(id);
    return board.usb?.ids.includes(usbId(port)) || isOwnPort(board, port);
  });
}

/** Tells a port that is the board's own USB, where it says so. */
export function isOwnPort({ usb }: BoardDescription, port: UsbIds): boolean {
  return usb?.own === usbId(port);
}
