/** Section 4.1: contrastive Hebbian learning, which clamps the outputs, beside weak nudges. */
import { loadDataset } from '../../data/index.js';
import { count, decimals, inPercent } from '../../ground/index.js';
import { roundedDynamics } from '../../model/index.js';
import { type Batch, type ReferenceNetwork, relaxMinibatch, totalEnergy } from '../../reference/index.js';
import { initialReference, SAME_FIXED_POINT } from '../../verification/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import type { Experiment, Form } from '../experiment.js';
import { learnInFloat, testInFloat } from '../float-learning.js';
import { floatRecipe, testBatch } from '../float-networks.js';
import { SETTLED } from './other-gradients.js';

/** As good as infinite: exact relaxation puts the outputs within 2⁻⁴⁰ of the target. */
const CLAMPED = 2 ** 40;
/** Second phases: from the free state as equilibrium propagation has it, or from a zero start as the free one. */
const PHASES = [
  { name: 'β = 0.01', nudge: 0.01, start: 'free' },
  { name: 'β = 0.1', nudge: 0.1, start: 'free' },
  { name: 'β = 0.3', nudge: 0.3, start: 'free' },
  { name: 'β = 1', nudge: 1, start: 'free' },
  { name: 'clamped', nudge: CLAMPED, start: 'free' },
  { name: 'clamped, zero start', nudge: CLAMPED, start: 'zero' },
] as const;
const WEAKEST = 0;
const AS_CLAMPED = PHASES.findIndex(({ name }) => name === 'clamped');
const IMAGES: Readonly<Record<Form, number>> = { quick: 20, full: 100 };
const SIZES: Readonly<Record<Form, readonly string[]>> = {
  quick: ['784-32-10', '784-32-32-10'],
  full: ['784-128-10', '784-128-128-10'],
};
const SCALES = [0.5, 1, 2] as const;
const TRAINING = {
  quick: { training: '0..1000', epochs: 3 },
  full: { training: '0..10000', epochs: 5 },
} as const;
const TESTED: Readonly<Record<Form, number>> = { quick: 500, full: 10_000 };
/** Below it a contrastive cost is negative, and not rounded. */
const ROUNDING = 1e-9;

/** Ways of learning: the second phase's nudge, and the β that its contrast is divided by. */
const WAYS = [
  { name: 'outputs clamped', colour: 'orange', nudging: 'positive', nudge: CLAMPED, beta: 1 },
  { name: '+β, β = 1', colour: 'blue', nudging: 'positive', nudge: 1, beta: 1 },
  { name: '±β, β = 0.3', colour: 'green', nudging: 'centered', nudge: 0.3, beta: 0.3 },
] as const;
type Way = (typeof WAYS)[number];

interface Modes {
  readonly name: string;
  readonly trained: boolean;
  /** Images that settled elsewhere, let go after the nudge; by phase. */
  readonly elsewhere: readonly number[];
  /** Images whose F(β) lies below F(0); by phase. */
  readonly negative: readonly number[];
}

interface Trained {
  readonly network: string;
  readonly way: Way;
  /** In percent, counted before each minibatch's update, an epoch each. */
  readonly trainingErrors: readonly number[];
  readonly testError: number;
}

