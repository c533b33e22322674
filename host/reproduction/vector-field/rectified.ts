/** Table 2's units and places: rectified as printed beside the hard sigmoid, with pooling and without; an eighth of its maps. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve, Panel } from '../../drawing/index.js';
import { decimals, inPercent, NOTHING, significant } from '../../ground/index.js';
import { checkRecipe, type Recipe } from '../../model/index.js';
import { couplingNorm } from '../../reference/index.js';
import { initialReference } from '../../verification/index.js';
import { type Learnt, learnOnBoth } from '../both-learning.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import type { Experiment, Form } from '../experiment.js';
import { learnInFloat, testInFloat } from '../float-learning.js';
import { testBatch } from '../float-networks.js';
import { type Growth, growthOf } from './growth.js';

const PLACES = { 'as printed': '28x28-conv5x4-conv5x8-10', pooled: '28x28-conv5x4m-conv5x8a-10' } as const;
type Places = keyof typeof PLACES;
const FEEDBACKS = ['untied', 'tied'] as const;
type Feedback = (typeof FEEDBACKS)[number];
/** Shares of Glorot's weights: half, as everything here begins, and the text's whole. */
const SCALES = [0.5, 1] as const;

const EXTENTS = {
  quick: { training: '0..100', epochs: 2, tested: 100, followed: 3 },
  full: { training: '0..500', epochs: 4, tested: 1000, followed: 10 },
} as const satisfies Record<Form, unknown>;
const SWEEPS = 20;
/** Greatest states of hidden units. */
const UNITS = { 'hard sigmoid': 1, rectified: Number.POSITIVE_INFINITY } as const;
/** Relative: the norm is only to be told from 1. */
const ROUGHLY = { tolerance: 1e-3, iterations: 100 };

interface Start {
  readonly feedback: Feedback;
  readonly scale: number;
  /** Spectral norm of what free units send each other. */
  readonly norm: number;
  readonly growth: Growth;
}

interface Trained {
  readonly places: Places;
  readonly feedback: Feedback;
  readonly device: Learnt;
  readonly sigmoid: Learnt;
  readonly rectified: Learnt & { readonly growth: Growth };
}

export const rectified: Experiment = {
  paper: 'vector-field',
  name: 'rectified',
  title: 'Rectified units and pooling',
  shows:
    'Table 2 with rectified units in float64, the hard sigmoid in float64 and integers, pooled and not; few maps',
  minutes: { quick: 5, full: 45 },
  run,
};

function recipeOf(network: string, changes: Readonly<Record<string, unknown>>): Recipe {
  const values = {
    ...{ network, weights: 'Q1.14', states: 'Q3.12', 'initial-scale': 0.5, validation: 'none' },
    ...{ 'free-iterations': SWEEPS, 'nudged-iterations': SWEEPS / 2, 'evaluation-iterations': SWEEPS },
    ...{ nudging: 'positive', beta: 1, rates: [0.4, 0.2, 0.1], schedule: 'linear', epochs: 1 },
  };
  return checkRecipe({ ...values, ...changes }, network);
}

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const dataset = await loadDataset(conditions.data);
  const { seed } = conditions;
  const images = testBatch(dataset, 0, EXTENTS[form].followed);
  const starts: Start[] = [];
  for (const feedback of FEEDBACKS)
    for (const scale of SCALES) {
      await conditions.step(
        'free phases of rectified units',
        starts.length,
        FEEDBACKS.length * SCALES.length,
      );
      const recipe = recipeOf(PLACES['as printed'], { feedback, seed, 'initial-scale': scale });
      const network = initialReference(recipe);
      starts.push({
        ...{ feedback, scale, norm: couplingNorm(network, ROUGHLY) },
        growth: growthOf(network, images, UNITS.rectified, SWEEPS),
      });
    }
  const trained: Trained[] = [];
  for (const [places, network] of Object.entries(PLACES) as [Places, string][])
    for (const feedback of FEEDBACKS) {
      const { training, epochs } = EXTENTS[form];
      const recipe = recipeOf(network, { feedback, seed, training, epochs });
      trained.push({
        places,
        feedback,
        ...(await learnAll(recipe, `${places}-${feedback}`, dataset, form, conditions)),
      });
    }
  return judge(starts, trained, form);
}

async function learnAll(
  recipe: Recipe,
  name: string,
  dataset: Dataset,
  form: Form,
  conditions: Conditions,
): Promise<Pick<Trained, 'device' | 'sigmoid' | 'rectified'>> {
  const { tested, followed } = EXTENTS[form];
  const both = await learnOnBoth(recipe, name.replaceAll(' ', '-'), dataset, tested, conditions);
  const unit = { greatest: UNITS.rectified };
  const { network, trainingErrors } = await learnInFloat(recipe, dataset, conditions, unit);
  const test = await testInFloat(network, recipe, testBatch(dataset, 0, tested), conditions, unit);
  return {
    device: both.device,
    sigmoid: both.float,
    rectified: {
      ...{ trainingErrors, testError: test.error },
      growth: growthOf(network, testBatch(dataset, 0, followed), UNITS.rectified, SWEEPS),
    },
  };
}

