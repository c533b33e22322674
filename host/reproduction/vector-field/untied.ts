/** Appendix C: networks whose two directions have weights of their own learn MNIST, on the device. */
import type { Curve, Panel } from '../../drawing/index.js';
import { decimals, inPercent, NOTHING, percent } from '../../ground/index.js';
import type { Recipe } from '../../model/index.js';
import type { EpochMetrics } from '../../records/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { type DeviceRun, runOnDevice } from '../device-run.js';
import type { Experiment, Form } from '../experiment.js';
import { mean } from '../statistics.js';
import type { Table } from '../tables.js';
import { vectorFieldRecipe } from './recipes.js';

const ONE = '784-512-10';
const TWO = '784-512-512-10';
const SMALL = '784-256-256-10';

interface Extent {
  readonly epochs: number;
  readonly training: string;
  readonly validation?: string;
}

interface Plan {
  /** Pairs of tied and untied. */
  readonly seeds: number;
  readonly pairs: Extent;
  readonly deep: Extent;
  /** Of other feedback, by network. */
  readonly variants: Readonly<Record<typeof ONE | typeof SMALL, Extent>>;
}

const LITTLE: Extent = { epochs: 4, training: '0..3000' };

const PLANS: Readonly<Record<Form, Plan>> = {
  quick: {
    seeds: 1,
    pairs: LITTLE,
    deep: { epochs: 3, training: '0..2000' },
    variants: { [ONE]: LITTLE, [SMALL]: LITTLE },
  },
  full: {
    seeds: 5,
    pairs: { epochs: 10, training: '0..50000', validation: '50000..52000' },
    deep: { epochs: 10, training: '0..20000', validation: '50000..52000' },
    variants: { [ONE]: { epochs: 10, training: '0..20000' }, [SMALL]: { epochs: 5, training: '0..10000' } },
  },
};

interface Feedback {
  readonly name: string;
  readonly changes: Readonly<Partial<Pick<Recipe, 'feedback' | 'feedback-scale'>>>;
  readonly colour: Curve['colour'];
}

const FEEDBACKS: readonly Feedback[] = [
  { name: 'tied', changes: { feedback: 'tied' }, colour: 'blue' },
  { name: 'untied', changes: { feedback: 'untied' }, colour: 'orange' },
  { name: 'symmetric start', changes: { feedback: 'symmetric' }, colour: 'green' },
  { name: 'weak at first', changes: { feedback: 'untied', 'feedback-scale': 0.1 }, colour: 'purple' },
  { name: 'fixed at random', changes: { feedback: 'fixed' }, colour: 'grey' },
];

interface Pair {
  readonly seed: number;
  readonly untied: DeviceRun;
  readonly tied: DeviceRun;
}

interface Measured {
  readonly pairs: readonly Pair[];
  readonly deep: Pair;
  readonly variants: readonly (Feedback & { readonly network: string; readonly run: DeviceRun })[];
}

