/** Section 2.2: the objective with a penalty λΩ(θ), L1 beside L2. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve } from '../../drawing/index.js';
import {
  decimals,
  inPercent,
  percent,
  type Spread,
  several,
  spread,
  withInterval,
} from '../../ground/index.js';
import { type RealRates, type Recipe, roundedDynamics } from '../../model/index.js';
import { trainMinibatch } from '../../reference/index.js';
import { initialReference } from '../../verification/index.js';
import type { Conditions } from '../conditions.js';
import { passOver, wrongIn } from '../early-inference/chains.js';
import type { Experiment } from '../experiment.js';
import { testInFloat } from '../float-learning.js';
import { floatRecipe, testBatch } from '../float-networks.js';

const SIZE = {
  quick: { network: '784-32-10', training: '0..1000', epochs: 3, tested: 1000, seeds: 1 },
  full: { network: '784-100-10', training: '0..10000', epochs: 5, tested: 10_000, seeds: 3 },
} as const;

/** A penalty λΩ: of L2 λ ½ Σ W², of L1 λ Σ |W|. */
export interface Penalty {
  readonly form: 'L1' | 'L2';
  readonly strength: number;
}

interface Case {
  readonly name: string;
  readonly penalty?: Penalty;
  readonly colour: Curve['colour'];
  readonly stroke?: Curve['stroke'];
}

const CASES: readonly Case[] = [
  { name: 'none', colour: 'grey' },
  { name: 'L2, λ = 0.001', penalty: { form: 'L2', strength: 1e-3 }, colour: 'blue', stroke: 'dotted' },
  { name: 'L2, λ = 0.01', penalty: { form: 'L2', strength: 0.01 }, colour: 'blue' },
  { name: 'L1, λ = 0.0001', penalty: { form: 'L1', strength: 1e-4 }, colour: 'orange', stroke: 'dotted' },
  { name: 'L1, λ = 0.0003', penalty: { form: 'L1', strength: 3e-4 }, colour: 'orange' },
];
/** Test error in percent below which a network has learnt: chance is 90. */
const LEARNT = 45;

/** One seed’s outcome; errors in percent. */
interface Learnt {
  readonly trainingErrors: readonly number[];
  readonly testError: number;
  /** By connection. */
  readonly zeros: readonly number[];
  readonly lengths: readonly number[];
}

interface Measured extends Case {
  readonly learnt: readonly Learnt[];
}

export const penalties: Experiment = {
  paper: 'equilibrium-propagation',
  name: 'penalties',
  title: 'Penalties of weights: L1 beside L2',
  shows: 'section 2.2: λΩ(θ) in the objective, L1 beside L2: errors, weights that are 0, lengths',
  minutes: { quick: 1, full: 10 },
  async run(form, conditions) {
    const dataset = await loadDataset(conditions.data);
    const { network, training, epochs, tested, seeds } = SIZE[form];
    const measured: Measured[] = [];
    for (const one of CASES) {
      const learnt: Learnt[] = [];
      for (let n = 0; n < seeds; n++) {
        const seed = conditions.seed + n;
        const recipe = floatRecipe(network, {
          ...{ seed, training, epochs, nudging: 'positive', beta: 1, rates: [0.4, 0.1] },
        });
        learnt.push(await learn(one, recipe, tested, dataset, conditions));
      }
      measured.push({ ...one, learnt });
    }
    return judge(measured, form);
  },
};

async function learn(
  { name, penalty }: Case,
  recipe: Recipe,
  tested: number,
  dataset: Dataset,
  { step }: Conditions,
): Promise<Learnt> {
  const network = initialReference(recipe);
  const initial = network.clone();
  const dynamics = roundedDynamics(recipe);
  const wrong = await passOver(
    recipe,
    dataset,
    (batch, rates) => {
      const count = batch.labels.length;
      const { predictions } = trainMinibatch(network, dynamics, batch, 'positive', rates);
      if (penalty)
        network.weights.forEach((matrix, k) => {
          pull(matrix, penalty, rateOf(rates, k, count));
        });
      return wrongIn(predictions, batch.labels);
    },
    name,
    step,
  );
  const test = await testInFloat(network, recipe, testBatch(dataset, 0, tested), { step });
  return {
    trainingErrors: wrong.map((share) => 100 * share),
    testError: test.error,
    zeros: network.weights.map(zeroShare),
    lengths: network.weights.map((matrix, k) => lengthOf(matrix) / lengthOf(initial.weights[k])),
  };
}

