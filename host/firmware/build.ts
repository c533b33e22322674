/** Firmware: the module as C, compiled for a board, kept under the name of its sources. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { count, UserError } from '../ground/index.js';
import { DEFAULT_STORAGE } from '../model/index.js';
import type { PartName } from '../wire/index.js';
import { type Board, stackBytes, withOneCore } from './board.js';
import { cacheFolder, obtainFolder } from './cache.js';
import { compile, type Linked } from './compile.js';
import { compileAfresh } from './compile-afresh.js';
import { isWhole } from './contents.js';
import { ElfFile } from './elf.js';
import { toIntelHex } from './intel-hex.js';
import { moduleStaticBytes } from './plan.js';
import { sealBootStage } from './rp2040-boot.js';
import {
  type BuildOptions,
  keptParts,
  nameOf,
  programSources,
  readSources,
  type Sources,
} from './sources.js';
import { obtainToolchain, type ToolchainEvents } from './toolchain.js';
import { toUf2 } from './uf2.js';

export type { BuildOptions } from './sources.js';

export interface BuildEvents extends ToolchainEvents {
  /** The firmware is not in the cache and is compiled now. */
  onCompile?(): void;
}

const WITNESS = 'hashes';

/** A program as a board or its emulator takes it: paths of its files. */
export interface Image {
  readonly elf: string;
  /** The flash's contents, from its origin on. */
  readonly bin: string;
  readonly hex: string;
  readonly uf2: string | undefined;
}

/** A board's firmware. */
export interface Firmware extends Image {
  /** Parts of the kernel that it has. */
  readonly parts: readonly PartName[];
  /** Path of the linker's map. */
  readonly map: string;
}

/** @throws `UserError` where a tool is missing or refuses */
export async function buildFirmware(
  board: Board,
  options: BuildOptions = {},
  events: BuildEvents = {},
): Promise<Firmware> {
  const { size, static: reserved } = board.ram;
  const needed = stackBytes(board) + reserved + moduleStaticBytes(options.storage, board.core.cores);
  if (size <= needed)
    throw new UserError(
      `${board.id}: ${count(size)} bytes of RAM, the kernel needs ${count(needed)} before the first weight`,
      'a board needs a few kilobytes more',
    );
  const sources = readSources(board, options);
  const folder = await obtainFolder(
    folderOf(board, nameOf(sources, board, options)),
    WITNESS,
    async (empty) => {
      const toolchain = await obtainToolchain(events);
      events.onCompile?.();
      const workshop = join(empty, 'workshop');
      await writeFiles(
        filesIn(empty, board, options),
        await compileAfresh(workshop, toolchain, (own, tools) =>
          compile(own, sources, tools, board, options),
        ),
        board,
      );
      await rm(workshop, { recursive: true });
    },
  );
  return filesIn(folder, board, options);
}

/** A board's firmware as it would be built now, if it has been. */
export function findFirmware(board: Board, options: BuildOptions = {}): Firmware | undefined {
  const folder = folderOf(board, nameOf(readSources(board, options), board, options));
  return isWhole(folder, WITNESS) ? filesIn(folder, board, options) : undefined;
}

function folderOf(board: Board, name: string): string {
  return join(cacheFolder(), 'firmware', `${board.id}-${name}`);
}

function filesIn(folder: string, { image }: Board, options: BuildOptions): Firmware {
  const { storage = DEFAULT_STORAGE } = options;
  const name = storage === DEFAULT_STORAGE ? 'firmware' : `firmware-${storage}`;
  const path = (kind: string) => join(folder, `${name}.${kind}`);
  return {
    parts: keptParts(options),
    elf: path('elf'),
    bin: path('bin'),
    hex: path('hex'),
    uf2: image.file === 'uf2' ? path('uf2') : undefined,
    map: path('map'),
  };
}

/**
 * Builds a program in place of the device, which has all of the board's RAM but the stack for its variables, and one core. It is not kept.
 * @param program its main.c, and what that needs, by name
 * @param folder a new one, for the files
 * @throws `UserError` where a tool is missing, the program does not compile or does not fit
 */
export async function buildProgram(
  board: Board,
  program: Sources,
  folder: string,
  events: BuildEvents = {},
): Promise<Firmware> {
  const { size, stack } = board.ram;
  const roomy = { ...withOneCore(board), ram: { ...board.ram, static: size - stack } };
  const toolchain = await obtainToolchain(events);
  events.onCompile?.();
  const sources = programSources(roomy, program);
  const linked = await compileAfresh(join(folder, 'workshop'), toolchain, (own, tools) =>
    compile(own, sources, tools, roomy, {}),
  );
  const files = filesIn(folder, board, {});
  await writeFiles(files, linked, board);
  return files;
}

async function writeFiles(files: Firmware, linked: Linked, board: Board): Promise<void> {
  const elf = new ElfFile(linked.elf);
  const stage = elf.section('.boot2');
  if (stage) sealBootStage(elf.bytes.subarray(stage.offset, stage.offset + stage.size));
  const { origin } = board.flash;
  const image = elf.image(origin);
  await writeFile(files.elf, elf.bytes);
  await writeFile(files.map, linked.map);
  await writeFile(files.bin, image);
  await writeFile(files.hex, toIntelHex(image, origin));
  if (board.image.file === 'uf2' && files.uf2)
    await writeFile(files.uf2, toUf2(image, origin, Number.parseInt(board.image['uf2-family'], 16)));
}
