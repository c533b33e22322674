/**
 * Tells whether a network fits a board, byte by byte. The module itself lays the network out, so the plan and the device
 * cannot differ.
 */
import { instantiateSync } from '@assemblyscript/loader';
import { DeviceError } from '../endpoint/index.js';
import { UserError } from '../ground/index.js';
import { type Cores, exportsOf, Kernel, portableModule } from '../kernel/index.js';
import type { Recipe } from '../model/index.js';
import {
  configureRequest,
  DEFAULT_STORAGE,
  formatsOf,
  isPlaced,
  notedLayers,
  type Shape,
  type Storage,
  withChannels,
} from '../model/index.js';
import { ArenaPart, MAX_BATCH, MAX_UNITS } from '../wire/index.js';
import { type Board, stackBytes } from './board.js';
import { stackNeeded } from './core.js';

export type ArenaPartName = keyof typeof ArenaPart;

/** Bytes; what the board has is the sum of stack, static, module and arena. */
export interface MemoryPlan {
  readonly network: string;
  readonly minibatch: number;
  /** Bits of the weights. */
  readonly storage: Storage;
  readonly fits: boolean;
  readonly ram: number;
  /** Bytes of all cores. */
  readonly stack: number;
  /** The most that firmware for the board's core has been seen to use of it, and a margin. */
  readonly stackNeeded: number;
  /** Reserved for the firmware's own variables. */
  readonly static: number;
  /** Static data of the module. */
  readonly module: number;
  /** Bytes left for the network. */
  readonly arena: number;
  /** Bytes that the network takes of it. */
  readonly needed: number;
  readonly parts: Readonly<Record<ArenaPartName, number>>;
  /** Bytes that would be left; below 0 where the network does not fit. */
  readonly spare: number;
  /** The network with the widest hidden layers, in the same proportions, that fits with this minibatch. */
  readonly widest: string | undefined;
  /** The largest minibatch that fits with this network. */
  readonly largestMinibatch: number | undefined;
  /**
   * Where the network fits with no minibatch: a smaller one of both. The minibatch is the largest that leaves nearly as
   * many units as the smallest would. Undefined where `widest` has as many, too.
   */
  readonly both: NetworkAndMinibatch | undefined;
}

export interface NetworkAndMinibatch {
  readonly network: string;
  readonly minibatch: number;
}

/** Share of the units that there could be. */
const NEARLY = 0.9;
const UNCOUNTABLE = 0xffff_ffff;

/** Bytes of the module's memory before the arena. */
export function moduleStaticBytes(storage: Storage = DEFAULT_STORAGE, cores: Cores = 1): number {
  interface Constants extends Record<string, unknown> {
    readonly __heap_base: { readonly value: number };
  }
  const { exports } = instantiateSync<Constants>(portableModule(storage, cores), {});
  return (exports.__heap_base.value + 7) & ~7;
}

/** Bytes of a board's RAM that are left for a network of that storage. */
export function boardArena(board: Board, storage: Storage): number {
  const { core, ram } = board;
  return Math.max(ram.size - stackBytes(board) - ram.static - moduleStaticBytes(storage, core.cores), 0);
}

/** @throws `UserError` where the network is beyond what 32-bit addresses reach */
export function planMemory(board: Board, recipe: Recipe): MemoryPlan {
  const { size: ram, static: reserved } = board.ram;
  const { cores } = board.core;
  const { storage } = formatsOf(recipe);
  const module = moduleStaticBytes(storage, cores);
  const arena = boardArena(board, storage);
  const { needed, parts } = layOut(recipe, arena, cores);
  const { network, minibatch, connections } = recipe;
  // Whose units are joined with each other, a layer has two.
  const least = connections.some(({ kind }) => kind === 'lateral') ? 2 : 1;
  const of = (width: number) => widened(network, width, least);
  const hasRoom = (other: Partial<Recipe>) => bytesNeeded({ ...recipe, ...other }, 'all', cores) <= arena;
  const widthWith = (size: number) =>
    isWidenable(network)
      ? greatest(mostChannels(network), (width) => hasRoom({ network: of(width), minibatch: size }))
      : undefined;
  const width = widthWith(minibatch);
  const largestMinibatch = greatest(MAX_BATCH, (size) => hasRoom({ minibatch: size }));
  return {
    network,
    minibatch,
    storage,
    fits: needed <= arena,
    ram,
    stack: stackBytes(board),
    stackNeeded: cores * stackNeeded(board.target),
    static: reserved,
    module,
    arena,
    needed,
    parts,
    spare: arena - needed,
    widest: width ? of(width) : undefined,
    largestMinibatch,
    both: largestMinibatch === undefined ? lessOfBoth(of, minibatch, widthWith) : undefined,
  };
}

