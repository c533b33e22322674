/** Section 2.2: inputs that are pushed towards an image by β_x, beside inputs that are held at it. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve } from '../../drawing/index.js';
import { decimals, inPercent } from '../../ground/index.js';
import { type Recipe, roundedDynamics } from '../../model/index.js';
import { contrast, PIXEL_RATE, type ReferenceNetwork } from '../../reference/index.js';
import type { Conditions } from '../conditions.js';
import { passOver, wrongIn } from '../early-inference/chains.js';
import { addContrast } from '../early-inference/path.js';
import type { Experiment, Form } from '../experiment.js';
import { learnInFloat, testInFloat } from '../float-learning.js';
import { floatRecipe, testBatch } from '../float-networks.js';
import { darkened, relaxSoftly, softNetwork } from './soft-relaxation.js';

const SIZE = {
  quick: { network: '784-32-10', training: '0..500', epochs: 2, tested: 300 },
  full: { network: '784-100-10', training: '0..4000', epochs: 2, tested: 2000 },
} as const;
const PUSHES = [1, 10, 100] as const;
const COLOURS = ['orange', 'green', 'blue'] as const satisfies readonly Curve['colour'][];
/** Points of error within which a pushed input learns as one that is held. */
const AS_WELL = 2;
/** Examples between two turns of others. */
const AT_A_TIME = 20;

/** Errors in percent. */
interface Learnt {
  readonly name: string;
  readonly colour: Curve['colour'];
  readonly trainingErrors: readonly number[];
  readonly testError: number;
  /** Root mean square of x − 𝐱 over test images and pixels, free. */
  readonly distance: number;
}

export const softInputs: Experiment = {
  paper: 'equilibrium-propagation',
  name: 'soft-inputs',
  title: 'Inputs that are pushed, not held',
  shows: 'section 2.2: an input layer that is free, pushed towards the image by β_x, beside a clamped one',
  minutes: { quick: 1, full: 6 },
  async run(form, conditions) {
    const dataset = await loadDataset(conditions.data);
    const { network, training, epochs, tested } = SIZE[form];
    const recipe = floatRecipe(network, {
      ...{ seed: conditions.seed, training, epochs, nudging: 'positive', beta: 1, rates: [0.4, 0.1] },
    });
    const learnt: Learnt[] = [];
    for (const [n, push] of PUSHES.entries())
      learnt.push(await learn(push, COLOURS[n], recipe, dataset, form, conditions));
    const held = await learnInFloat(recipe, dataset, conditions);
    const test = await testInFloat(held.network, recipe, testBatch(dataset, 0, tested), conditions);
    learnt.push({
      name: 'held (β_x = ∞)',
      colour: 'grey',
      trainingErrors: held.trainingErrors,
      testError: test.error,
      distance: 0,
    });
    const strongest = learnt[PUSHES.length - 1];
    const errors = learnt.map(({ name, testError }) => `${name} ${inPercent(testError)}`);
    return {
      statement:
        'The external world may push the input by ½ β_x ‖x − 𝐱‖² (Eq. 6); β_x = ∞, which clamps it, is the case that the paper takes.',
      verdict: `A network learns with an input that is pushed, too: test errors ${errors.join(', ')}.`,
      holds: strongest.testError <= test.error + AS_WELL,
      panels: [
        {
          title: network,
          xLabel: 'epoch',
          yLabel: 'training error (%)',
          whole: true,
          yScale: 'zero',
          curves: learnt.map(({ name, colour, trainingErrors }) => ({
            label: name,
            colour,
            marked: true,
            points: trainingErrors.map((error, n) => [n + 1, error] as const),
          })),
        },
      ],
      tables: [
        {
          title: `Errors in percent of ${tested} test images, and root mean square of x − 𝐱`,
          head: ['input', 'training, last epoch', 'test', 'x − 𝐱'],
          rows: learnt.map(({ name, trainingErrors, testError, distance }) => [
            name,
            decimals(trainingErrors.at(-1)),
            decimals(testError),
            decimals(distance, 3),
          ]),
        },
      ],
    };
  },
};

async function learn(
  push: number,
  colour: Curve['colour'],
  recipe: Recipe,
  dataset: Dataset,
  form: Form,
  { step }: Conditions,
): Promise<Learnt> {
  const network = softNetwork(recipe);
  const dynamics = { ...roundedDynamics(recipe), push };
  const name = `β_x = ${push}`;
  const training = await passOver(
    recipe,
    dataset,
    (batch, { gains, decays, biasGains }) => {
      const relaxed = relaxSoftly(network, dynamics, batch);
      // The connection from the dark input and the input's biases do not learn.
      const rates = { gains: [0, ...gains], decays: [0, ...decays], biasGains: [0, ...biasGains] };
      addContrast(network, contrast(network, darkened(batch), relaxed), rates);
      return wrongIn(relaxed.predictions, batch.labels);
    },
    name,
    step,
  );
  const { tested } = SIZE[form];
  let [wrong, squares] = [0, 0];
  for (let from = 0; from < tested; from += AT_A_TIME) {
    await step(`${name}, tested`, from, tested);
    const batch = testBatch(dataset, from, Math.min(from + AT_A_TIME, tested));
    const { predictions, free } = relaxSoftly(network, { ...dynamics, nudgedIterations: 0 }, batch);
    wrong += wrongIn(predictions, batch.labels);
    squares += squaredDistance(network, free, batch.images);
  }
  return {
    name,
    colour,
    trainingErrors: training.map((share) => 100 * share),
    testError: (100 * wrong) / tested,
    distance: Math.sqrt(squares / tested / dataset.pixels),
  };
}

/** Σ ‖x − 𝐱‖² over samples, whose states are samples · units, the input's first. */
export function squaredDistance(
  { graph: { layers, units } }: ReferenceNetwork,
  states: Float64Array,
  images: Uint8Array,
): number {
  const pixels = layers[1].units;
  return images.reduce((sum, byte, i) => {
    const state = states[Math.floor(i / pixels) * units + (i % pixels)];
    return sum + (state - byte * PIXEL_RATE) ** 2;
  }, 0);
}
