/** All formats of a network: what its recipe names, and what follows from that. */
import { type Storage, UserError } from '../ground/index.js';
import { MAX_SUM_BITS } from '../wire/index.js';
import {
  type Format,
  formatOf,
  PIXEL_FRACTION,
  type StoredFormat,
  stateFormat,
  weightFormat,
} from './format.js';
import { graphOf } from './graph.js';
import { type GraphKeys, ofConnections } from './joined-connections.js';
import type { Recipe } from './recipe.js';

export interface Formats {
  /** Bits of every weight. */
  readonly storage: Storage;
  /** One a connection. */
  readonly weights: readonly Format[];
  readonly states: Format;
  /** Fractional bits of rates as they are sent: the states', or a pixel's where those have fewer. */
  readonly rateFraction: number;
  /** Exact products: the finest weights' and the rates' fractional bits. */
  readonly drives: Format;
  /** 32 bits: as many fractional ones as a product of the finest weights and states, beside 64-bit drives as those weights. */
  readonly biases: Format;
}

/** Fractional bits that a rate may have where a coarser connection takes it, scaled to the finest one's products. */
const finestRate: Readonly<Record<Storage, number>> = { 8: 14, 16: 14, 32: 30 };
/** Fractional bits of 64-bit drives: 19 integer ones are left. */
const FINEST_WIDE_DRIVE = 44;

type FormatKeys = GraphKeys & Pick<Recipe, 'weights' | 'states'>;

/** Throws `UserError` where a format is impossible, alone or beside the others. */
export function formatsOf(recipe: FormatKeys): Formats {
  const { states: name } = recipe;
  const weights = weightFormats(recipe, graphOf(recipe).connections.length);
  const storage = sameStorage(weights);
  const states = stateFormat(name, storage);
  const finest = Math.max(...weights.map(({ fraction }) => fraction));
  const rateFraction = Math.max(states.fraction, PIXEL_FRACTION);
  requireSpread(weights, states, storage);
  requireRoomForSums(recipe, weights, finest, states, storage);
  const drives = formatOf(storage === 32 ? 64 : 32, finest + rateFraction);
  const formats = { storage, weights, states, rateFraction, drives };
  if (storage !== 32) return { ...formats, biases: formatOf(32, finest + states.fraction) };
  requireExactUpdates(weights, finest, states);
  if (drives.fraction > FINEST_WIDE_DRIVE)
    throw new UserError(
      `weights ${formatOf(storage, finest).name} with states ${states.name} have drives of ${drives.fraction} fractional bits`,
      `${FINEST_WIDE_DRIVE} are possible: choose weights or states with fewer`,
    );
  return { ...formats, biases: formatOf(32, finest) };
}

/** An update cuts off the fraction of two rates and of the gain (16 … 32 bits), less the weight's: 1 to 62 bits. */
function requireExactUpdates(weights: readonly Format[], finest: number, states: Format): void {
  if (finest > states.fraction + 15)
    throw new UserError(
      `weights ${formatOf(32, finest).name} are too fine beside states in ${states.name}`,
      `beside them weights have ${states.fraction + 15} fractional bits at most: choose finer states or coarser weights`,
    );
  const coarsest = Math.min(...weights.map(({ fraction }) => fraction));
  const exact = Math.floor((coarsest + 30) / 2);
  if (states.fraction > exact)
    throw new UserError(
      `weights ${formatOf(32, coarsest).name} are too coarse beside states in ${states.name}`,
      `beside them states have ${exact} fractional bits at most: choose coarser states or finer weights`,
    );
}

/** One a connection; a single name is that of all. */
function weightFormats(recipe: FormatKeys, connections: number): readonly StoredFormat[] {
  const { weights, network } = recipe;
  const named = weights.split(',').map(weightFormat);
  if (named.length === 1) return new Array<StoredFormat>(connections).fill(named[0]);
  const formats = ofConnections(recipe, named);
  if (formats.length !== connections)
    throw new UserError(
      `${formats.length} weight formats for the ${connections} connections of ${network}`,
      'give one for all of them, or one each, in their order: of a chain the first is from the input',
    );
  return formats;
}

