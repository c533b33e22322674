/** Figure 3: any architecture, here layers joined to any later ones. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve } from '../../drawing/index.js';
import { decimals, inPercent } from '../../ground/index.js';
import type { Recipe } from '../../model/index.js';
import {
  type Batch,
  nudgedGradient,
  type ReferenceNetwork,
  recurrentGradient,
  relaxMinibatch,
} from '../../reference/index.js';
import { initialReference } from '../../verification/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import type { Experiment, Form } from '../experiment.js';
import { learnInFloat, testInFloat } from '../float-learning.js';
import { floatRecipe, testBatch } from '../float-networks.js';
import { cosine, shownCosine } from '../statistics.js';
import { SETTLED } from './other-gradients.js';

const NUDGE = 1e-4;
const IMAGES: Readonly<Record<Form, number>> = { quick: 6, full: 20 };
const TRAINING = {
  quick: { training: '0..1000', epochs: 3 },
  full: { training: '0..10000', epochs: 5 },
} as const;
const TESTED: Readonly<Record<Form, number>> = { quick: 500, full: 10_000 };
/** The paper's own nudge. */
const LEARNING = { nudging: 'positive', beta: 1 } as const;

/** Connections from layer to layer, with the rate of each. */
type Joins = readonly (readonly [from: number, to: number, rate: number])[];

interface Architecture {
  readonly name: string;
  readonly network: string;
  readonly joins: Joins;
  readonly colour: Curve['colour'];
  readonly stroke?: Curve['stroke'];
}

const one = '784-100-10';
const two = '784-50-50-10';
const ARCHITECTURES: readonly Architecture[] = [
  {
    name: 'layered, one hidden layer',
    network: one,
    joins: [
      [0, 1, 0.4],
      [1, 2, 0.2],
    ],
    colour: 'blue',
  },
  {
    name: 'input to output, at the input’s rate',
    network: one,
    joins: [
      [0, 1, 0.4],
      [1, 2, 0.2],
      [0, 2, 0.4],
    ],
    colour: 'orange',
  },
  {
    name: 'input to output, at a twentieth of it',
    network: one,
    joins: [
      [0, 1, 0.4],
      [1, 2, 0.2],
      [0, 2, 0.02],
    ],
    colour: 'green',
  },
  {
    name: 'layered, two hidden layers',
    network: two,
    joins: [
      [0, 1, 0.4],
      [1, 2, 0.2],
      [2, 3, 0.1],
    ],
    colour: 'blue',
    stroke: 'dashed',
  },
  {
    name: 'all layers joined to all',
    network: two,
    joins: [
      [0, 1, 0.4],
      [1, 2, 0.2],
      [2, 3, 0.1],
      [0, 2, 0.2],
      [0, 3, 0.02],
      [1, 3, 0.1],
    ],
    colour: 'green',
    stroke: 'dashed',
  },
];

interface Measured {
  readonly architecture: Architecture;
  /** Of the contrast at a small nudge with recurrent backpropagation, at the initial weights. */
  readonly alike: number;
  readonly trainingErrors: readonly number[];
  readonly testError: number;
  /** Outputs that no test image lifts above 0. */
  readonly dead: number;
}

export const architectures: Experiment = {
  paper: 'equilibrium-propagation',
  name: 'architectures',
  title: 'Any architecture',
  shows: 'Figure 3: connections that skip layers; the gradient, and rates that keep outputs alive',
  minutes: { quick: 1, full: 15 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const dataset = await loadDataset(conditions.data);
  const measured: Measured[] = [];
  for (const architecture of ARCHITECTURES)
    measured.push(await measure(architecture, form, dataset, conditions));
  return judge(measured);
}

function recipeOf({ network, joins }: Architecture, form: Form, seed: number): Recipe {
  return floatRecipe(network, {
    seed,
    ...TRAINING[form],
    ...LEARNING,
    connections: joins.map(([from, to]) => ({ from, to, kind: 'dense' })),
    rates: joins.map(([, , rate]) => rate),
  });
}

async function measure(
  architecture: Architecture,
  form: Form,
  dataset: Dataset,
  conditions: Conditions,
): Promise<Measured> {
  const recipe = recipeOf(architecture, form, conditions.seed);
  const alike = alikeness(initialReference(recipe), testBatch(dataset, 0, IMAGES[form]));
  const { network, trainingErrors } = await learnInFloat(recipe, dataset, conditions);
  const test = await testInFloat(network, recipe, testBatch(dataset, 0, TESTED[form]), conditions);
  return { architecture, alike, trainingErrors, testError: test.error, dead: test.deadOutputs };
}

function alikeness(network: ReferenceNetwork, batch: Batch): number {
  const relaxed = relaxMinibatch(network, { ...SETTLED, nudge: NUDGE }, batch, 'positive');
  return cosine(
    nudgedGradient(network, batch, relaxed, 'positive', NUDGE).weights,
    recurrentGradient(network, batch, relaxed.free).weights,
  );
}

function judge(measured: readonly Measured[]): Finding {
  const worst = Math.min(...measured.map(({ alike }) => alike));
  const errors = measured.map(
    ({ architecture, testError, dead }) =>
      `${architecture.name}: ${inPercent(testError)}${dead > 0 ? ` (${dead} outputs dead)` : ''}`,
  );
  return {
    statement:
      'The algorithm works for any architecture (Figure 3): the contrast is the gradient whichever units are joined.',
    verdict: `At the initial weights the contrast at β = ${NUDGE} has a cosine of at least ${shownCosine(worst)} with recurrent backpropagation in all of them. Test errors: ${errors.join('; ')}. Connections within a layer are not among them.`,
    holds: worst > 0.999,
    panels: [
      {
        title: 'Training error by architecture',
        xLabel: 'epoch',
        yLabel: 'training error (%)',
        whole: true,
        yScale: 'log',
        curves: measured.map(({ architecture: { name, colour, stroke }, trainingErrors }) => ({
          label: name,
          colour,
          ...(stroke && { stroke }),
          marked: true,
          points: trainingErrors.map((error, n) => [n + 1, error] as const),
        })),
      },
    ],
    tables: [
      {
        title: 'Errors in percent, one-sided β = 1',
        head: ['architecture', 'network', 'rates', 'cosine', 'training, last epoch', 'test', 'dead outputs'],
        rows: measured.map(({ architecture, alike, trainingErrors, testError, dead }) => [
          architecture.name,
          architecture.network,
          architecture.joins.map(([, , rate]) => rate).join(', '),
          shownCosine(alike),
          decimals(trainingErrors.at(-1)),
          decimals(testError),
          String(dead),
        ]),
      },
    ],
  };
}
