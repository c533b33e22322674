import type { Command } from 'commander';
import {
  type Board,
  findFirmware,
  type MemoryPlan,
  measureFirmware,
  planMemory,
  readBoard,
  type SizeReport,
} from '../firmware/index.js';
import { capital, count, percent } from '../ground/index.js';
import { connectionCount, DEFAULT_STORAGE, type Storage } from '../model/index.js';
import { type OutputFlags, print, printJson, styled, table } from './output.js';
import { addRecipeFlags, recipeOf } from './recipe-flags.js';

/** Status where the network does not fit, as for other errors: scripts ask before they train. */
const DOES_NOT_FIT = 1;

interface PlanFlags extends OutputFlags, Readonly<Record<string, unknown>> {
  readonly network?: string;
}

export function addPlan(program: Command): void {
  const command = program
    .command('plan')
    .description('tell whether a network fits a board, byte by byte')
    .argument('<board>', "a board's name (eqprop boards lists them) or folder")
    .option('--json', 'one JSON object on standard output');
  addRecipeFlags(command, 'demo').action(plan);
}

function plan(name: string, flags: PlanFlags): void {
  const board = readBoard(name);
  const { recipe, preset } = recipeOf(withRates(flags));
  const memory = planMemory(board, recipe);
  const firmware = findFirmware(board, { storage: memory.storage });
  const size = firmware && measureFirmware(firmware, board);
  if (!memory.fits) process.exitCode = DOES_NOT_FIT;
  if (flags.json) {
    const flash = { size: board.flash.size, used: size?.flash ?? null };
    printJson({ board: board.id, ...memory, flash, staticUsed: size?.static ?? null });
    return;
  }
  print(
    `${styled('bold', `${recipe.network} on ${board.name}`, process.stdout)}, minibatch ${recipe.minibatch} (preset ${preset})\n`,
  );
  print(memoryTable(memory));
  print('');
  print(flashLine(board, size, memory.storage));
  print(stackLine(board, memory));
  print(verdict(memory));
}

/** A number of layers that the preset does not have needs other rates, which take no memory. */
function withRates(flags: PlanFlags): PlanFlags {
  if (flags.network === undefined || flags.rates !== undefined) return flags;
  const rates = new Array<number>(connectionCount({ network: flags.network, connections: [] })).fill(0.1);
  return { ...flags, rates, weightDecay: flags.weightDecay ?? [] };
}

function memoryTable({ ram, stack, static: reserved, module, parts, spare }: MemoryPlan): string {
  const rows: readonly (readonly [string, number])[] = [
    ['stack', stack],
    ["firmware's variables", reserved],
    ["kernel's variables", module],
    ['weights', parts.weights],
    ['biases', parts.biases],
    ['states', parts.states],
    ['drives', parts.drives],
    ['images', parts.images],
    ['contrasts', parts.contrasts],
    [spare < 0 ? 'missing' : 'spare', Math.abs(spare)],
    ['RAM', ram],
  ];
  return table(
    ['part', 'bytes', 'share'],
    rows.map(([part, bytes]) => [part, count(bytes), percent(bytes / ram)]),
  );
}

function flashLine(board: Board, size: SizeReport | undefined, storage: Storage): string {
  const flag = storage === DEFAULT_STORAGE ? '' : ` --storage ${storage}`;
  return size
    ? `flash: ${count(size.flash)} of ${count(size.flashSize)} bytes`
    : `flash: not built yet (eqprop build ${board.id}${flag}), ${count(board.flash.size)} bytes there are`;
}

function stackLine({ core, target }: Board, { stack, stackNeeded }: MemoryPlan): string {
  const [used, asked, reserved] = [target.stack, stackNeeded, stack].map((bytes) => count(bytes));
  return `stack: ${used} bytes have been seen used on ${core.cpu}, ${asked} are asked for, ${reserved} reserved`;
}

function verdict(memory: MemoryPlan): string {
  const { network, needed, arena, fits, widest, largestMinibatch } = memory;
  const widestText = widest && `the widest hidden layers: ${widest}`;
  const minibatchText = largestMinibatch !== undefined && `the largest minibatch: ${largestMinibatch}`;
  if (fits) {
    const limits = [widestText, minibatchText].filter((text) => text).join('; ');
    return `${styled('green', 'It fits.', process.stdout)} ${capital(limits)}.`;
  }
  const first = `${styled('red', 'It does not fit', process.stdout)}: ${network} needs ${count(needed)} bytes, ${count(arena)} are left for it.`;
  return `${first}\n${capital(wayOut(memory))}.`;
}

function wayOut({ network, minibatch, widest, largestMinibatch, both }: MemoryPlan): string {
  const ways = [
    largestMinibatch !== undefined && `--minibatch ${largestMinibatch} with ${network}`,
    widest && `--network ${widest} with minibatch ${minibatch}`,
    both && `--network ${both.network} --minibatch ${both.minibatch}`,
  ].filter((way) => way);
  return ways.length > 0
    ? `what would fit: ${ways.join(', or ')}`
    : 'no minibatch does with these layers, however narrow: put a narrow one between, or have fewer inputs';
}
