/** Errors that return by matrices of their own: fixed at random, or learning what the weights learn; with weight decay and without. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve } from '../../drawing/index.js';
import { decimals, inPercent, mean } from '../../ground/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { Draws } from '../draws.js';
import type { Experiment, Form } from '../experiment.js';
import { cosine } from '../statistics.js';
import { initialChain } from './beside-backpropagation.js';
import { addOuter, type Chain, randomMatrix } from './chain.js';
import { exampleOf } from './examples.js';

const RATE = 0.1;
const DECAY = 1e-3;

interface Feedback {
  readonly name: string;
  /** Errors return by the weights themselves, by fixed matrices, or by some that are changed as the weights are. */
  readonly back: 'weights' | 'fixed' | 'learnt';
  readonly decay: number;
  readonly colour: Curve['colour'];
}

const FEEDBACKS: readonly Feedback[] = [
  { name: 'backpropagation', back: 'weights', decay: 0, colour: 'grey' },
  { name: 'backpropagation, weight decay', back: 'weights', decay: DECAY, colour: 'bad' },
  { name: 'fixed at random', back: 'fixed', decay: 0, colour: 'blue' },
  { name: 'fixed at random, weight decay', back: 'fixed', decay: DECAY, colour: 'green' },
  { name: 'the same updates', back: 'learnt', decay: 0, colour: 'purple' },
  { name: 'the same updates, weight decay', back: 'learnt', decay: DECAY, colour: 'orange' },
];
const EXTENT = {
  quick: { hidden: [24, 24], images: 1000, epochs: 3 },
  full: { hidden: [48, 48], images: 5000, epochs: 5 },
} as const satisfies Record<Form, unknown>;
/** Points of test error that are no difference. */
const ALIKE = 1;
const SYMMETRIC = 0.9;
const TOLD = 500;

interface Measured extends Feedback {
  /** Cosines of W and B at first and after each epoch, of the layers that errors return through. */
  readonly cosines: readonly (readonly number[])[];
  /** Cosines of the updates with backpropagation's, likewise, over the last epoch. */
  readonly updates: number;
  /** In percent. */
  readonly testError: number;
}

export const feedbackAlignment: Experiment = {
  paper: 'slides',
  name: 'feedback-alignment',
  title: 'Backpropagation without symmetric weights',
  shows: 'feedforward networks whose errors return by other matrices: cos(W, B) over training, weight decay',
  minutes: { quick: 1, full: 2 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const dataset = await loadDataset(conditions.data);
  const measured: Measured[] = [];
  for (const one of FEEDBACKS) measured.push(await measure(one, dataset, form, conditions));
  return judge(measured, [dataset.pixels, ...EXTENT[form].hidden, dataset.classes].join('-'), form);
}

async function measure(
  feedback: Feedback,
  dataset: Dataset,
  form: Form,
  { seed, step }: Conditions,
): Promise<Measured> {
  const { hidden, epochs, images } = EXTENT[form];
  const { training, test, pixels, classes } = dataset;
  const chain = initialChain([pixels, ...hidden, classes], 'tanh', seed);
  const learner = new FeedbackLearner(chain, feedback, seed);
  const cosines = [learner.alignment()];
  let updates: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    updates = [];
    for (let n = 0; n < images; n++) {
      const { inputs, target } = exampleOf(training, pixels, n, classes);
      if (n % TOLD === 0) {
        await step(feedback.name, epoch * images + n, epochs * images);
        updates.push(learner.besideGradient(inputs, target));
      }
      learner.learn(inputs, target, RATE);
    }
    cosines.push(learner.alignment());
  }
  let missed = 0;
  for (let n = 0; n < test.count; n++) {
    if (n % TOLD === 0) await step('testing', n, test.count);
    const { inputs, label } = exampleOf(test, pixels, n, classes);
    missed += Number(chain.answer(inputs) !== label);
  }
  return { ...feedback, cosines, updates: mean(updates), testError: (100 * missed) / test.count };
}