export const clamped: Experiment = {
  paper: 'equilibrium-propagation',
  name: 'clamped',
  title: 'Clamped outputs: contrastive Hebbian learning',
  shows: 'section 4.1: other modes, negative contrastive costs, and learning beside weak nudges',
  minutes: { quick: 1, full: 15 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const dataset = await loadDataset(conditions.data);
  const batch = testBatch(dataset, 0, IMAGES[form]);
  const modes: Modes[] = [];
  const trained: Trained[] = [];
  for (const sizes of SIZES[form]) {
    for (const scale of SCALES) {
      const network = initialReference(floatRecipe(sizes, { seed: conditions.seed, 'initial-scale': scale }));
      modes.push({
        name: `${sizes}, ${scale} × Glorot’s`,
        trained: false,
        ...(await modesOf(network, batch, conditions)),
      });
    }
    for (const way of WAYS) {
      const recipe = floatRecipe(sizes, {
        seed: conditions.seed,
        ...TRAINING[form],
        nudging: way.nudging,
        beta: way.beta,
      });
      const dynamics = { ...roundedDynamics(recipe), nudge: way.nudge };
      const { network, trainingErrors } = await learnInFloat(recipe, dataset, conditions, dynamics);
      const test = await testInFloat(network, recipe, testBatch(dataset, 0, TESTED[form]), conditions);
      modes.push({
        name: `${sizes}, ${way.name}`,
        trained: true,
        ...(await modesOf(network, batch, conditions)),
      });
      trained.push({ network: sizes, way, trainingErrors, testError: test.error });
    }
  }
  return judge(modes, trained, IMAGES[form]);
}

/** Each image nudged, then let go: where it settles, and its contrastive cost (Eq. 49). */
export async function modesOf(
  network: ReferenceNetwork,
  batch: Batch,
  { step }: Pick<Conditions, 'step'>,
): Promise<{ readonly elsewhere: readonly number[]; readonly negative: readonly number[] }> {
  const { free } = relaxMinibatch(network, SETTLED, batch, undefined);
  const { units, inputs } = network.graph;
  const counted: { readonly elsewhere: number; readonly negative: number }[] = [];
  for (const { nudge, start } of PHASES) {
    await step('modes after nudges', counted.length, PHASES.length);
    const { plus } =
      start === 'free'
        ? relaxMinibatch(network, { ...SETTLED, nudge }, { ...batch, start: free }, 'positive')
        : relaxMinibatch(network, { ...SETTLED, nudge, freeIterations: 0 }, batch, 'positive');
    const released = relaxMinibatch(network, SETTLED, { ...batch, start: plus }, undefined).free;
    let elsewhere = 0;
    let negative = 0;
    batch.labels.forEach((label, n) => {
      const [before, nudged, after] = [free, plus, released].map((all) =>
        all.subarray(n * units, (n + 1) * units),
      );
      const image = batch.images.subarray(n * inputs, (n + 1) * inputs);
      if (before.some((state, u) => Math.abs(state - after[u]) > SAME_FIXED_POINT)) elsewhere++;
      // Clamped outputs are at their target: nothing is left of their cost.
      const beta = nudge === CLAMPED ? 0 : nudge;
      const cost =
        totalEnergy(network, image, nudged, beta, label) - totalEnergy(network, image, before, 0, label);
      if (cost < -ROUNDING) negative++;
    });
    counted.push({ elsewhere, negative });
  }
  return {
    elsewhere: counted.map((one) => one.elsewhere),
    negative: counted.map((one) => one.negative),
  };
}

function judge(modes: readonly Modes[], trained: readonly Trained[], images: number): Finding {
  const most = modes.reduce((a, b) => (b.elsewhere[AS_CLAMPED] > a.elsewhere[AS_CLAMPED] ? b : a));
  const ofTrained = modes.filter((one) => one.trained);
  const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);
  const weakest = sum(modes.map(({ elsewhere }) => elsewhere[WEAKEST]));
  const negative = sum(modes.map((one) => sum(one.negative)));
  const tests = modes.length * PHASES.length * images;
  const errors = trained.map(
    ({ network, way, testError }) => `${network}, ${way.name}: ${inPercent(testError)}`,
  );
  return {
    statement:
      'The contrastive cost of fully clamped outputs may be negative where both phases stabilise in different modes of the energy; a weak nudge stays in the mode of the free state, whatever the weights (section 4.1).',
    verdict: `Of ${images} images a network: after clamping, up to ${most.elsewhere[AS_CLAMPED]} settle elsewhere (${most.name}), in trained networks ${sum(ofTrained.map(({ elsewhere }) => elsewhere[AS_CLAMPED]))} of ${ofTrained.length * images}; at ${PHASES[WEAKEST].name} ${weakest} of ${modes.length * images} in all networks together. Contrastive costs were negative in ${negative} of ${count(tests)}. Test errors: ${errors.join('; ')}.`,
    holds: weakest <= most.elsewhere[AS_CLAMPED] && most.elsewhere[AS_CLAMPED] > 0 && weakest / images < 0.05,
    panels: networksOf(trained).map((network) => ({
      title: network,
      xLabel: 'epoch',
      yLabel: 'training error (%)',
      whole: true,
      yScale: 'log',
      curves: trained
        .filter((one) => one.network === network)
        .map(({ way, trainingErrors }) => ({
          label: way.name,
          colour: way.colour,
          marked: true,
          points: trainingErrors.map((error, n) => [n + 1, error] as const),
        })),
    })),
    tables: [
      modeTable(modes, `Settled elsewhere, of ${images} images let go after the nudge`, 'elsewhere'),
      modeTable(modes, `Contrastive costs below 0, of ${images} images`, 'negative'),
      {
        title: 'Errors in percent',
        head: ['network', 'second phase', 'training, last epoch', 'test'],
        rows: trained.map(({ network, way, trainingErrors, testError }) => [
          network,
          way.name,
          decimals(trainingErrors.at(-1)),
          decimals(testError),
        ]),
      },
    ],
  };
}

function networksOf(trained: readonly Trained[]): readonly string[] {
  return [...new Set(trained.map(({ network }) => network))];
}

function modeTable(modes: readonly Modes[], title: string, which: 'elsewhere' | 'negative') {
  return {
    title,
    head: ['network, weights', ...PHASES.map(({ name }) => name)],
    rows: modes.map((one) => [one.name, ...one[which].map(String)]),
  };
}