export const untied: Experiment = {
  paper: 'vector-field',
  name: 'untied',
  title: 'Untied weights learn',
  shows: 'networks with weights of their own for each direction beside tied ones, in integers on the device',
  minutes: { quick: 4, full: 90 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const { seed } = conditions;
  const plan = PLANS[form];
  const pairOf = async (network: string, extent: Extent, at: number): Promise<Pair> => {
    const runOf = (feedback: 'untied' | 'tied') =>
      runOnDevice(
        `${network}-${feedback}-seed-${at}`,
        vectorFieldRecipe(network, { feedback, seed: at, ...extent }),
        conditions,
      );
    return { seed: at, untied: await runOf('untied'), tied: await runOf('tied') };
  };
  const pairs: Pair[] = [];
  for (let n = 0; n < plan.seeds; n++) pairs.push(await pairOf(ONE, plan.pairs, seed + n));
  const variants: Measured['variants'][number][] = [];
  for (const network of [ONE, SMALL] as const)
    for (const feedback of FEEDBACKS) {
      const { name, changes } = feedback;
      const recipe = vectorFieldRecipe(network, { ...changes, ...plan.variants[network], seed });
      // The reference takes several times as long: one network is enough to hold the device's against.
      const shadow = network === ONE && name === 'untied';
      const folder = `${network}-few-images-${name.replaceAll(' ', '-')}`;
      variants.push({ ...feedback, network, run: await runOnDevice(folder, recipe, conditions, shadow) });
    }
  const deep = await pairOf(TWO, plan.deep, seed);
  return judge({ pairs, variants, deep });
}

/** Epochs in which the mean cost of an example was no lower than in the one before. */
export function risesOf(epochs: readonly Pick<EpochMetrics, 'cost'>[]): number {
  return epochs.filter(({ cost }, n) => n > 0 && cost >= epochs[n - 1].cost).length;
}

function judge({ pairs, deep, variants }: Measured): Finding {
  const learning = [...pairs, deep].map((pair) => pair.untied);
  const rises = learning.reduce((sum, { epochs }) => sum + risesOf(epochs), 0);
  const tests = (of: 'untied' | 'tied') => pairs.map((pair) => pair[of].test.error);
  const floats = variants.flatMap(({ run: { test } }) =>
    test.referenceError === undefined ? [] : [{ device: test.error, float: test.referenceError }],
  );
  const [{ untied: first }] = pairs;
  const aligned = last(first).alignments?.[0];
  return {
    statement:
      'Trained by the STDP-compatible rule with weights of its own for each direction, a network’s objective “consistently decreases” on MNIST (section 5.3, Appendix C).',
    verdict: `${rises === 0 ? 'The cost falls from each epoch to the next' : `The cost falls, but for ${rises} epochs`}, in all untied networks. ${ONE} on ${countOf(first)} images for ${first.recipe.epochs} epochs: ${inPercent(mean(tests('untied')))} of the test images wrong untied, ${inPercent(mean(tests('tied')))} tied (means of ${pairs.length} ${pairs.length === 1 ? 'seed' : 'seeds'}) On fewer images ${floats.map(({ device, float }) => `${inPercent(device)}, and ${inPercent(float)} in float64`).join(', ')}. ${TWO}: ${inPercent(deep.untied.test.error)} untied, ${inPercent(deep.tied.test.error)} tied. The two directions do not become one another’s transpose: cos(W, Bᵀ) comes to ${decimals(aligned ?? undefined)} with one hidden layer, ${(last(deep.untied).alignments ?? []).map((one) => decimals(one ?? undefined)).join(', ')} with two.`,
    holds: rises === 0,
    panels: [
      errorPanel(
        `${ONE}${pairs.length > 1 ? `, means of ${pairs.length} seeds` : ''}`,
        pairs.map((pair) => pair.untied),
        pairs.map((pair) => pair.tied),
      ),
      errorPanel(TWO, [deep.untied], [deep.tied]),
      alignmentPanel(pairs, deep, variants),
      variantPanel(variants, ONE),
      variantPanel(variants, SMALL),
    ],
    tables: [pairTable([...pairs, deep]), variantTable(variants)],
  };
}

function last({ epochs }: DeviceRun): EpochMetrics {
  return epochs[epochs.length - 1];
}

function countOf({ recipe }: DeviceRun): string {
  const [from, to] = recipe.training.split('..').map(Number);
  return (to - from).toLocaleString('en');
}

/** A point an epoch: the mean over runs; null where one of them lacks the value. */
export function meanByEpoch(
  runs: readonly Pick<DeviceRun, 'epochs'>[],
  of: (epoch: EpochMetrics) => number | null | undefined,
): Curve['points'] {
  const [{ epochs }] = runs;
  return epochs.map(({ epoch }, n) => {
    const values = runs.flatMap((one) => of(one.epochs[n]) ?? []);
    return [epoch, values.length === runs.length ? mean(values) : null] as const;
  });
}

function errorPanel(title: string, untiedRuns: readonly DeviceRun[], tiedRuns: readonly DeviceRun[]): Panel {
  const curves: readonly Curve[] = [
    {
      label: 'untied, training',
      colour: 'orange',
      marked: true,
      points: meanByEpoch(untiedRuns, (one) => one.trainingError),
    },
    {
      label: 'untied, validation',
      colour: 'orange',
      stroke: 'dashed',
      points: meanByEpoch(untiedRuns, (one) => one.validation?.error),
    },
    {
      label: 'tied, training',
      colour: 'blue',
      marked: true,
      points: meanByEpoch(tiedRuns, (one) => one.trainingError),
    },
    {
      label: 'tied, validation',
      colour: 'blue',
      stroke: 'dashed',
      points: meanByEpoch(tiedRuns, (one) => one.validation?.error),
    },
  ];
  return {
    title,
    xLabel: 'epoch',
    yLabel: 'error (%)',
    whole: true,
    yScale: 'log',
    curves: curves.filter(({ points }) => points.some(([, y]) => y !== null)),
  };
}

function alignmentPanel(pairs: readonly Pair[], deep: Pair, variants: Measured['variants']): Panel {
  const runs = pairs.map((pair) => pair.untied);
  const others = variants.filter(
    ({ name, network }) => network === ONE && name !== 'tied' && name !== 'untied',
  );
  const curves: readonly Curve[] = [
    {
      label: `${ONE}: hidden and output`,
      colour: 'orange',
      marked: true,
      points: meanByEpoch(runs, ({ alignments }) => alignments?.[0]),
    },
    ...['hidden and hidden', 'hidden and output'].map(
      (name, k): Curve => ({
        label: `${TWO}: ${name}`,
        colour: k === 0 ? 'blue' : 'orange',
        stroke: 'dashed',
        points: meanByEpoch([deep.untied], ({ alignments }) => alignments?.[k]),
      }),
    ),
    ...others.map(
      ({ name, colour, run: one }): Curve => ({
        label: `${ONE}, ${name}`,
        colour,
        points: meanByEpoch([one], ({ alignments }) => alignments?.[0]),
      }),
    ),
  ];
  return { title: 'cos(W, Bᵀ) as they learn', xLabel: 'epoch', yLabel: 'cos(W, Bᵀ)', whole: true, curves };
}

function variantPanel(variants: Measured['variants'], network: string): Panel {
  const own = variants.filter((one) => one.network === network);
  const shadowed = own.filter(({ run: { test } }) => test.referenceError !== undefined);
  return {
    title: `${network}, other feedback`,
    xLabel: 'epoch',
    yLabel: 'training error (%)',
    whole: true,
    yScale: 'log',
    curves: [
      ...own.map(
        ({ name, colour, run: one }): Curve => ({
          label: name,
          colour,
          marked: true,
          points: meanByEpoch([one], ({ trainingError }) => trainingError),
        }),
      ),
      ...shadowed.map(
        ({ name, run: one }): Curve => ({
          label: `${name}, float64`,
          colour: 'orange',
          stroke: 'dotted',
          points: meanByEpoch([one], ({ referenceTrainingError }) => referenceTrainingError),
        }),
      ),
    ],
  };
}

function resultOf(one: DeviceRun): readonly string[] {
  const { trainingError, validation, unsettled } = last(one);
  return [
    decimals(trainingError),
    validation ? decimals(validation.error) : NOTHING,
    decimals(one.test.error),
    one.test.referenceError === undefined ? NOTHING : decimals(one.test.referenceError),
    alignmentsOf(one),
    percent(unsettled),
  ];
}

const HEAD = ['training', 'validation', 'test', 'float64: test', 'cos(W, Bᵀ)', 'not settled'];

function alignmentsOf(one: DeviceRun): string {
  return (
    last(one)
      .alignments?.map((value) => decimals(value ?? undefined))
      .join(', ') ?? NOTHING
  );
}

function pairTable(pairs: readonly Pair[]): Table {
  return {
    title: 'Errors in percent, last epoch; free phases that did not come to rest within their iterations',
    head: ['network', 'feedback', 'seed', ...HEAD],
    rows: pairs.flatMap((pair) =>
      (['untied', 'tied'] as const).map((of) => [
        pair[of].recipe.network,
        of,
        String(pair.seed),
        ...resultOf(pair[of]),
      ]),
    ),
  };
}

function variantTable(variants: Measured['variants']): Table {
  return {
    title: `Other feedback, ${countOf(variants[0].run)} images, ${variants[0].run.recipe.epochs} epochs`,
    head: ['network', 'feedback', ...HEAD],
    rows: variants.map(({ name, network, run: one }) => [network, name, ...resultOf(one)]),
  };
}
