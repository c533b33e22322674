/** Section 2.2: the objective with a penalty λΩ(θ), L1 beside L2; in float64 and on the device. */
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
import { formatsOf } from '../../model/index.js';
import { initialReference } from '../../verification/index.js';
import { learnOnBoth } from '../both-learning.js';
import type { Conditions } from '../conditions.js';
import type { Experiment, Form } from '../experiment.js';
import { floatRecipe } from '../float-networks.js';

const SIZE = {
  quick: { network: '784-32-10', training: '0..1000', epochs: 3, tested: 1000, seeds: 1 },
  full: { network: '784-100-10', training: '0..10000', epochs: 5, tested: 10_000, seeds: 3 },
} as const;

const RATES = [0.4, 0.1] as const;

/** A penalty λΩ: of L2 λ ½ Σ W², of L1 λ Σ |W|. */
interface Penalty {
  readonly form: 'L1' | 'L2';
  readonly strength: number;
}

interface Case {
  readonly name: string;
  /** Name of its runs' folders. */
  readonly key: string;
  readonly penalty?: Penalty;
  readonly colour: Curve['colour'];
  readonly stroke?: Curve['stroke'];
}

const CASES: readonly Case[] = [
  { name: 'none', key: 'none', colour: 'grey' },
  {
    name: 'L2, λ = 0.001',
    key: 'l2-weak',
    penalty: { form: 'L2', strength: 1e-3 },
    colour: 'blue',
    stroke: 'dotted',
  },
  { name: 'L2, λ = 0.01', key: 'l2', penalty: { form: 'L2', strength: 0.01 }, colour: 'blue' },
  {
    name: 'L1, λ = 0.0001',
    key: 'l1-weak',
    penalty: { form: 'L1', strength: 1e-4 },
    colour: 'orange',
    stroke: 'dotted',
  },
  { name: 'L1, λ = 0.0003', key: 'l1', penalty: { form: 'L1', strength: 3e-4 }, colour: 'orange' },
];
/** Test error in percent below which a network has learnt: chance is 90. */
const LEARNT = 45;

/** Errors in percent; weights by connection. */
interface Learnt {
  readonly trainingErrors: readonly number[];
  readonly testError: number;
  readonly zeros: readonly number[];
  readonly lengths: readonly number[];
}

/** One seed’s outcome. */
interface BothWays {
  readonly float: Learnt;
  readonly device: Learnt;
}

interface Measured extends Case {
  readonly learnt: readonly BothWays[];
}

export const penalties: Experiment = {
  paper: 'equilibrium-propagation',
  name: 'penalties',
  title: 'Penalties of weights: L1 beside L2',
  shows:
    'section 2.2: λΩ(θ) in the objective, L1 beside L2: errors, weights that are 0, lengths; in integers too',
  minutes: { quick: 1, full: 12 },
  async run(form, conditions) {
    const dataset = await loadDataset(conditions.data);
    const measured: Measured[] = [];
    for (const one of CASES) {
      const learnt: BothWays[] = [];
      for (let n = 0; n < SIZE[form].seeds; n++)
        learnt.push(await learn(one, form, conditions.seed + n, dataset, conditions));
      measured.push({ ...one, learnt });
    }
    return judge(measured, form);
  },
};

async function learn(
  { key, penalty }: Case,
  form: Form,
  seed: number,
  dataset: Dataset,
  conditions: Conditions,
): Promise<BothWays> {
  const { network, training, epochs, tested } = SIZE[form];
  const recipe = floatRecipe(network, {
    ...{ seed, training, epochs, nudging: 'positive', beta: 1, rates: RATES, states: 'Q3.12' },
    // One step down the penalty, αλ, before each update.
    ...(penalty && {
      penalty: penalty.form,
      'weight-decay': RATES.map((rate) => rate * penalty.strength),
      'decay-interval': 1,
    }),
  });
  const { float, device } = await learnOnBoth(recipe, `${key}-${seed}`, dataset, tested, conditions);
  const initial = initialReference(recipe).weights.map(lengthOf);
  const { weights } = formatsOf(recipe);
  const of = (matrices: readonly ArrayLike<number>[], scale: (k: number) => number) => ({
    zeros: matrices.map(zeroShare),
    lengths: matrices.map((matrix, k) => (lengthOf(matrix) * scale(k)) / initial[k]),
  });
  return {
    float: { ...float, ...of(float.network.weights, () => 1) },
    device: {
      ...device,
      ...of(device.result.parameters.weights, (k) => 2 ** -weights[k].fraction),
    },
  };
}

