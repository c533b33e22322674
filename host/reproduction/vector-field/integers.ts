/** Networks with untied weights in 16-bit integers: the device beside float64, seed by seed. */
import {
  decimals,
  difference,
  inPercent,
  type Spread,
  several,
  spread,
  withInterval,
} from '../../ground/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { type DeviceRun, runOnDevice } from '../device-run.js';
import type { Experiment, Form } from '../experiment.js';
import { countOf, last, meanByEpoch } from './outcomes.js';
import { vectorFieldRecipe } from './recipes.js';

interface Plan {
  readonly network: string;
  readonly seeds: number;
  readonly epochs: number;
  readonly training: string;
}

const PLANS: Readonly<Record<Form, readonly Plan[]>> = {
  quick: [
    { network: '784-128-10', seeds: 3, epochs: 3, training: '0..2000' },
    { network: '784-64-64-10', seeds: 3, epochs: 3, training: '0..1000' },
  ],
  full: [
    { network: '784-512-10', seeds: 5, epochs: 6, training: '0..10000' },
    { network: '784-256-256-10', seeds: 5, epochs: 5, training: '0..6000' },
  ],
};

/** One seed on the device, with float64 beside it from the same weights. */
interface Trained {
  readonly seed: number;
  readonly run: DeviceRun;
}

/** Points of test error that the mean difference may come to. */
const ALIKE = 0.1;

export const integers: Experiment = {
  paper: 'vector-field',
  name: 'integers',
  title: 'Integers beside float64',
  shows:
    'untied weights on the device and in float64 from the same seeds, one hidden layer and two: mean difference',
  minutes: { quick: 1, full: 20 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const measured: { readonly plan: Plan; readonly trained: readonly Trained[] }[] = [];
  for (const plan of PLANS[form]) {
    const { network, seeds, ...extent } = plan;
    const trained: Trained[] = [];
    for (let n = 0; n < seeds; n++) {
      const seed = conditions.seed + n;
      const recipe = vectorFieldRecipe(network, { ...extent, feedback: 'untied', seed });
      trained.push({ seed, run: await runOnDevice(`${network}-seed-${seed}`, recipe, conditions, true) });
    }
    measured.push({ plan, trained });
  }
  return judge(measured);
}

/** Errors in percent of one network under both arithmetics. */
export interface Both {
  readonly device: number;
  readonly float: number;
}

/** The device's error less float64's, over the seeds. */
export function costOf(errors: readonly Both[]): Spread | undefined {
  return spread(errors.map(({ device, float }) => device - float));
}

/** An interval that reaches within the bound cannot speak against it; one that lies within it shows it. */
export function standing(cost: Spread, bound: number): 'shown' | 'possible' | 'refuted' {
  const half = cost.halfWidth ?? Number.POSITIVE_INFINITY;
  if (Math.abs(cost.mean) + half <= bound) return 'shown';
  return Math.abs(cost.mean) - half <= bound ? 'possible' : 'refuted';
}

const SAID = {
  shown: `within ${ALIKE} points`,
  possible: `within ${ALIKE} points or not: so few seeds do not tell`,
  refuted: `more than ${ALIKE} points`,
} as const;

function testsOf(trained: readonly Trained[]): readonly Both[] {
  return trained.map(({ run: { test } }) => ({
    device: test.error,
    float: test.referenceError ?? Number.NaN,
  }));
}

function judge(measured: readonly { readonly plan: Plan; readonly trained: readonly Trained[] }[]): Finding {
  const costs = measured.map(({ plan, trained }) => {
    const cost = costOf(testsOf(trained));
    if (!cost) throw new RangeError(`${plan.network} was trained from no seed`);
    return { plan, trained, cost };
  });
  return {
    statement: `Networks with weights of their own for each direction learn as well in 16-bit integers as in float64, to ${ALIKE} points of test error (not in the paper, which has no integers).`,
    verdict: `Test error on the device less that in float64, ${several(costs[0].trained.length, 'seed')}, 95 % intervals: ${costs.map(({ plan, cost }) => `${plan.network} ${withInterval(cost, difference)} points, ${SAID[standing(cost, ALIKE)]}`).join('; ')}.`,
    holds: costs.every(({ cost }) => standing(cost, ALIKE) !== 'refuted'),
    panels: costs.map(({ plan: { network }, trained }) => ({
      title: `${network}, means of ${several(trained.length, 'seed')}`,
      xLabel: 'epoch',
      yLabel: 'training error (%)',
      whole: true,
      yScale: 'log' as const,
      curves: [
        {
          label: 'device',
          colour: 'orange' as const,
          marked: true,
          points: meanByEpoch(
            trained.map(({ run: one }) => one),
            ({ trainingError }) => trainingError,
          ),
        },
        {
          label: 'float64',
          colour: 'blue' as const,
          stroke: 'dotted' as const,
          points: meanByEpoch(
            trained.map(({ run: one }) => one),
            ({ referenceTrainingError }) => referenceTrainingError,
          ),
        },
      ],
    })),
    tables: costs.flatMap(({ plan, trained, cost }) => [
      {
        title: `${plan.network}, ${countOf(trained[0].run)} images, ${several(plan.epochs, 'epoch')}: errors in percent`,
        head: ['seed', 'device: training', 'test', 'float64: training', 'test', 'difference of tests'],
        rows: [
          ...trained.map(({ seed, run: one }, n) => {
            const { device, float } = testsOf(trained)[n];
            const { trainingError, referenceTrainingError } = last(one);
            return [
              String(seed),
              ...[trainingError, device, referenceTrainingError, float].map((value) => decimals(value)),
              difference(device - float),
            ];
          }),
          [
            'mean',
            '',
            inPercent(meanTest(trained, 'device')),
            '',
            inPercent(meanTest(trained, 'float')),
            withInterval(cost, difference),
          ],
        ],
      },
    ]),
  };
}

function meanTest(trained: readonly Trained[], of: keyof Both): number | undefined {
  return spread(testsOf(trained).map((one) => one[of]))?.mean;
}
