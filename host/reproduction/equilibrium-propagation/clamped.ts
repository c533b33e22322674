/** Section 4.1: contrastive Hebbian learning, which clamps the outputs, beside weak nudges. */
import { loadDataset } from '../../data/index.js';
import { count, decimals, inPercent } from '../../ground/index.js';
import { type Batch, type ReferenceNetwork, relaxMinibatch, totalEnergy } from '../../reference/index.js';
import { initialReference, SAME_FIXED_POINT } from '../../verification/index.js';
import { type BothLearnt, learnOnBoth } from '../both-learning.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import type { Experiment, Form } from '../experiment.js';
import { floatRecipe, testBatch } from '../float-networks.js';
import { SETTLED } from './other-gradients.js';

/** Second phases: from the free state as equilibrium propagation has it, or from a zero start as the free one. */
const PHASES = [
  { name: 'β = 0.01', nudge: 0.01, start: 'free' },
  { name: 'β = 0.1', nudge: 0.1, start: 'free' },
  { name: 'β = 0.3', nudge: 0.3, start: 'free' },
  { name: 'β = 1', nudge: 1, start: 'free' },
  { name: 'clamped', nudge: 'clamped', start: 'free' },
  { name: 'clamped, zero start', nudge: 'clamped', start: 'zero' },
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
  full: { training: '0..20000', epochs: 5 },
} as const;
/** Finer ones leave drives too little room. */
const DEVICE_STATES = 'Q3.12';
const TESTED: Readonly<Record<Form, number>> = { quick: 500, full: 10_000 };
/** Below it a contrastive cost is negative, and not rounded. */
const ROUNDING = 1e-9;

/** Ways of learning; clamped outputs have no β. */
const WAYS = [
  { name: 'outputs clamped', colour: 'orange', nudging: 'clamped', beta: 1 },
  { name: '+β, β = 1', colour: 'blue', nudging: 'positive', beta: 1 },
  { name: '±β, β = 0.3', colour: 'green', nudging: 'centered', beta: 0.3 },
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

interface Trained extends BothLearnt {
  readonly network: string;
  readonly way: Way;
}

export const clamped: Experiment = {
  paper: 'equilibrium-propagation',
  name: 'clamped',
  title: 'Clamped outputs: contrastive Hebbian learning',
  shows: 'section 4.1: other modes, negative contrastive costs; learning beside weak nudges, in integers too',
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
      const { nudging, beta } = way;
      const recipe = floatRecipe(sizes, {
        ...{ seed: conditions.seed, ...TRAINING[form], nudging, beta, states: DEVICE_STATES },
      });
      const both = await learnOnBoth(recipe, `${sizes}-${nudging}`, dataset, TESTED[form], conditions);
      modes.push({
        name: `${sizes}, ${way.name}`,
        trained: true,
        ...(await modesOf(both.float.network, batch, conditions)),
      });
      trained.push({ network: sizes, way, ...both });
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
    // Clamped outputs are at their target: nothing is left of their cost.
    const beta = nudge === 'clamped' ? 0 : nudge;
    const nudging = nudge === 'clamped' ? 'clamped' : 'positive';
    const dynamics = { ...SETTLED, nudge: beta };
    const { plus } =
      start === 'free'
        ? relaxMinibatch(network, dynamics, { ...batch, start: free }, nudging)
        : relaxMinibatch(network, { ...dynamics, freeIterations: 0 }, batch, nudging);
    const released = relaxMinibatch(network, SETTLED, { ...batch, start: plus }, undefined).free;
    let elsewhere = 0;
    let negative = 0;
    batch.labels.forEach((label, n) => {
      const [before, nudged, after] = [free, plus, released].map((all) =>
        all.subarray(n * units, (n + 1) * units),
      );
      const image = batch.images.subarray(n * inputs, (n + 1) * inputs);
      if (before.some((state, u) => Math.abs(state - after[u]) > SAME_FIXED_POINT)) elsewhere++;
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
    ({ network, way, float, device }) =>
      `${network}, ${way.name}: ${inPercent(float.testError)}, ${inPercent(device.testError)}`,
  );
  return {
    statement:
      'The contrastive cost of fully clamped outputs may be negative where both phases stabilise in different modes of the energy; a weak nudge stays in the mode of the free state, whatever the weights (section 4.1).',
    verdict: `Of ${images} images a network: after clamping, up to ${most.elsewhere[AS_CLAMPED]} settle elsewhere (${most.name}), in trained networks ${sum(ofTrained.map(({ elsewhere }) => elsewhere[AS_CLAMPED]))} of ${ofTrained.length * images}; at ${PHASES[WEAKEST].name} ${weakest} of ${modes.length * images} in all networks together. Contrastive costs were negative in ${negative} of ${count(tests)}. Test errors, in float64 and on the device: ${errors.join('; ')}.`,
    holds: weakest <= most.elsewhere[AS_CLAMPED] && most.elsewhere[AS_CLAMPED] > 0 && weakest / images < 0.05,
    panels: networksOf(trained).map((network) => ({
      title: network,
      xLabel: 'epoch',
      yLabel: 'training error (%)',
      whole: true,
      yScale: 'log',
      curves: trained
        .filter((one) => one.network === network)
        .map(({ way, float: { trainingErrors } }) => ({
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
        head: [
          'network',
          'second phase',
          'float64: training, last epoch',
          'test',
          'device: training, last epoch',
          'test',
        ],
        rows: trained.map(({ network, way, float, device }) => [
          network,
          way.name,
          ...[float, device].flatMap(({ trainingErrors, testError }) => [
            decimals(trainingErrors.at(-1)),
            decimals(testError),
          ]),
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