export class FeedbackLearner {
  /** Laid out as the weights; errors return by all but the first. */
  readonly back: readonly Float64Array[];

  /** @param chain changed by what is learnt */
  constructor(
    private readonly chain: Chain,
    private readonly feedback: Pick<Feedback, 'back' | 'decay'>,
    seed: number,
  ) {
    const draws = new Draws(seed, 1);
    const { sizes, weights } = chain;
    this.back =
      feedback.back === 'weights'
        ? weights
        : weights.map((_, k) => randomMatrix(sizes[k + 1], sizes[k], draws));
  }

  learn(inputs: Float64Array, target: Float64Array, rate: number): void {
    const { chain, back } = this;
    const updates = chain.gradient(chain.forward(inputs), target, back);
    const learnsBack = this.feedback.back === 'learnt';
    const kept = 1 - rate * this.feedback.decay;
    for (const matrix of [...chain.weights, ...(learnsBack ? back : [])])
      if (kept < 1) for (let at = 0; at < matrix.length; at++) matrix[at] *= kept;
    chain.learn(updates, rate);
    if (learnsBack)
      updates.forEach((update, k) => {
        addOuter(back[k], update, -rate);
      });
  }

  /** Cosines of W and B, of the layers that errors return through. */
  alignment(): number[] {
    return this.chain.weights.slice(1).map((matrix, k) => cosine([matrix], [this.back[k + 1]]));
  }

  /** The cosine of the drives' errors below the outputs with those of backpropagation. */
  besideGradient(inputs: Float64Array, target: Float64Array): number {
    const { chain, back } = this;
    const values = chain.forward(inputs);
    const deltas = (by: readonly Float64Array[]) =>
      chain
        .gradient(values, target, by)
        .slice(0, -1)
        .map((update) => update.deltas);
    return cosine(deltas(back), deltas(chain.weights));
  }
}

function judge(measured: readonly Measured[], network: string, form: Form): Finding {
  const { images, epochs } = EXTENT[form];
  const ends = ({ cosines }: Measured) => cosines[cosines.length - 1];
  const [backpropagation, , fixed, , , symmetric] = measured;
  const told = measured.slice(2).map(
    (one) =>
      `${one.name} ${ends(one)
        .map((value) => decimals(value))
        .join(' and ')}, ${inPercent(one.testError)}`,
  );
  return {
    statement:
      'Exact symmetry is not needed for backpropagation to work (feedback alignment, Lillicrap et al. 2014); it would be good if learning tended to something equivalent.',
    verdict: `Cosines of W and B at the end in the two layers that errors return through, and test error: ${told.join('; ')}. Backpropagation comes to ${inPercent(backpropagation.testError)}. Errors that return by fixed matrices have a cosine of ${decimals(fixed.updates)} with backpropagation’s in the last epoch.`,
    holds: fixed.testError <= backpropagation.testError + ALIKE && Math.min(...ends(symmetric)) >= SYMMETRIC,
    panels: ends(backpropagation).map((_, k) => ({
      title: `${network}, weights ${k + 2}${k === 1 ? ', of the outputs' : ''}`,
      xLabel: 'epoch',
      yLabel: 'cosine of W and B',
      whole: true,
      curves: measured
        .filter(({ back }) => back !== 'weights')
        .map(({ name, colour, cosines }) => ({
          label: name,
          colour,
          points: cosines.map((values, epoch) => [epoch, values[k]] as const),
        })),
    })),
    tables: [
      {
        title: `${network}, ${images} images, ${epochs} epochs, rate ${RATE}; weight decay ${DECAY} where there is some`,
        head: ['errors return by', 'cos(W, B) at the end', 'cosine of errors, last epoch', 'test error'],
        rows: measured.map((one) => [
          one.name,
          ends(one)
            .map((value) => decimals(value, 3))
            .join(', '),
          decimals(one.updates, 3),
          inPercent(one.testError),
        ]),
      },
    ],
  };
}
