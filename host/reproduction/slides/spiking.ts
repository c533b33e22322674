/** Spikes that stand for changes of rates, in the place of rates: what is learnt, and by how many additions. */
import { loadDataset } from '../../data/index.js';
import type { Curve, Panel } from '../../drawing/index.js';
import { count, decimals, inPercent } from '../../ground/index.js';
import { checkRecipe, type Recipe, readPreset } from '../../model/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { type DeviceRun, runOnDevice } from '../device-run.js';
import type { Experiment, Form } from '../experiment.js';
import { testBatch } from '../float-networks.js';
import { trainedNetwork } from '../trained-network.js';
import { type Settling, settle } from './sweeps.js';

const FORMS = {
  quick: { changes: { training: '0..5000', epochs: 3 }, tested: 1000 },
  full: { changes: {}, tested: 10_000 },
} as const satisfies Record<Form, unknown>;

/** How many times the test error of exact relaxation that of spikes may be. */
const MOST = 1.2;

interface Case {
  readonly name: string;
  readonly changes: Readonly<Partial<Recipe>>;
  readonly colour: Curve['colour'];
}

const CASES: readonly Case[] = [
  { name: 'spikes, a pixel one of them', changes: {}, colour: 'blue' },
  { name: 'spikes, whole pixels', changes: { 'pixel-spikes': 0 }, colour: 'green' },
  {
    name: 'exact, products',
    changes: { relaxation: 'exact', 'pixel-spikes': 0, states: 'Q3.12' },
    colour: 'orange',
  },
];

interface Measured extends Case {
  readonly run: DeviceRun;
  readonly settling: Settling;
}

export const spiking: Experiment = {
  paper: 'slides',
  name: 'spiking',
  title: 'Spikes in the place of rates',
  shows: 'networks that tell of changes by signed powers of two: errors, spikes and additions; on the device',
  minutes: { quick: 1, full: 15 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const dataset = await loadDataset(conditions.data);
  const { changes, tested } = FORMS[form];
  const batch = testBatch(dataset, 0, Math.min(tested, dataset.test.count));
  const measured: Measured[] = [];
  for (const one of CASES) {
    const { seed } = conditions;
    const recipe = checkRecipe(
      { ...readPreset('spiking').values, ...changes, ...one.changes, seed },
      one.name,
    );
    const trained = await runOnDevice(one.name.replaceAll(/,? /g, '-'), recipe, conditions);
    const { network } = trainedNetwork(trained.path);
    measured.push({ ...one, run: trained, settling: await settle(network, recipe, batch, conditions) });
  }
  return judge(measured);
}

function judge(measured: readonly Measured[]): Finding {
  const [spikes, , exact] = measured;
  const { sweeps, pixelSpikes, pixelAdditions } = spikes.settling;
  const last = sweeps[sweeps.length - 1];
  const [found, beside] = [spikes, exact].map(({ run: { test } }) => test.error);
  return {
    statement: `Units that spike learn as units with rates do (Mesnard, Gerstner and Brea 2016): test error at most ${MOST} times the same network's by exact relaxation, without a product in relaxation.`,
    verdict: `${inPercent(found)} of the test images wrong by spikes, ${inPercent(beside)} with products. A prediction is ${count(pixelSpikes)} spikes of pixels and ${count(last.spikes)} of units, ${count(pixelAdditions + last.additions)} additions.`,
    holds: found <= MOST * beside,
    panels: [againstSpikes(measured), againstAdditions(measured)],
    tables: [
      {
        title: 'A prediction, means over test images; test error in percent',
        head: [
          'network',
          'test error',
          'spikes of pixels',
          'additions',
          'spikes of units',
          'additions',
          'multiply-accumulates of a training sample, last epoch',
        ],
        rows: measured.map(({ name, run: { test, epochs }, settling }) => {
          const end = settling.sweeps[settling.sweeps.length - 1];
          return [
            name,
            decimals(test.error),
            count(settling.pixelSpikes),
            count(settling.pixelAdditions),
            count(end.spikes),
            count(end.additions),
            count(epochs[epochs.length - 1].products),
          ];
        }),
      },
    ],
  };
}

/** The answers of a network that is asked before it has settled. */
function againstSpikes(measured: readonly Measured[]): Panel {
  return {
    title: 'asked before it has settled',
    xLabel: 'spikes of units so far, a prediction’s',
    yLabel: 'test error (%)',
    yScale: 'log',
    curves: measured
      .filter(({ run: { recipe } }) => recipe.relaxation === 'spiking')
      .map(({ name, colour, settling }) => ({
        label: name,
        colour,
        marked: true,
        points: settling.sweeps
          .filter(({ spikes }, n, all) => n === 0 || spikes > all[n - 1].spikes)
          .map(({ spikes, error }) => [spikes, error] as const),
      })),
  };
}

/** Learning against all additions, or products, of training so far. */
function againstAdditions(measured: readonly Measured[]): Panel {
  return {
    title: 'learning',
    xLabel: 'thousand million additions, or products',
    yLabel: 'training error (%)',
    yScale: 'log',
    curves: measured.map(({ name, colour, run: { epochs } }) => ({
      label: name,
      colour,
      marked: true,
      points: epochs.map(({ trainingError, step }, n) => {
        const spent = epochs
          .slice(0, n + 1)
          .reduce((sum, epoch) => sum + (epoch.products * step) / (n + 1), 0);
        return [spent / 1e9, trainingError] as const;
      }),
    })),
  };
}
