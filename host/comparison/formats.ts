/** A recipe's number formats as a comparison sees them: what they are called, and how each rounds. */

import type { Recipe } from '../model/index.js';
import { formatsOf, randomKey, randomWord, Stream, toNearest } from '../model/index.js';
import type { Quantisers } from '../reference/index.js';

export interface FormatNames {
  /** Bits of every weight. */
  readonly bits: number;
  /** Fractional bits: one number, or one a connection. */
  readonly weightFraction: string;
  readonly stateFraction: string;
}

export function formatNames(recipe: Recipe): FormatNames {
  const { storage, weights, states } = formatsOf(recipe);
  const fractions = new Set(weights.map(({ fraction }) => fraction));
  return {
    bits: storage,
    weightFraction: (fractions.size === 1 ? [...fractions] : weights.map(({ fraction }) => fraction)).join(
      ',',
    ),
    stateFraction: String(states.fraction),
  };
}

/**
 * The device's roundings one by one. Its contrasts are exact sums of products of rounded states, its updates rounded
 * once, to nearest or stochastically (with draws of its own: only their distribution is the device's).
 * @param step decides the draws
 */
export function quantisersOf(recipe: Recipe, step: number): Required<Quantisers> {
  const { states, weights } = formatsOf(recipe);
  const scales = weights.map(({ fraction }) => 2 ** fraction);
  const keys = recipe.rates.map((_, k) => randomKey(recipe.seed + k, Stream.rounding, step));
  const stochastic = (change: number, k: number, index: number) =>
    Math.floor(change * scales[k] + (randomWord(keys[k], index) >>> 0) / 2 ** 32) / scales[k];
  const roundings = weights.map(({ fraction }) => toNearest(fraction));
  const nearest = (change: number, k: number) => roundings[k](change);
  const round = toNearest(states.fraction);
  return {
    states: round,
    contrast: round,
    weights: recipe.rounding === 'stochastic' ? stochastic : nearest,
  };
}
