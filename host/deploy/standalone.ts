/** A network as a board's firmware that needs no host. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Board,
  type BuildEvents,
  buildProgram,
  copyFirmware,
  measureFirmware,
} from '../firmware/index.js';
import { count, UserError } from '../ground/index.js';
import { stringLiteral } from './c-text.js';
import type { LaidOut } from './laid-out.js';
import { libraryOf } from './library.js';
import { type Deployed, featuresOf } from './network-c.js';

const programFolder = fileURLToPath(new URL('../../../boards/standalone/', import.meta.url));

/** Bytes of stack that the journal and reading numbers take beside the library. */
const MORE_STACK = 1024;

export interface StandaloneOptions {
  /** Minibatches after which what was learnt is saved (default: on command alone). */
  readonly saveEvery?: number | undefined;
}

export interface Standalone {
  /** Paths of the image's files. */
  readonly files: readonly string[];
  /** Bytes of flash: code, constants, weights. */
  readonly flash: number;
  /** Bytes of RAM, the stack among them. */
  readonly ram: number;
  /** The board keeps what is learnt in its flash. */
  readonly saves: boolean;
}

/**
 * Builds a board's firmware around a network, and writes its files into a folder, each whole.
 * @throws `UserError` where the board has no room for it or cannot save, or a tool is missing
 */
export async function writeStandalone(
  deployed: Deployed,
  board: Board,
  folder: string,
  { saveEvery }: StandaloneOptions = {},
  events: BuildEvents = {},
): Promise<Standalone> {
  const saves = deployed.learns && existsSync(join(board.folder, 'flash.h'));
  if (saveEvery !== undefined && !saves)
    throw new UserError(
      `${board.id}: nothing is saved ${deployed.learns ? 'there: it has no flash.h' : 'of a network that only predicts'}`,
      deployed.learns ? 'leave --save-every out' : 'give --learn too, or leave --save-every out',
    );
  const { files, laidOut } = await libraryOf(deployed, events);
  const roomy = { ...board, ram: { ...board.ram, stack: board.ram.stack + MORE_STACK } };
  requireRoom(deployed, laidOut, roomy);
  const sources = new Map<string, Uint8Array>([
    ...readdirSync(programFolder).map((name): [string, Uint8Array] => [
      name,
      readFileSync(join(programFolder, name)),
    ]),
    ...[...files].map(([name, text]): [string, Uint8Array] => [name, Buffer.from(text)]),
    ['standalone.h', Buffer.from(header(deployed, saveEvery ?? 0))],
  ]);
  const workshop = await mkdtemp(join(tmpdir(), 'eqprop-'));
  try {
    const firmware = await buildProgram(roomy, sources, workshop, events);
    const size = measureFirmware(firmware, roomy);
    return {
      files: copyFirmware(firmware, size, folder),
      flash: size.flash,
      ram: size.stack + size.static,
      saves,
    };
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

function header({ name, recipe }: Deployed, saveEvery: number): string {
  return `/* Written by eqprop. */
#define NAME ${stringLiteral(name)}
#define NETWORK ${stringLiteral(recipe.network)}
#define SAVE_EVERY ${saveEvery}u
`;
}

/** The linker would tell too, in its own words. */
function requireRoom(deployed: Deployed, { memory, parameters }: LaidOut, { id, ram, flash }: Board): void {
  const needed = memory.length + 4 * featuresOf(deployed) + ram.stack + ram.static;
  if (needed > ram.size)
    throw new UserError(
      `${id}: ${count(ram.size)} bytes of RAM, this network needs ${count(needed)}`,
      deployed.learns
        ? 'a smaller --minibatch takes less; without --learn the weights stay in flash'
        : 'a network of fewer units takes less',
    );
  if (parameters.length > flash.size)
    throw new UserError(
      `${id}: ${count(flash.size)} bytes of flash, the weights alone take ${count(parameters.length)}`,
      'a network of fewer weights takes less',
    );
}