/** The share of weights that are 0. */
export function zeroShare(matrix: ArrayLike<number>): number {
  return Array.from(matrix).filter((weight) => weight === 0).length / matrix.length;
}

function lengthOf(matrix: ArrayLike<number>): number {
  return Math.sqrt(Array.from(matrix).reduce((sum, weight) => sum + weight ** 2, 0));
}

function judge(measured: readonly Measured[], form: Form) {
  const { network, training, epochs, tested, seeds } = SIZE[form];
  const over = (
    { learnt }: Measured,
    on: keyof BothWays,
    of: (one: Learnt) => number | undefined,
  ): Spread | undefined => spread(learnt.flatMap((one) => of(one[on]) ?? []));
  const tests = (on: keyof BothWays) => measured.map((one) => over(one, on, ({ testError }) => testError));
  const [float, device] = [tests('float'), tests('device')];
  const sparse = (on: keyof BothWays, n: number) =>
    over(measured[n], on, ({ zeros: [first] }) => first)?.mean ?? 0;
  const strongest = measured.length - 1;
  const errors = measured.map(
    ({ name }, n) => `${name}: ${withInterval(float[n])}, ${withInterval(device[n])} %`,
  );
  const perConnection = (
    one: Measured,
    on: keyof BothWays,
    of: (one: Learnt) => readonly number[],
    show: typeof decimals,
  ) => one.learnt[0][on].zeros.map((_, k) => show(over(one, on, (learnt) => of(learnt)[k])?.mean)).join(', ');
  return {
    statement:
      'A penalty λΩ(θ), Ω “a L1 or L2 norm for example”, can be added to the objective: the weights then follow its gradient beside the contrast (section 2.2).',
    verdict: `Test errors of ${network} in float64 and on the device, ${several(seeds, 'seed')}: ${errors.join('; ')}. By L1 ${percent(sparse('float', strongest))} and ${percent(sparse('device', strongest))} of the weights from the input are 0 in the end, by L2 ${percent(sparse('float', 2))} and ${percent(sparse('device', 2))}.`,
    holds:
      sparse('float', strongest) > 0 &&
      sparse('device', strongest) > sparse('device', 0) &&
      [...float, ...device].every((one) => one !== undefined && one.mean < LEARNT),
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
          points: one.learnt[0].float.trainingErrors.map(
            (_, n) =>
              [n + 1, over(one, 'float', ({ trainingErrors }) => trainingErrors[n])?.mean ?? null] as const,
          ),
        })),
      },
    ],
    tables: (['float', 'device'] as const).map((on) => ({
      title: `${on === 'float' ? 'In float64' : 'On the device'}: errors in percent, ${training.split('..')[1]} images, ${epochs} epochs, ${tested} test images; weights by connection`,
      head: ['penalty', 'training, last epoch', 'test', 'weights that are 0', 'length, of the initial one'],
      rows: measured.map((one, n) => [
        one.name,
        inPercent(over(one, on, ({ trainingErrors }) => trainingErrors.at(-1))?.mean),
        withInterval((on === 'float' ? float : device)[n]),
        perConnection(one, on, ({ zeros }) => zeros, percent),
        perConnection(one, on, ({ lengths }) => lengths, decimals),
      ]),
    })),
  };
}