/**
 * @param of the network with a first hidden layer of so many channels
 * @param widthWith channels of the first hidden layer that there is room for beside a minibatch
 */
function lessOfBoth(
  of: (width: number) => string,
  minibatch: number,
  widthWith: (minibatch: number) => number | undefined,
): NetworkAndMinibatch | undefined {
  const enough = NEARLY * (widthWith(1) ?? Number.POSITIVE_INFINITY);
  const hasEnough = (size: number) => (widthWith(size) ?? 0) >= enough;
  const size = greatest(minibatch, hasEnough);
  const width = size !== undefined && size < minibatch && widthWith(size);
  return width ? { network: of(width), minibatch: size } : undefined;
}

/** Lays the network out as a device with that arena does, or in the least memory that it takes. */
function layOut(recipe: Recipe, arena: number, cores: Cores): Pick<MemoryPlan, 'needed' | 'parts'> {
  const least = bytesNeeded(recipe, 'all', cores);
  const module = portableModule(formatsOf(recipe).storage, cores);
  const kernel = new Kernel(Math.max(least, arena), undefined, module);
  if (least === UNCOUNTABLE || kernel.arena < least)
    throw new UserError(
      `${recipe.network} takes more memory than 32-bit addresses reach`,
      'choose a smaller network or minibatch',
    );
  const { needed, parts } = kernel.execute('configure', configureRequest(recipe));
  const named = Object.entries(ArenaPart).map(([name, index]) => [name, parts[index]]);
  return { needed, parts: Object.fromEntries(named) };
}

/** Where a network's parameters are: all in the arena; but those that are fixed; or none, where it only predicts. */
export type Residence = 'all' | 'learning' | 'none';

/** The least bytes of arena for a recipe's network. A module without an arena tells how much it would need. */
export function bytesNeeded(recipe: Recipe, residence: Residence = 'all', cores: Cores = 1): number {
  try {
    const kernel = counter(formatsOf(recipe).storage, residence, cores);
    return kernel.execute('configure', configureRequest(recipe)).needed;
  } catch (error) {
    if (error instanceof DeviceError && error.error === 'arenaTooSmall') return error.value;
    throw error;
  }
}

/** Any address will do: nothing is written. */
const ELSEWHERE = 8;

const counters = new Map<string, Kernel>();

function counter(storage: Storage, residence: Residence, cores: Cores): Kernel {
  const key = `${storage} ${cores}`;
  const counter = counters.get(key) ?? new Kernel(0, undefined, portableModule(storage, cores));
  counters.set(key, counter);
  exportsOf(counter).keepParametersAt(residence === 'all' ? 0 : ELSEWHERE, residence === 'none');
  return counter;
}

/** Returns whether there are hidden layers, and all of them vectors or convolutions: then they can have more channels. */
function isWidenable(network: string): boolean {
  const hidden = notedLayers(network).slice(1, -1);
  return hidden.length > 0 && !hidden.some(({ kind, shape }) => kind === 'dense' && isPlaced(shape));
}

/** The most channels that the first hidden layer can have; a unit of a vector is a channel. */
function mostChannels(network: string): number {
  const [, { shape }] = notedLayers(network);
  return mostOf(shape);
}

function mostOf({ rows, columns }: Shape): number {
  return Math.floor(MAX_UNITS / (rows * columns));
}

/** The network with a first hidden layer of so many channels, the other hidden ones in proportion, `least` at least. */
function widened(network: string, width: number, least: number): string {
  const [input, ...layers] = notedLayers(network);
  const output = layers.pop();
  const hidden = layers.map(({ text, shape }) => {
    const channels = Math.floor((shape.channels * width) / layers[0].shape.channels);
    return withChannels(text, Math.min(Math.max(channels, least), mostOf(shape)));
  });
  return [input.text, ...hidden, output?.text].join('-');
}

/** The greatest number up to `most` that holds, if 1 does; where one holds, so do all below it. */
function greatest(most: number, holds: (value: number) => boolean): number | undefined {
  if (!holds(1)) return undefined;
  let low = 1;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
