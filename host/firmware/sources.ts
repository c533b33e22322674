/** Sources of a firmware, and one name for them all: the same sources give the same bytes. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_BAUD_RATE } from '../devices/index.js';
import { portableModule } from '../kernel/index.js';
import { DEFAULT_STORAGE, type Storage } from '../model/index.js';
import { type PartName, partNames } from '../wire/index.js';
import { type Board, boardsFolder } from './board.js';
import { configHeader, memoryScript } from './configuration.js';
import { toolchainVersion } from './toolchain.js';

export interface BuildOptions {
  /** Bits that the kernel stores weights in (default 16). */
  readonly storage?: Storage | undefined;
  /** Parts of the kernel that it has, what needs others is refused (default: all). */
  readonly parts?: readonly PartName[] | undefined;
  /** Bits a second of the UART (default: the board's). */
  readonly baud?: number | undefined;
  /** Use the core's own forms of the kernel's primitives, where it has any (default: true). */
  readonly forms?: boolean | undefined;
  /** Compare every access of the kernel with the size of its memory. */
  readonly checked?: boolean | undefined;
  /** More macros, for tests. */
  readonly defines?: readonly string[];
}

const ownFolder = fileURLToPath(new URL('.', import.meta.url));

/** Contents by path in the build folder. */
export type Sources = ReadonlyMap<string, Uint8Array>;

/** C files below a folder, under another name for it. */
export function sourcesIn(folder: string, prefix: string): readonly (readonly [string, Uint8Array])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(c|h|S|ld)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [prefix + path.slice(folder.length).replaceAll('\\', '/'), readFileSync(path)]);
}

/** The device's module, among sources. */
export const KERNEL = 'kernel.wasm';
/** The core's own forms of the kernel's primitives, among sources. */
export const FORMS = 'core-forms.h';

/** The device. */
export function readSources(board: Board, options: BuildOptions): Sources {
  return new Map([
    ...boardSources(board, options),
    ...formsOf(board, options),
    [KERNEL, portableModule(options.storage, board.core.cores)],
  ]);
}

function formsOf({ target }: Board, options: BuildOptions) {
  return target.forms && takesForms(options) ? [[FORMS, Buffer.from(target.forms)] as const] : [];
}

/** Forms are of the kernel that stores weights in as many bits as states, and compare no access with the size of the memory. */
export function takesForms({ storage = DEFAULT_STORAGE, forms = true, checked }: BuildOptions): boolean {
  return forms && !checked && storage === DEFAULT_STORAGE;
}

/** A program in place of the device: its main.c, and what that needs, by name. It speaks text, as fast as whoever reads text expects. */
export function programSources(board: Board, program: Sources): Sources {
  const sources = new Map(boardSources(board, { baud: textBaud(board) }));
  sources.delete('common/main.c');
  for (const [name, bytes] of program) sources.set(`program/${name}`, bytes);
  return sources;
}

/** The rate of a UART that speaks text: programs that read it begin with this one. */
function textBaud({ uart }: Board): number {
  return Math.min(uart.baud, DEFAULT_BAUD_RATE);
}

function boardSources(
  board: Board,
  { baud = board.uart.baud }: BuildOptions,
): readonly (readonly [string, Uint8Array])[] {
  return [
    ...sourcesIn(join(boardsFolder, 'common'), 'common'),
    ...sourcesIn(board.folder, 'board'),
    ['config.h', Buffer.from(configHeader(board, baud))],
    ['memory.ld', Buffer.from(memoryScript(board))],
  ];
}

export function macros({ checked, defines = [] }: BuildOptions): readonly string[] {
  return [...(checked ? ['CHECKED'] : []), ...defines].map((define) => `-D${define}`);
}

/** The parts of the kernel that a firmware has, in the order of their codes. */
export function keptParts({ parts = partNames }: BuildOptions): readonly PartName[] {
  return partNames.filter((name) => parts.includes(name));
}

/** Names all that decides a firmware's bytes. */
export function nameOf(sources: Sources, { target, flash, image }: Board, options: BuildOptions): string {
  const { family, flags } = target;
  return nameOfAll(sources, [family, flags, flash, image], options);
}

/** 16 hexadecimal digits that name all that decides what is built, the code that builds it included. */
export function nameOfAll(sources: Sources, also: readonly unknown[], options: BuildOptions): string {
  const hash = createHash('sha256');
  for (const [path, bytes] of [...sources, ...ownCode()])
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  const { storage = DEFAULT_STORAGE } = options;
  const settings = [toolchainVersion(), ...also, storage, keptParts(options), macros(options)];
  return hash.update(JSON.stringify(settings)).digest('hex').slice(0, 16);
}

function ownCode(): readonly (readonly [string, Uint8Array])[] {
  const names = readdirSync(ownFolder)
    .filter((name) => name.endsWith('.js'))
    .sort();
  return names.map((name) => [name, readFileSync(join(ownFolder, name))]);
}
