/** A network as a board's firmware that needs no host. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTemporaryFolder } from '../files/index.js';
import {
  type Board,
  type BuildEvents,
  boardArena,
  buildProgram,
  copyFirmware,
  listImage,
  measureFirmware,
  planDeployed,
  withOneCore,
} from '../firmware/index.js';
import { count, UserError } from '../ground/index.js';
import { formatsOf } from '../model/index.js';
import { stringLiteral } from './c-text.js';
import { libraryOf } from './library.js';
import { type Deployed, featuresOf } from './network-c.js';

const programFolder = fileURLToPath(new URL('../../../boards/standalone/', import.meta.url));

/** Bytes of stack that the journal and reading numbers take beside the library. */
const MORE_STACK = 1024;
/** Bytes of variables, the line's features apart, beside those that the device has. */
const VARIABLES = 1024;

export interface StandaloneOptions {
  /** Minibatches after which what was learnt is saved (default: on command alone). */
  readonly saveEvery?: number | undefined;
  /** Folder of a program's C files, main.c among them, in the place of the one that reads lines. */
  readonly program?: string | undefined;
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
 * @throws `UserError` where the board has no room for it or cannot save, or a tool is missing, or a program is none
 */
export async function writeStandalone(
  deployed: Deployed,
  board: Board,
  folder: string,
  { saveEvery, program }: StandaloneOptions = {},
  events: BuildEvents = {},
): Promise<Standalone> {
  const own = program === undefined ? undefined : programIn(program);
  const saves = !own && deployed.learns && existsSync(join(board.folder, 'flash.h'));
  if (own && saveEvery !== undefined)
    throw new UserError(
      '--save-every is for lines; a program of its own saves when it wants to',
      'leave it out',
    );
  if (saveEvery !== undefined && !saves)
    throw new UserError(
      `${board.id}: nothing is saved ${deployed.learns ? 'there: it has no flash.h' : 'of a network that only predicts'}`,
      deployed.learns ? 'leave --save-every out' : 'give --learn too, or leave --save-every out',
    );
  const { ram } = board;
  const more = VARIABLES + 4 * featuresOf(deployed);
  const roomy = {
    ...withOneCore(board),
    ram: { ...ram, stack: ram.stack + MORE_STACK, static: ram.static + more },
  };
  requireRoom(deployed, roomy);
  const serving =
    deployed.learns && !own
      ? { arena: boardArena(roomy, formatsOf(deployed.recipe).storage), window: board.uart.window }
      : undefined;
  const { files } = await libraryOf(deployed, events, { serving, forms: formsOf(board) });
  const sources = new Map<string, Uint8Array>([
    ...filesOf(programFolder).filter(([name]) => !own || name.endsWith('.h')),
    ...(own ?? []),
    ...[...files].map(([name, text]): [string, Uint8Array] => [name, Buffer.from(text)]),
    ['standalone.h', Buffer.from(header(deployed, saveEvery ?? 0))],
  ]);
  return inTemporaryFolder(async (workshop) => {
    const firmware = await buildProgram(roomy, sources, workshop, events);
    const size = measureFirmware(firmware, roomy);
    const files = copyFirmware(firmware, size, folder);
    return {
      files: [...files, listImage(folder, board, { ...deployed, readsLines: !own }, files)],
      flash: size.flash,
      ram: size.stack + size.static,
      saves,
    };
  });
}

function filesOf(folder: string): readonly (readonly [string, Uint8Array])[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => [name, readFileSync(join(folder, name))] as const);
}

/** @throws `UserError` where there is no main.c */
function programIn(folder: string): ReturnType<typeof filesOf> {
  if (!existsSync(join(folder, 'main.c')))
    throw new UserError(
      `there is no main.c in ${folder}`,
      'a program is a folder of C files; examples/lis3dh of the package is one',
    );
  return filesOf(folder).filter(([name]) => /\.[chS]$/.test(name));
}

function header({ name, recipe }: Deployed, saveEvery: number): string {
  return `/* Written by eqprop. */
#define NAME ${stringLiteral(name)}
#define NETWORK ${stringLiteral(recipe.network)}
#define SAVE_EVERY ${saveEvery}u
`;
}

function formsOf({ target }: Board): string {
  return target.forms === undefined ? '' : `#define CORE_FORMS\n${target.forms}`;
}

/** The linker would tell too, in its own words. */
function requireRoom({ recipe, learns }: Deployed, board: Board): void {
  const { id, ram, flash } = board;
  const plan = planDeployed(board, recipe, learns ? 'learning' : 'predicting');
  const needed = plan.ram + ram.stack + ram.static;
  if (needed > ram.size)
    throw new UserError(
      `${id}: ${count(ram.size)} bytes of RAM, this network needs ${count(needed)}`,
      learns
        ? 'a smaller --minibatch takes less; without --learn the weights stay in flash'
        : 'a network of fewer units takes less',
    );
  if (plan.constants > flash.size)
    throw new UserError(
      `${id}: ${count(flash.size)} bytes of flash, the weights alone take ${count(plan.constants)}`,
      'a network of fewer weights takes less',
    );
}
