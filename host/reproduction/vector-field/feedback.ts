/** Ways back that are not drawn apart and learnt: fixed at random, beginning as those of the way forth, or weak; on the device. */
import type { Curve, Panel } from '../../drawing/index.js';
import { inPercent } from '../../ground/index.js';
import type { Recipe } from '../../model/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { type DeviceRun, runOnDevice } from '../device-run.js';
import type { Experiment, Form } from '../experiment.js';
import { countOf, meanByEpoch, RESULT_HEAD, resultOf } from './outcomes.js';
import { vectorFieldRecipe } from './recipes.js';

const ONE = '784-512-10';
const TWO = '784-256-256-10';
const NETWORKS = [ONE, TWO] as const;

type Extents = Readonly<
  Record<(typeof NETWORKS)[number], { readonly epochs: number; readonly training: string }>
>;

const LITTLE = { epochs: 4, training: '0..3000' };
const EXTENTS: Readonly<Record<Form, Extents>> = {
  quick: { [ONE]: LITTLE, [TWO]: LITTLE },
  full: { [ONE]: { epochs: 6, training: '0..10000' }, [TWO]: { epochs: 5, training: '0..6000' } },
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

interface Measured extends Feedback {
  readonly network: string;
  readonly run: DeviceRun;
}

/** Points of test error that are no difference: chance alone makes half of one. */
const ALIKE = 0.5;

export const feedback: Experiment = {
  paper: 'vector-field',
  name: 'feedback',
  title: 'Feedback of other kinds',
  shows: 'ways back fixed at random, symmetric at first, or weak, on the device; beside float64',
  minutes: { quick: 3, full: 8 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const measured: Measured[] = [];
  for (const network of NETWORKS)
    for (const one of FEEDBACKS) {
      const { seed } = conditions;
      const recipe = vectorFieldRecipe(network, { ...one.changes, ...EXTENTS[form][network], seed });
      // The reference takes several times as long: one network is enough to hold the device's against.
      const shadow = network === ONE && one.name === 'untied';
      const name = `${network}-${one.name.replaceAll(' ', '-')}`;
      measured.push({ ...one, network, run: await runOnDevice(name, recipe, conditions, shadow) });
    }
  return judge(measured);
}

function judge(measured: readonly Measured[]): Finding {
  const errorOf = (network: string, name: string) =>
    measured.find((one) => one.network === network && one.name === name)?.run.test.error ?? Number.NaN;
  const told = (network: string) =>
    measured
      .filter((one) => one.network === network)
      .map(({ name, run: { test } }) => `${name} ${inPercent(test.error)}`)
      .join(', ');
  const floats = measured.flatMap(({ run: { test } }) =>
    test.referenceError === undefined
      ? []
      : [`${inPercent(test.error)} on the device, ${inPercent(test.referenceError)} in float64`],
  );
  return {
    statement:
      'Symmetry of the feedback is not required for the objective to be optimised (section 5.3); how much it matters, the paper does not measure.',
    verdict: `Test errors of ${ONE}: ${told(ONE)}; of ${TWO}: ${told(TWO)}. Untied: ${floats.join(', ')}, from the same seed. One seed, so that differences of a few tenths of a point may be chance.`,
    holds: errorOf(ONE, 'untied') <= errorOf(ONE, 'tied') + ALIKE,
    panels: [
      ...NETWORKS.map((network) => errorPanel(measured, network)),
      ...NETWORKS.map((network) => alignmentPanel(measured, network)),
    ],
    tables: [
      {
        title: `Errors in percent; ${NETWORKS.map((network) => extentOf(measured, network)).join('; ')}`,
        head: ['network', 'feedback', ...RESULT_HEAD],
        rows: measured.map(({ name, network, run: one }) => [network, name, ...resultOf(one)]),
      },
    ],
  };
}

function extentOf(measured: readonly Measured[], network: string): string {
  const one = measured.find((other) => other.network === network)?.run;
  return one ? `${network}: ${countOf(one)} images, ${one.recipe.epochs} epochs` : '';
}

function errorPanel(measured: readonly Measured[], network: string): Panel {
  const own = measured.filter((one) => one.network === network);
  const shadowed = own.filter(({ run: { test } }) => test.referenceError !== undefined);
  return {
    title: network,
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

function alignmentPanel(measured: readonly Measured[], network: string): Panel {
  const own = measured.filter((one) => one.network === network && one.name !== 'tied');
  const ways = network.split('-').length - 2;
  return {
    title: `cos(W, Bᵀ), ${network}`,
    xLabel: 'epoch',
    yLabel: 'cos(W, Bᵀ)',
    whole: true,
    curves: own.flatMap(({ name, colour, run: one }) =>
      Array.from(
        { length: ways },
        (_, k): Curve => ({
          label: ways === 1 ? name : `${name}, ${k === ways - 1 ? 'output' : 'hidden'}`,
          colour,
          marked: k === ways - 1,
          ...(k < ways - 1 && { stroke: 'dashed' as const }),
          points: meanByEpoch([one], ({ alignments }) => alignments?.[k]),
        }),
      ),
    ),
  };
}
