/** Figure 3: any architecture, here layers joined to any later ones and within themselves, in float64 and on the device. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve } from '../../drawing/index.js';
import { decimals, inPercent } from '../../ground/index.js';
import type { Recipe } from '../../model/index.js';
import { type Batch, nudgedGradient, recurrentGradient, relaxMinibatch } from '../../reference/index.js';
import { initialReference } from '../../verification/index.js';
import { type BothLearnt, learnOnBoth } from '../both-learning.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import type { Experiment, Form } from '../experiment.js';
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
/** The paper's own nudge; states that leave drives room on the device. */
const LEARNING = { nudging: 'positive', beta: 1, states: 'Q3.12' } as const;
/** Layers with connections of their own cannot be minimised one at a time. */
const LATERAL = { relaxation: 'euler', 'free-iterations': 30, 'nudged-iterations': 8 } as const;

/** Connections from layer to layer, or within one, with the rate of each. */
type Joins = readonly (readonly [from: number, to: number, rate: number])[];

interface Architecture {
  /** Name of its run's folder. */
  readonly key: string;
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
    key: 'layered',
    name: 'layered, one hidden layer',
    network: one,
    joins: [
      [0, 1, 0.4],
      [1, 2, 0.2],
    ],
    colour: 'blue',
  },
  {
    key: 'skip',
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
    key: 'skip-slow',
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
    key: 'layered-2',
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
    key: 'all',
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
  {
    key: 'lateral',
    name: 'hidden layer joined within itself',
    network: one,
    joins: [
      [0, 1, 0.4],
      [1, 2, 0.2],
      [1, 1, 0.1],
    ],
    colour: 'purple',
  },
  {
    key: 'all-lateral',
    name: 'all units joined to all',
    network: two,
    joins: [
      [0, 1, 0.4],
      [1, 2, 0.1],
      [2, 3, 0.05],
      [0, 2, 0.2],
      [0, 3, 0.01],
      [1, 3, 0.05],
      [1, 1, 0.05],
      [2, 2, 0.05],
      [3, 3, 0.01],
    ],
    colour: 'purple',
    stroke: 'dashed',
  },
];

interface Measured extends BothLearnt {
  readonly architecture: Architecture;
  /** Cosine of the contrast at a small nudge with recurrent backpropagation, at the initial weights. */
  readonly alike: number;
}

export const architectures: Experiment = {
  paper: 'equilibrium-propagation',
  name: 'architectures',
  title: 'Any architecture',
  shows:
    'Figure 3: connections that skip layers or stay within one; the gradient, rates that keep outputs alive; in integers too',
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
    ...(joins.some(([from, to]) => from === to) && LATERAL),
    connections: joins.map(([from, to]) => ({ from, to, kind: from === to ? 'lateral' : 'dense' })),
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
  const alike = alikeness(recipe, testBatch(dataset, 0, IMAGES[form]));
  const both = await learnOnBoth(recipe, architecture.key, dataset, TESTED[form], conditions);
  return { architecture, alike, ...both };
}

function alikeness(recipe: Recipe, batch: Batch): number {
  const network = initialReference(recipe);
  const dynamics = { ...SETTLED, relaxation: recipe.relaxation, nudge: NUDGE };
  const relaxed = relaxMinibatch(network, dynamics, batch, 'positive');
  return cosine(
    nudgedGradient(network, batch, relaxed, 'positive', NUDGE).weights,
    recurrentGradient(network, batch, relaxed.free).weights,
  );
}

function judge(measured: readonly Measured[]): Finding {
  const worst = Math.min(...measured.map(({ alike }) => alike));
  const errors = measured.map(
    ({ architecture, float, device }) =>
      `${architecture.name}: ${inPercent(float.testError)}, ${inPercent(device.testError)}${float.deadOutputs > 0 ? ` (${float.deadOutputs} outputs dead)` : ''}`,
  );
  return {
    statement:
      'The algorithm works for any architecture (Figure 3): the contrast is the gradient whichever units are joined.',
    verdict: `At the initial weights the contrast at β = ${NUDGE} has a cosine of at least ${shownCosine(worst)} with recurrent backpropagation in all of them. Test errors, in float64 and on the device: ${errors.join('; ')}.`,
    holds: worst > 0.999,
    panels: [
      {
        title: 'Training error by architecture',
        xLabel: 'epoch',
        yLabel: 'training error (%)',
        whole: true,
        yScale: 'log',
        curves: measured.map(({ architecture: { name, colour, stroke }, float: { trainingErrors } }) => ({
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
        head: [
          'architecture',
          'network',
          'rates',
          'cosine',
          'training, last epoch',
          'test',
          'dead outputs',
          'device: training, last epoch',
          'test',
        ],
        rows: measured.map(({ architecture, alike, float, device }) => [
          architecture.name,
          architecture.network,
          architecture.joins.map(([, , rate]) => rate).join(', '),
          shownCosine(alike),
          decimals(float.trainingErrors.at(-1)),
          decimals(float.testError),
          String(float.deadOutputs),
          decimals(device.trainingErrors.at(-1)),
          decimals(device.testError),
        ]),
      },
    ],
  };
}
