/** Table 2: the convolutional network, in integers with the hard sigmoid and with pooling, untied beside tied; on few images. */
import type { Curve } from '../../drawing/index.js';
import { count, inPercent, significant } from '../../ground/index.js';
import { checkRecipe, graphOf, type Recipe } from '../../model/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { type DeviceRun, runOnDevice } from '../device-run.js';
import type { Experiment, Form } from '../experiment.js';
import { countOf, last, meanByEpoch, RESULT_HEAD, resultOf } from './outcomes.js';

/** Kernels and maps of Table 2; a maximum over 2 × 2 places after the first, an average after the second. */
const POOLED = '28x28-conv5x32m-conv5x64a-10';
const PRINTED = '28x28-conv5x32-conv5x64-10';
const EXTENTS = {
  quick: { training: '0..500', epochs: 3 },
  full: { training: '0..2000', epochs: 6 },
} as const satisfies Record<Form, unknown>;
/** The paper's own result, in percent. */
const PAPER = 2;
/** Free and nudged sweeps that a sample takes where none of them ends early. */
const SWEEPS = { 'free-iterations': 20, 'nudged-iterations': 10 } as const;

interface Case {
  readonly name: string;
  readonly changes: Readonly<Partial<Pick<Recipe, 'feedback' | 'nudging' | 'beta'>>>;
  readonly colour: Curve['colour'];
  readonly stroke?: Curve['stroke'];
}

const CASES: readonly Case[] = [
  { name: 'untied, one-sided', changes: { feedback: 'untied' }, colour: 'orange' },
  { name: 'symmetric at first, one-sided', changes: { feedback: 'symmetric' }, colour: 'green' },
  { name: 'tied, one-sided', changes: { feedback: 'tied' }, colour: 'blue' },
  {
    name: 'tied, centered',
    changes: { feedback: 'tied', nudging: 'centered', beta: 0.4 },
    colour: 'blue',
    stroke: 'dashed',
  },
];

interface Measured extends Case {
  readonly run: DeviceRun;
}

export const cnn: Experiment = {
  paper: 'vector-field',
  name: 'cnn',
  title: 'The convolutional network',
  shows: 'Table 2: 5 × 5 kernels to 32 and 64 maps, pooled, untied beside tied, on the device',
  minutes: { quick: 2, full: 10 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const measured: Measured[] = [];
  for (const one of CASES) {
    const recipe = recipeOf({ ...EXTENTS[form], ...one.changes, seed: conditions.seed });
    const name = one.name.replaceAll(/,? /g, '-');
    measured.push({ ...one, run: await runOnDevice(name, recipe, conditions) });
  }
  return judge(measured);
}

function recipeOf(changes: Readonly<Record<string, unknown>>): Recipe {
  const values = {
    network: POOLED,
    weights: 'Q1.14',
    states: 'Q3.12',
    'initial-scale': 0.5,
    ...SWEEPS,
    // Untied states go on changing by a last bit: more sweeps from zero would be waited for in vain.
    'evaluation-iterations': SWEEPS['free-iterations'],
    nudging: 'positive',
    beta: 1,
    rates: [0.4, 0.2, 0.1],
    schedule: 'linear',
  };
  return checkRecipe({ ...values, ...changes }, POOLED);
}

/** Products of one sample as printed, both ways of every connection but the input’s, if no sweep is saved. */
export function productsOf(network: string, sweeps: number): number {
  const graph = graphOf({ network, connections: [], 'receptive-fields': 'all', seed: 1 });
  return graph.connections.reduce((sum, { pre, post, kind, words }) => {
    const [from, to] = [graph.layers[pre], graph.layers[post]];
    const joined = kind === 'dense' ? from.units : words.side ** 2 * from.shape.channels;
    const once = joined * to.units;
    return sum + (pre === 0 ? once : 2 * sweeps * once);
  }, 0);
}

function judge(measured: readonly Measured[]): Finding {
  const [{ run: untied }] = measured;
  const printed = productsOf(PRINTED, SWEEPS['free-iterations'] + SWEEPS['nudged-iterations']);
  const units = graphOf({ network: PRINTED, connections: [], 'receptive-fields': 'all', seed: 1 }).units;
  return {
    statement: `A convolutional network of 5 × 5 kernels to 32 and 64 maps learns MNIST: “around ${PAPER} % generalization error” (Appendix C, Table 2).`,
    verdict: `On ${countOf(untied)} images for ${untied.recipe.epochs} epochs, test errors: ${measured.map(({ name, run: { test } }) => `${name} ${inPercent(test.error)}`).join(', ')}. As printed, with strides of 1 and no pooling, the network has ${count(units)} units and a sample takes ${significant(printed / 1e9, 2)} · 10⁹ products in ${SWEEPS['free-iterations']} + ${SWEEPS['nudged-iterations']} sweeps; pooled it takes ${significant(last(untied).products / 1e6, 2)} · 10⁶. The text leaves its nudge, its rates, its images and its epochs to a table that has none of them.`,
    holds: untied.test.error <= PAPER + 0.5,
    panels: [
      {
        title: POOLED,
        xLabel: 'epoch',
        yLabel: 'training error (%)',
        whole: true,
        yScale: 'log',
        curves: measured.map(
          ({ name, colour, stroke, run: one }): Curve => ({
            label: name,
            colour,
            ...(stroke && { stroke }),
            marked: true,
            points: meanByEpoch([one], ({ trainingError }) => trainingError),
          }),
        ),
      },
      {
        title: 'cos(W, Bᵀ)',
        xLabel: 'epoch',
        yLabel: 'cos(W, Bᵀ)',
        whole: true,
        curves: measured
          .filter(({ changes: { feedback } }) => feedback !== 'tied')
          .flatMap(({ name, colour, run: one }) =>
            ['second convolution', 'output'].map(
              (where, k): Curve => ({
                label: `${name.split(',')[0]}, ${where}`,
                colour,
                marked: k === 1,
                ...(k === 0 && { stroke: 'dashed' }),
                points: meanByEpoch([one], ({ alignments }) => alignments?.[k]),
              }),
            ),
          ),
      },
    ],
    tables: [
      {
        title: `Errors in percent, ${countOf(untied)} images, ${untied.recipe.epochs} epochs`,
        head: ['feedback, nudging', ...RESULT_HEAD, 'products a sample'],
        rows: measured.map(({ name, run: one }) => [
          name,
          ...resultOf(one),
          `${significant(last(one).products / 1e6, 2)} · 10⁶`,
        ]),
      },
    ],
  };
}
