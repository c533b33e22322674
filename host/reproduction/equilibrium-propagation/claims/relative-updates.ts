/** Claim: the rates make ‖ΔW_k‖ / ‖W_k‖ alike for all connections (section 5.2). */

import type { Dataset } from '../../../data/index.js';
import type { Curve } from '../../../drawing/index.js';
import { decimals, NOTHING, significant } from '../../../ground/index.js';
import { roundedDynamics } from '../../../model/index.js';
import { relativeUpdates, relaxMinibatch } from '../../../reference/index.js';
import { balancedRates, MinibatchPlan } from '../../../training/index.js';
import type { Claim } from '../../claim.js';
import { firstMinibatches, nameOf, type Subject } from './subjects.js';

const MINIBATCHES = 5;
/** Between the greatest and the least: alike within an order of magnitude is what rates of a digit or two can do. */
const ALIKE = 10;
const COLOURS = ['blue', 'orange', 'green'] as const;

interface Measured {
  readonly subject: Subject;
  /** Mean of ‖ΔW_k‖ / ‖W_k‖ over the minibatches, one a connection. */
  readonly updates: readonly number[];
}

export function relativeUpdateClaim(subjects: readonly Subject[], dataset: Dataset): Claim {
  const measured = subjects.map((subject): Measured => ({ subject, updates: meanUpdates(subject, dataset) }));
  const connections = Math.max(...measured.map(({ updates }) => updates.length));
  const columns = Array.from({ length: connections }, (_, k) => k);
  const spreads = measured.map(({ subject, updates }) => `${spreadOf(updates)} for ${nameOf(subject)}`);
  return {
    name: 'relative-updates',
    title: 'Learning rates balance the layers',
    statement:
      'The rates α_k are chosen so that ‖ΔW_k‖ / ‖W_k‖, the change of the weights after a minibatch, is about the same for all layers.',
    verdict: `Greatest over least relative update, alike up to ${ALIKE}: ${spreads.join('; ')}.`,
    holds: measured.every(({ updates }) => spread(updates) <= ALIKE),
    panels: [
      {
        title: 'Relative update of a minibatch',
        xLabel: 'connection, the input’s first',
        yLabel: '‖ΔW‖ / ‖W‖',
        whole: true,
        yScale: 'log',
        curves: measured
          .map(curve)
          .filter(({ points }) => points.some(([, update]) => update !== null && update > 0)),
      },
    ],
    tables: [
      {
        title: 'Mean relative update, at the paper’s rates',
        head: ['network, weights', ...columns.map((k) => `W${k + 1}`), 'greatest / least'],
        rows: measured.map(({ subject, updates }) => [
          nameOf(subject),
          ...columns.map((k) => (k in updates ? `${significant(100 * updates[k], 2)} %` : NOTHING)),
          spreadOf(updates),
        ]),
      },
      {
        title: 'Rates that would make them equal',
        head: ['network, weights', ...columns.map((k) => `α${k + 1}`)],
        rows: measured.map(({ subject, updates }) => {
          const rates = equalRates(subject, updates);
          return [nameOf(subject), ...columns.map((k) => rates[k]?.toString() ?? NOTHING)];
        }),
      },
    ],
  };
}

function curve({ subject, updates }: Measured): Curve {
  return {
    label: nameOf(subject),
    colour: COLOURS[subject.number - 1],
    ...(subject.weights === 'initial' && { stroke: 'dotted' }),
    marked: true,
    points: updates.map((update, k) => [k + 1, update] as const),
  };
}

/** None where a connection does not change at all. */
function equalRates({ recipe }: Subject, updates: readonly number[]): readonly number[] {
  const atRatesOfOne = updates.map((update, k) => update / recipe.rates[k]);
  return updates.every((update) => update > 0) ? balancedRates(recipe.rates[0], atRatesOfOne) : [];
}

function spread(updates: readonly number[]): number {
  return Math.max(...updates) / Math.min(...updates);
}

function spreadOf(updates: readonly number[]): string {
  const factor = spread(updates);
  return decimals(factor, 1);
}

function meanUpdates({ recipe, network }: Subject, dataset: Dataset): readonly number[] {
  const dynamics = roundedDynamics(recipe);
  const batches = firstMinibatches(recipe, dataset, MINIBATCHES);
  const plan = new MinibatchPlan(recipe);
  const all = batches.map((batch, step) => {
    const { nudging, gains } = plan.ratesOf(step, batch.labels.length);
    const relaxed = relaxMinibatch(network, dynamics, batch, nudging);
    const values = gains.map(({ value }) => value);
    return relativeUpdates(network, batch, relaxed, values);
  });
  return recipe.rates.map((_, k) => all.reduce((sum, updates) => sum + updates[k], 0) / all.length);
}
