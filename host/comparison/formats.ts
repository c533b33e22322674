/** A recipe's number formats as a comparison sees them: what they are called, and how each rounds. */
import { stateFormat, weightFormat } from '../model/format.js';
import { randomKey, randomWord, Stream } from '../model/random.js';
import type { Recipe } from '../model/recipe.js';
import type { Quantisers } from '../reference/quantisers.js';

export interface FormatNames {
  /** Of storage: of the widest weights. */
  readonly bits: number;
  /** Fractional bits: one number, or one a connection. */
  readonly weightFraction: string;
  readonly stateFraction: string;
}

const STORAGE_BITS = 16;

export function formatNames(recipe: Recipe): FormatNames {
  return {
    bits: STORAGE_BITS,
    weightFraction: String(weightFormat(recipe.weights).fraction),
    stateFraction: String(stateFormat(recipe.states).fraction),
  };
}

/** Rounds as the device does: half a unit is added, and what is below a unit cut off. */
function toNearest(value: number, fraction: number): number {
  const scale = 2 ** fraction;
  return Math.floor(value * scale + 0.5) / scale;
}

/**
 * The device's roundings one by one. Its contrasts are exact sums of products of rounded states, its updates rounded
 * once, to nearest or stochastically (with draws of its own: only their distribution is the device's).
 * @param step decides the draws
 */
export function quantisersOf(recipe: Recipe, step: number): Required<Quantisers> {
  const states = stateFormat(recipe.states).fraction;
  const weights = weightFormat(recipe.weights).fraction;
  const scale = 2 ** weights;
  const keys = recipe.rates.map((_, k) => randomKey(recipe.seed + k, Stream.rounding, step));
  const stochastic = (change: number, k: number, index: number) =>
    Math.floor(change * scale + (randomWord(keys[k], index) >>> 0) / 2 ** 32) / scale;
  const round = (state: number) => toNearest(state, states);
  return {
    states: round,
    contrast: round,
    weights: recipe.rounding === 'stochastic' ? stochastic : (change) => toNearest(change, weights),
  };
}
