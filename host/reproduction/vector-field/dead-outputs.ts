/** Centered nudging, best for tied weights, leaves outputs of untied ones dead: at 0 for every example. One-sided does not. */
import { loadDataset } from '../../data/index.js';
import type { Curve } from '../../drawing/index.js';
import { decimals, inPercent } from '../../ground/index.js';
import type { Recipe } from '../../model/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { type DeviceRun, runOnDevice } from '../device-run.js';
import type { Experiment, Form } from '../experiment.js';
import { testInFloat } from '../float-learning.js';
import { testBatch } from '../float-networks.js';
import { trainedNetwork } from '../trained-network.js';
import { countOf, last, meanByEpoch } from './outcomes.js';
import { vectorFieldRecipe } from './recipes.js';

const NETWORK = '784-512-10';
const EXTENTS = {
  quick: { training: '0..5000', epochs: 3 },
  full: { training: '0..20000', epochs: 4 },
} as const satisfies Record<Form, unknown>;
const TESTED = 1000;

interface Case {
  readonly name: string;
  readonly changes: Readonly<Partial<Pick<Recipe, 'feedback' | 'nudging' | 'beta'>>>;
  readonly colour: Curve['colour'];
}

const CENTERED = { nudging: 'centered', beta: 0.3 } as const;

const CASES: readonly Case[] = [
  { name: 'untied, centered', changes: { feedback: 'untied', ...CENTERED }, colour: 'orange' },
  { name: 'symmetric at first, centered', changes: { feedback: 'symmetric', ...CENTERED }, colour: 'purple' },
  { name: 'untied, one-sided', changes: { feedback: 'untied' }, colour: 'green' },
  { name: 'tied, centered', changes: { feedback: 'tied', ...CENTERED }, colour: 'blue' },
];

interface Measured extends Case {
  readonly run: DeviceRun;
  /** Outputs at 0 for each of the first test images. */
  readonly dead: number;
}

export const deadOutputs: Experiment = {
  paper: 'vector-field',
  name: 'dead-outputs',
  title: 'Outputs that centered nudging leaves dead',
  shows: 'untied weights under centered nudging, the warning that a run gives, and the cure; on the device',
  minutes: { quick: 1, full: 5 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const dataset = await loadDataset(conditions.data);
  const measured: Measured[] = [];
  for (const one of CASES) {
    const recipe = vectorFieldRecipe(NETWORK, {
      ...EXTENTS[form],
      ...one.changes,
      seed: conditions.seed,
    });
    const trained = await runOnDevice(one.name.replaceAll(/,? /g, '-'), recipe, conditions);
    const tested = testBatch(dataset, 0, Math.min(TESTED, dataset.test.count));
    const { deadOutputs: dead } = await testInFloat(
      trainedNetwork(trained.path).network,
      recipe,
      tested,
      conditions,
    );
    measured.push({ ...one, run: trained, dead });
  }
  return judge(measured);
}

function warningOf({ run: { symptoms } }: Measured): string {
  const warning = symptoms.find(({ symptom }) => symptom === 'dead-outputs');
  return warning ? `minibatch ${warning.step}: ${warning.seen}; try ${warning.remedy}` : '';
}

function judge(measured: readonly Measured[]): Finding {
  const [centered, , cured] = measured;
  const told = measured.map(
    ({ name, dead, run: { test } }) =>
      `${name}: ${dead} dead, ${inPercent(test.error)} of the test images wrong`,
  );
  const warned = warningOf(centered) !== '';
  return {
    statement:
      'Not in the paper, which nudges from one side: with weights of its own for each direction, nudging from both sides, better for tied weights, leaves outputs at 0 for ever, and one-sided nudging does not.',
    verdict: `${told.join('; ')}. ${warned ? 'The first is warned of as it trains' : 'It is not warned of'}.`,
    holds: centered.dead > 0 && cured.dead === 0 && warned,
    panels: [
      {
        title: `${NETWORK}, ${countOf(centered.run)} images`,
        xLabel: 'epoch',
        yLabel: 'training error (%)',
        whole: true,
        yScale: 'log',
        curves: measured.map(({ name, colour, run: one }) => ({
          label: name,
          colour,
          marked: true,
          points: meanByEpoch([one], ({ trainingError }) => trainingError),
        })),
      },
    ],
    tables: [
      {
        title: `Outputs at 0 for each of the first ${TESTED} test images; errors in percent`,
        head: ['network', 'dead outputs', 'training', 'test', 'warning'],
        rows: measured.map((one) => [
          one.name,
          String(one.dead),
          decimals(last(one.run).trainingError),
          decimals(one.run.test.error),
          warningOf(one),
        ]),
      },
    ],
  };
}
