/** Section 2.2: inputs that are pulled towards an image by β_x, beside inputs that are held at it; in float64 and on the device. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve } from '../../drawing/index.js';
import { decimals, inPercent } from '../../ground/index.js';
import { type Recipe, roundedDynamics } from '../../model/index.js';
import { PIXEL_RATE, type ReferenceNetwork, relaxMinibatch } from '../../reference/index.js';
import { type BothLearnt, learnOnBoth } from '../both-learning.js';
import type { Conditions } from '../conditions.js';
import type { Experiment, Form } from '../experiment.js';
import { floatRecipe, testBatch } from '../float-networks.js';

const SIZE = {
  quick: { network: '784-32-10', training: '0..500', epochs: 2, tested: 300 },
  full: { network: '784-100-10', training: '0..4000', epochs: 2, tested: 2000 },
} as const;
/** The last, of 0, is held: β_x = ∞. */
const PULLS = [1, 10, 100, 0] as const;
const COLOURS = ['orange', 'green', 'blue', 'grey'] as const satisfies readonly Curve['colour'][];
/** Points of error within which a pulled input learns as one that is held. */
const AS_WELL = 2;
/** Examples between two turns of others. */
const AT_A_TIME = 20;

interface Measured extends BothLearnt {
  readonly name: string;
  readonly colour: Curve['colour'];
  /** Root mean square of x − 𝐱 over test images and pixels, free. */
  readonly distance: number;
}

export const softInputs: Experiment = {
  paper: 'equilibrium-propagation',
  name: 'soft-inputs',
  title: 'Inputs that are pulled, not held',
  shows: 'section 2.2: an input layer that is free, pulled towards the image by β_x; in integers too',
  minutes: { quick: 1, full: 6 },
  async run(form, conditions) {
    const dataset = await loadDataset(conditions.data);
    const { network, tested } = SIZE[form];
    const measured: Measured[] = [];
    for (const [n, pull] of PULLS.entries())
      measured.push(await measure(pull, COLOURS[n], dataset, form, conditions));
    const [strongest, held] = measured.slice(-2);
    const worse = (['float', 'device'] as const).map((on) => strongest[on].testError - held[on].testError);
    const errors = measured.map(
      ({ name, float, device }) => `${name} ${inPercent(float.testError)}, ${inPercent(device.testError)}`,
    );
    return {
      statement:
        'The external world may push the input by ½ β_x ‖x − 𝐱‖² (Eq. 6); β_x = ∞, which clamps it, is the case that the paper takes.',
      verdict: `A network learns with an input that is pulled, too: test errors in float64 and on the device ${errors.join('; ')}.`,
      holds: worse.every((points) => points <= AS_WELL),
      panels: [
        {
          title: network,
          xLabel: 'epoch',
          yLabel: 'training error (%)',
          whole: true,
          yScale: 'zero',
          curves: measured.map(({ name, colour, float: { trainingErrors } }) => ({
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
          head: ['input', 'training, last epoch', 'test', 'x − 𝐱', 'device: training, last epoch', 'test'],
          rows: measured.map(({ name, float, distance, device }) => [
            name,
            decimals(float.trainingErrors.at(-1)),
            decimals(float.testError),
            decimals(distance, 3),
            decimals(device.trainingErrors.at(-1)),
            decimals(device.testError),
          ]),
        },
      ],
    };
  },
};

async function measure(
  pull: (typeof PULLS)[number],
  colour: Curve['colour'],
  dataset: Dataset,
  form: Form,
  conditions: Conditions,
): Promise<Measured> {
  const { network, training, epochs, tested } = SIZE[form];
  const recipe = floatRecipe(network, {
    ...{ seed: conditions.seed, training, epochs, nudging: 'positive', beta: 1, rates: [0.4, 0.1] },
    // Finer ones leave drives too little room on the device.
    ...{ states: 'Q3.12', 'input-pull': pull },
  });
  const name = pull === 0 ? 'held (β_x = ∞)' : `β_x = ${pull}`;
  const both = await learnOnBoth(recipe, pull === 0 ? 'held' : `pull-${pull}`, dataset, tested, conditions);
  const distance =
    pull === 0 ? 0 : await distanceOf(both.float.network, recipe, dataset, tested, name, conditions);
  return { ...both, name, colour, distance };
}

async function distanceOf(
  network: ReferenceNetwork,
  recipe: Recipe,
  dataset: Dataset,
  tested: number,
  name: string,
  { step }: Pick<Conditions, 'step'>,
): Promise<number> {
  let squares = 0;
  for (let from = 0; from < tested; from += AT_A_TIME) {
    await step(`${name}, tested`, from, tested);
    const batch = testBatch(dataset, from, Math.min(from + AT_A_TIME, tested));
    const { free } = relaxMinibatch(network, roundedDynamics(recipe), batch, undefined);
    squares += squaredDistance(network, free, batch.images);
  }
  return Math.sqrt(squares / tested / dataset.pixels);
}

/** Σ ‖x − 𝐱‖² over samples, whose states are samples · units, the input's first. */
export function squaredDistance(
  { graph: { inputs, units } }: ReferenceNetwork,
  states: Float64Array,
  images: Uint8Array,
): number {
  return images.reduce((sum, byte, i) => {
    const state = states[Math.floor(i / inputs) * units + (i % inputs)];
    return sum + (state - byte * PIXEL_RATE) ** 2;
  }, 0);
}