function sameStorage(weights: readonly StoredFormat[]): Storage {
  const [{ bits }] = weights;
  const other = weights.find((format) => format.bits !== bits);
  if (other)
    throw new UserError(
      `weights of ${bits} bits (${weights[0].name}) beside weights of ${other.bits} (${other.name})`,
      'all connections of a network store their weights in as many bits: 8, 16 or 32 are m + n + 1 of each Qm.n',
    );
  return bits;
}

/** A coarser connection's rates are scaled by the difference, and must still fit. */
function requireSpread(weights: readonly Format[], states: Format, storage: Storage): void {
  const byFraction = [...weights].sort((a, b) => a.fraction - b.fraction);
  const [coarsest] = byFraction;
  const finest = byFraction[byFraction.length - 1];
  const spread = finest.fraction - coarsest.fraction;
  const finestStates = finestRate[storage] - spread;
  if (Math.max(states.fraction, PIXEL_FRACTION) <= finestStates) return;
  throw new UserError(
    `weights from ${coarsest.name} to ${finest.name} are too far apart beside states in ${states.name}`,
    finestStates >= PIXEL_FRACTION
      ? `they differ by ${spread} fractional bits: choose states in ${formatOf(states.bits, finestStates).name} or coarser, or weights nearer to each other`
      : `they differ by ${spread} fractional bits: choose weights nearer to each other, by ${finestRate[storage] - PIXEL_FRACTION} at most beside the coarsest states`,
  );
}

/**
 * Throws `UserError` where a minibatch's contrasts, products of two rates, may be too large to be summed exactly. A fixed
 * connection has none.
 */
export function requireExactSums(recipe: FormatKeys & Pick<Recipe, 'minibatch' | 'nudged-iterations'>): void {
  const { states } = formatsOf(recipe);
  graphOf(recipe).connections.forEach(({ pre, fixed, rule, map: { repeats = 1 } }, k) => {
    // By rates each step of both nudged phases counts, and that of clamping.
    const steps = rule === 'rates' && pre > 0 ? 2 * recipe['nudged-iterations'] + 2 : 1;
    const minibatch = recipe.minibatch * steps;
    const termsOf = (fraction: number) =>
      2 ** (MAX_SUM_BITS - fraction - (pre === 0 ? PIXEL_FRACTION : fraction));
    if (fixed || minibatch * repeats <= termsOf(states.fraction)) return;
    let fitting = states.fraction;
    while (minibatch * repeats > termsOf(fitting)) fitting--;
    const most = Math.floor(termsOf(states.fraction) / repeats);
    const fewer = Math.floor(most / steps);
    const smaller = fewer > 0 ? `a minibatch of ${fewer} or less, or ` : '';
    throw new UserError(
      `connection ${k + 1} sums ${minibatch} × ${repeats} products of rates in ${states.name}, which may not fit ${MAX_SUM_BITS} bits`,
      `choose ${smaller}states in ${formatOf(states.bits, fitting).name} or coarser`,
    );
  });
}

/** Rates that are summed before they are multiplied have more bits: of `places` of them, log2 more. */
function requireRoomForSums(
  recipe: FormatKeys,
  weights: readonly Format[],
  finest: number,
  states: Format,
  storage: Storage,
): void {
  graphOf(recipe).connections.forEach(({ map: { pooled } }, k) => {
    if (pooled?.by !== 'sum') return;
    const growth = Math.ceil(Math.log2(pooled.places));
    const most = finestRate[storage] - growth - (finest - weights[k].fraction);
    if (Math.max(states.fraction, PIXEL_FRACTION) <= most) return;
    throw new UserError(
      `connection ${k + 1} sums ${pooled.places} rates of states in ${states.name}, which may not fit ${states.bits} bits`,
      most >= PIXEL_FRACTION
        ? `choose states in ${formatOf(states.bits, most).name} or coarser`
        : 'choose fewer pooled places, or weights in formats nearer to each other',
    );
  });
}
