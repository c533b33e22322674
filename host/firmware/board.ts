/** The boards there are: a folder each, described by its board.toml. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { PortDescription } from '../devices/ports.js';
import { UserError } from '../errors.js';
import { readToml } from '../files/text.js';
import { nearest } from '../model/recipe.js';
import { type BoardDescription, boardSchema } from './board-schema.js';

export interface Board extends BoardDescription {
  /** The folder's name. */
  readonly id: string;
  /** Where board.toml lies. */
  readonly folder: string;
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
  return { ...checkBoard(readToml(file), file), id: basename(folder), folder };
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
  const result = v.safeParse(boardSchema, values);
  if (!result.success) {
    const [issue] = result.issues;
    const key = v.getDotPath(issue) ?? 'board.toml';
    if (issue.expected === 'never') {
      const known = knownKeys(key);
      const meant = nearest(key.split('.').at(-1) ?? '', known);
      throw new UserError(
        `${source}: unknown key '${key}'`,
        meant ? `did you mean '${meant}'?` : `the keys there are ${known.join(', ')}`,
      );
    }
    throw new UserError(
      `${source}: ${issue.received === 'undefined' ? `'${key}' is missing` : `${key}: ${issue.message}`}`,
      'boards/README.md tells what each key means',
    );
  }
  requireRegions(result.output, source);
  return result.output;
}

/** The keys that could stand where an unknown one does. */
function knownKeys(path: string): readonly string[] {
  const tables = path.split('.').slice(0, -1);
  return Object.keys(
    entriesOf(tables.reduce<unknown>((outer, table) => entriesOf(outer)[table], boardSchema)),
  );
}

function entriesOf(schema: unknown): Readonly<Record<string, unknown>> {
  if (typeof schema !== 'object' || schema === null) return {};
  if ('wrapped' in schema) return entriesOf(schema.wrapped);
  if ('options' in schema && Array.isArray(schema.options))
    return Object.assign({}, ...schema.options.map(entriesOf));
  return 'entries' in schema ? { ...(schema.entries as object) } : {};
}

function requireRegions({ flash, ram, uart }: BoardDescription, source: string): void {
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
  if (ram.stack + ram.static >= ram.size)
    throw new UserError(`${source}: stack and static leave nothing of the RAM`, 'make them smaller');
}

function range({ origin, size }: { origin: number; size: number }): string {
  return `0x${origin.toString(16)} … 0x${(origin + size - 1).toString(16)}`;
}

/** How a board is exercised without one. */
export function exercisedIn({ emulator }: BoardDescription): string {
  if (!emulator) return 'built, not yet run';
  return emulator.kind === 'qemu' ? `QEMU ${emulator.machine}` : 'rp2040js';
}

/** The boards that may be behind a port, by its USB ids: several boards can come with the same adapter. */
export function boardsOfPort({
  vendorId,
  productId,
}: Pick<PortDescription, 'vendorId' | 'productId'>): readonly string[] {
  const usbId = `${vendorId}:${productId}`.toLowerCase();
  return boardIds().filter((id) => readBoard(id).usb?.ids.includes(usbId));
}
