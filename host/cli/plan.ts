import type { Command } from 'commander';
import {
  type Board,
  type BuildOptions,
  type Deployment,
  findFirmware,
  type MemoryPlan,
  measureFirmware,
  planDeployed,
  planMemory,
  readBoard,
  type SizeReport,
} from '../firmware/index.js';
import { capital, count, percent } from '../ground/index.js';
import { DEFAULT_STORAGE, partsOf, type Recipe, type Storage } from '../model/index.js';
import type { PartName } from '../wire/index.js';
import { type OutputFlags, print, printJson, styled, table } from './output.js';
import { addRecipeFlags, layersOf } from './recipe-flags.js';

/** Status where the network does not fit, as for other errors: scripts ask before they train. */
const DOES_NOT_FIT = 1;

type PlanFlags = OutputFlags & Readonly<Record<string, unknown>>;

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
  const { recipe, preset } = layersOf(flags);
  const memory = planMemory(board, recipe);
  const sizes = builtSizes(board, memory.storage, partsOf(recipe));
  if (!memory.fits) process.exitCode = DOES_NOT_FIT;
  if (flags.json) {
    const flash = {
      size: board.flash.size,
      used: sizes.whole?.flash ?? null,
      usedByNeeded: sizes.needed?.flash ?? null,
    };
    const staticUsed = (sizes.whole ?? sizes.needed)?.static ?? null;
    const deployed = {
      predicting: planDeployed(board, recipe, 'predicting'),
      learning: planDeployed(board, recipe, 'learning'),
    };
    printJson({ board: board.id, ...memory, flash, staticUsed, deployed });
    return;
  }
  print(
    `${styled('bold', `${recipe.network} on ${board.name}`, process.stdout)}, minibatch ${recipe.minibatch} (preset ${preset})\n`,
  );
  print(memoryTable(memory));
  print('');
  print(flashLine(board, sizes, memory.storage));
  print(stackLine(board, memory));
  print(verdict(memory));
  print(deployedLines(board, recipe));
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

interface BuiltSizes {
  /** The firmware with all parts, if it has been built. */
  readonly whole: SizeReport | undefined;
  /** The firmware with those alone that the recipe needs. */
  readonly needed: SizeReport | undefined;
}

function builtSizes(board: Board, storage: Storage, parts: readonly PartName[]): BuiltSizes {
  const sizeOf = (options: BuildOptions) => {
    const firmware = findFirmware(board, options);
    return firmware && measureFirmware(firmware, board);
  };
  return { whole: sizeOf({ storage }), needed: sizeOf({ storage, parts }) };
}

function flashLine({ id, flash }: Board, { whole, needed }: BuiltSizes, storage: Storage): string {
  const flag = storage === DEFAULT_STORAGE ? '' : ` --storage ${storage}`;
  const there = `of ${count(flash.size)} bytes`;
  const alone = needed && `with ${needed.parts.join(', ')} alone`;
  if (whole && needed) return `flash: ${count(whole.flash)} ${there}, ${count(needed.flash)} ${alone}`;
  if (whole) return `flash: ${count(whole.flash)} ${there}`;
  if (needed) return `flash: ${count(needed.flash)} ${there}, ${alone}`;
  return `flash: not built yet (eqprop build ${id}${flag}), ${count(flash.size)} bytes there are`;
}

/** Tells what the library takes that `deploy` makes. */
function deployedLines(board: Board, recipe: Recipe): string {
  const lines = (['predicting', 'learning'] satisfies readonly Deployment[]).map((deployment) => {
    const { ram, constants, fits } = planDeployed(board, recipe, deployment);
    return `  ${deployment}: ${count(ram)} bytes of RAM, ${count(constants)} of constants in flash${fits ? '' : '; it does not fit'}`;
  });
  return ['Without a host (eqprop deploy), beside the code:', ...lines].join('\n');
}

function stackLine({ core, target }: Board, { stack, stackNeeded }: MemoryPlan): string {
  const [used, asked, reserved] = [target.stack, stackNeeded, stack].map((bytes) => count(bytes));
  const cores = core.cores > 1 ? ` for ${core.cores} cores` : '';
  return `stack: ${used} bytes have been seen used on ${core.cpu}, ${asked} are asked for${cores}, ${reserved} reserved`;
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
    : 'no minibatch does with these layers, however narrow: put a narrow or a pooled one between, or have fewer inputs';
}