/** The rate α of a connection: its gain is α / (βB), β being 1. */
function rateOf({ gains }: RealRates, connection: number, samples: number): number {
  return gains[connection] * samples;
}

/**
 * One step down a penalty, in place: L2 takes a fraction of each weight away, L1 as much of every one, down to 0 and no
 * further (the proximal step).
 */
export function pull(matrix: Float64Array, { form, strength }: Penalty, rate: number): void {
  const amount = rate * strength;
  for (let i = 0; i < matrix.length; i++) {
    const weight = matrix[i];
    matrix[i] =
      form === 'L2' ? weight * (1 - amount) : Math.sign(weight) * Math.max(Math.abs(weight) - amount, 0);
  }
}

/** The share of weights that are 0. */
export function zeroShare(matrix: Float64Array): number {
  return matrix.reduce((zeros, weight) => zeros + (weight === 0 ? 1 : 0), 0) / matrix.length;
}

function lengthOf(matrix: Float64Array): number {
  return Math.sqrt(matrix.reduce((sum, weight) => sum + weight ** 2, 0));
}

function judge(measured: readonly Measured[], form: keyof typeof SIZE) {
  const { network, training, epochs, tested, seeds } = SIZE[form];
  const over = ({ learnt }: Measured, of: (one: Learnt) => number | undefined): Spread | undefined =>
    spread(learnt.flatMap((one) => of(one) ?? []));
  const tests = measured.map((one) => over(one, ({ testError }) => testError));
  const sparse = measured.map((one) => over(one, ({ zeros: [first] }) => first)?.mean ?? 0);
  const strongest = measured.length - 1;
  const errors = measured.map(({ name }, n) => `${name}: ${withInterval(tests[n])} %`);
  return {
    statement:
      'A penalty λΩ(θ), Ω “a L1 or L2 norm for example”, can be added to the objective: the weights then follow its gradient beside the contrast (section 2.2).',
    verdict: `Test errors of ${network}, ${several(seeds, 'seed')}: ${errors.join('; ')}. By L1 ${percent(sparse[strongest])} of the weights from the input are 0 in the end, by L2 ${percent(sparse[2])}.`,
    holds: sparse[strongest] > 0 && tests.every((one) => one !== undefined && one.mean < LEARNT),
    panels: [
      {
        title: `${network}${seeds > 1 ? `, means of ${seeds} seeds` : ''}`,
        xLabel: 'epoch',
        yLabel: 'training error (%)',
        whole: true,
        yScale: 'log' as const,
        curves: measured.map((one) => ({
          label: one.name,
          colour: one.colour,
          ...(one.stroke && { stroke: one.stroke }),
          marked: true,
          points: one.learnt[0].trainingErrors.map(
            (_, n) => [n + 1, over(one, ({ trainingErrors }) => trainingErrors[n])?.mean ?? null] as const,
          ),
        })),
      },
    ],
    tables: [
      {
        title: `Errors in percent, ${training.split('..')[1]} images, ${epochs} epochs, ${tested} test images; weights by connection`,
        head: ['penalty', 'training, last epoch', 'test', 'weights that are 0', 'length, of the initial one'],
        rows: measured.map((one, n) => [
          one.name,
          inPercent(over(one, ({ trainingErrors }) => trainingErrors.at(-1))?.mean),
          withInterval(tests[n]),
          one.learnt[0].zeros.map((_, k) => percent(over(one, ({ zeros }) => zeros[k])?.mean)).join(', '),
          one.learnt[0].lengths
            .map((_, k) => decimals(over(one, ({ lengths }) => lengths[k])?.mean))
            .join(', '),
        ]),
      },
    ],
  };
}
