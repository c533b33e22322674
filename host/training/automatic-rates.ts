/**
 * Rates by the paper's rule: α_k such that ‖ΔW_k‖ / ‖W_k‖ is the same for all connections (Scellier & Bengio 2016,
 * section 5.2), measured by the reference over the recipe's first minibatches at its initial weights.
 */
import type { Dataset } from '../data/index.js';
import { rounded, UserError } from '../ground/index.js';
import type { Recipe } from '../model/index.js';
import {
  checkRecipe,
  connectionCount,
  contrastDivisor,
  meanScale,
  pictured,
  roundedDynamics,
} from '../model/index.js';
import { relativeUpdates, relaxMinibatch } from '../reference/index.js';
import { initialReference } from '../verification/index.js';
import { requireFit } from './fit.js';
import { MinibatchPlan } from './minibatch-plan.js';

/** Enough for a mean: the ratios vary by a tenth or so between minibatches. */
const MINIBATCHES = 5;
const DIGITS = 3;

/**
 * The recipe with a rate for each connection; the first one's is given. The same numbers on every host.
 * @throws `UserError` if the first minibatches change nothing in some connection
 */
export function withAutomaticRates(recipe: Recipe, firstRate: number, dataset: Dataset): Recipe {
  requireFit(recipe, dataset);
  const rates = balancedRates(firstRate, initialUpdates(recipe, dataset));
  return checkRecipe({ ...recipe, rates }, 'automatic rates');
}

/**
 * The rates at which a minibatch changes each connection by this share of its weights, at the start. The same
 * numbers on every host.
 * @param update ‖ΔW_k‖ / ‖W_k‖, the same for all k
 * @throws `UserError` if the first minibatches change nothing in some connection
 */
export function ratesForUpdates(recipe: Recipe, update: number, dataset: Dataset): readonly number[] {
  requireFit(recipe, dataset);
  const updates = initialUpdates(recipe, dataset);
  return balancedRates(rounded(update / updates[0], DIGITS), updates);
}

/**
 * @param updates mean ‖ΔW_k‖ / ‖W_k‖ of a minibatch at rates of 1, one a connection
 * @returns the first rate as given, and others, to 3 significant digits, that make all updates equal the first one's
 * @throws `UserError` if one of them is zero
 */
export function balancedRates(firstRate: number, updates: readonly number[]): readonly number[] {
  const still = updates.findIndex((update) => !(update > 0));
  if (still >= 0)
    throw new UserError(
      `the first minibatches change nothing in connection ${still + 1}: no rate makes its updates like the others'`,
      'a larger beta or a smaller initial-scale lets the nudge reach it; or give --rates yourself',
    );
  const [first, ...others] = updates;
  return [firstRate, ...others.map((update) => rounded((firstRate * first) / update, DIGITS))];
}

/** Mean ‖ΔW_k‖ / ‖W_k‖ at rates of 1 over the recipe's first minibatches, the initial weights kept. */
function initialUpdates(recipe: Recipe, dataset: Dataset): readonly number[] {
  const shown = pictured(recipe, dataset);
  const network = initialReference(shown);
  const dynamics = roundedDynamics(recipe);
  const plan = new MinibatchPlan(shown);
  const steps = Math.min(MINIBATCHES, plan.perEpoch);
  const sums = new Array<number>(connectionCount(recipe)).fill(0);
  for (let step = 0; step < steps; step++) {
    const batch = plan.batchOf(step, dataset);
    const samples = batch.labels.length;
    const { nudging } = plan.ratesOf(step, samples);
    const gain = 1 / contrastDivisor(recipe, nudging, samples);
    const relaxed = relaxMinibatch(network, dynamics, batch, nudging);
    const updates = relativeUpdates(
      network,
      batch,
      relaxed,
      network.graph.connections.map(({ map }) => gain / meanScale(map) ** 2),
    );
    updates.forEach((update, k) => {
      sums[k] += update / steps;
    });
  }
  return sums;
}