/** An error as good as guessing among ten, in percent. */
const GUESSED = 80;

function judge(starts: readonly Start[], trained: readonly Trained[], form: Form): Finding {
  const { training, epochs, tested, followed } = EXTENTS[form];
  const images = training.split('..')[1];
  const grown = starts.filter(({ growth }) => growth.growing > 0);
  const told = trained.map(
    ({ places, feedback, device, sigmoid, rectified: of }) =>
      `${feedback}, ${places} ${[of, sigmoid, device].map(({ testError }) => inPercent(testError)).join(', ')}`,
  );
  return {
    statement:
      'A convolutional network of rectified units without pooling learns MNIST (Appendix C, Table 2).',
    verdict: `Without a greatest rate a free phase need not end: of the four starts, states grow from sweep to sweep in ${grown.length === 0 ? 'none' : grown.map(({ feedback, scale }) => `${feedback} weights at ${scale} × Glorot’s`).join(', ')}. Test errors after ${epochs} epochs on ${images} images, an eighth of the maps, rectified, hard sigmoid, hard sigmoid on the device: ${told.join('; ')}.`,
    holds: trained.some(({ places, rectified: of }) => places === 'as printed' && of.testError < GUESSED),
    panels: [
      growthPanel(starts),
      ...(Object.keys(PLACES) as Places[]).map((places) => errorPanel(trained, places)),
    ],
    tables: [
      {
        title: `Free phases of rectified units, ${PLACES['as printed']}, initial weights: the greatest hidden state over ${followed} images`,
        head: [
          'feedback',
          'weights',
          'norm of the coupling',
          'after 1',
          '5',
          '10',
          `${SWEEPS} sweeps`,
          'images still growing',
        ],
        rows: starts.map(({ feedback, scale, norm, growth: { greatest, growing } }) => [
          feedback,
          `${scale} × Glorot’s`,
          // Without symmetry the iteration finds no norm.
          feedback === 'tied' ? decimals(norm) : NOTHING,
          ...[1, 5, 10, SWEEPS].map((sweep) => significant(greatest[sweep - 1])),
          `${growing} of ${followed}`,
        ]),
      },
      {
        title: `Errors in percent, ${images} images, ${epochs} epochs; ${tested} test images`,
        head: [
          'places, feedback',
          ...['rectified, float64', 'hard sigmoid, float64', 'device'].flatMap((name) => [
            `${name}: training`,
            'test',
          ]),
          'greatest rectified state, trained',
        ],
        rows: trained.map(({ places, feedback, device, sigmoid, rectified: of }) => [
          `${places}, ${feedback}`,
          ...[of, sigmoid, device].flatMap(({ trainingErrors, testError }) => [
            decimals(trainingErrors.at(-1)),
            decimals(testError),
          ]),
          significant(of.growth.greatest[SWEEPS - 1]),
        ]),
      },
    ],
  };
}

function growthPanel(starts: readonly Start[]): Panel {
  return {
    title: 'rectified, initial weights',
    xLabel: 'sweep',
    yLabel: 'greatest hidden state',
    whole: true,
    yScale: 'log',
    curves: starts.map(({ feedback, scale, growth: { greatest } }) => ({
      label: `${feedback}, ${scale} × Glorot’s`,
      colour: feedback === 'tied' ? 'blue' : 'orange',
      ...(scale === SCALES[0] && { stroke: 'dashed' as const }),
      points: greatest.map((state, n) => [n + 1, state] as const),
    })),
  };
}

function errorPanel(trained: readonly Trained[], places: Places): Panel {
  return {
    title: places,
    xLabel: 'epoch',
    yLabel: 'training error (%)',
    whole: true,
    yScale: 'zero',
    curves: trained
      .filter((one) => one.places === places)
      .flatMap(({ feedback, device, sigmoid, rectified: of }): readonly Curve[] => {
        const colour = feedback === 'tied' ? 'blue' : 'orange';
        const points = ({ trainingErrors }: Learnt) =>
          trainingErrors.map((error, n) => [n + 1, error] as const);
        return [
          { label: `${feedback}, rectified`, colour, marked: true, points: points(of) },
          { label: `${feedback}, hard sigmoid`, colour, stroke: 'dashed', points: points(sigmoid) },
          { label: `${feedback}, device`, colour, stroke: 'dotted', points: points(device) },
        ];
      }),
  };
}
