/** Appendix C: networks whose two directions have weights of their own learn MNIST, on the device. */
import type { Curve, Panel } from '../../drawing/index.js';
import { decimals, inPercent, mean, several } from '../../ground/index.js';
import type { EpochMetrics } from '../../records/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { type DeviceRun, runOnDevice } from '../device-run.js';
import type { Experiment, Form } from '../experiment.js';
import type { Table } from '../tables.js';
import { countOf, last, meanByEpoch, RESULT_HEAD, resultOf } from './outcomes.js';
import { vectorFieldRecipe } from './recipes.js';

const ONE = '784-512-10';
const TWO = '784-512-512-10';

interface Extent {
  readonly epochs: number;
  readonly training: string;
  readonly validation?: string;
}

interface Plan {
  readonly seeds: number;
  readonly pairs: Extent;
  readonly deep: Extent;
}

const PLANS: Readonly<Record<Form, Plan>> = {
  quick: {
    seeds: 1,
    pairs: { epochs: 4, training: '0..3000' },
    deep: { epochs: 3, training: '0..2000' },
  },
  full: {
    seeds: 5,
    pairs: { epochs: 10, training: '0..50000', validation: '50000..52000' },
    deep: { epochs: 10, training: '0..50000', validation: '50000..52000' },
  },
};

interface Pair {
  readonly seed: number;
  readonly untied: DeviceRun;
  readonly tied: DeviceRun;
}

export const untied: Experiment = {
  paper: 'vector-field',
  name: 'untied',
  title: 'Untied weights learn',
  shows: 'networks with weights of their own for each direction beside tied ones, in integers on the device',
  minutes: { quick: 2, full: 45 },
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
  return judge(pairs, await pairOf(TWO, plan.deep, seed));
}

/** Epochs in which the mean cost of an example was no lower than in the one before. */
export function risesOf(epochs: readonly Pick<EpochMetrics, 'cost'>[]): number {
  return epochs.filter(({ cost }, n) => n > 0 && cost >= epochs[n - 1].cost).length;
}

function judge(pairs: readonly Pair[], deep: Pair): Finding {
  const learning = [...pairs, deep].map((pair) => pair.untied);
  const rises = learning.reduce((sum, { epochs }) => sum + risesOf(epochs), 0);
  const tests = (of: 'untied' | 'tied') => inPercent(mean(pairs.map((pair) => pair[of].test.error)));
  const [{ untied: first }] = pairs;
  const aligned = learning.map((one) => last(one).alignments ?? []);
  const told = (values: readonly (number | null)[]) =>
    values.map((value) => decimals(value ?? undefined)).join(', ');
  return {
    statement:
      'Trained by the STDP-compatible rule with weights of its own for each direction, a network’s objective “consistently decreases” on MNIST (section 5.3, Appendix C).',
    verdict: `The cost falls from each epoch to the next in all untied networks${rises === 0 ? '' : `, but for ${several(rises, 'epoch')}`}. ${ONE} on ${countOf(first)} images for ${first.recipe.epochs} epochs, ${several(pairs.length, 'seed')}: ${tests('untied')} of the test images wrong untied, ${tests('tied')} tied. ${TWO} on ${countOf(deep.untied)}: ${inPercent(deep.untied.test.error)} untied, ${inPercent(deep.tied.test.error)} tied. The two directions do not become one another’s transpose: cos(W, Bᵀ) comes to ${told(aligned[0])} with one hidden layer, ${told(aligned[aligned.length - 1])} with two.`,
    holds: rises === 0,
    panels: [
      errorPanel(
        `${ONE}${pairs.length > 1 ? `, means of ${pairs.length} seeds` : ''}`,
        pairs.map((pair) => pair.untied),
        pairs.map((pair) => pair.tied),
      ),
      errorPanel(TWO, [deep.untied], [deep.tied]),
      alignmentPanel(pairs, deep),
    ],
    tables: [pairTable([...pairs, deep])],
  };
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

function alignmentPanel(pairs: readonly Pair[], deep: Pair): Panel {
  const runs = pairs.map((pair) => pair.untied);
  return {
    title: 'cos(W, Bᵀ) as they learn',
    xLabel: 'epoch',
    yLabel: 'cos(W, Bᵀ)',
    whole: true,
    curves: [
      {
        label: ONE,
        colour: 'orange',
        marked: true,
        points: meanByEpoch(runs, ({ alignments }) => alignments?.[0]),
      },
      ...['between the hidden layers', 'hidden and output'].map(
        (name, k): Curve => ({
          label: `${TWO}: ${name}`,
          colour: k === 0 ? 'green' : 'orange',
          stroke: 'dashed',
          points: meanByEpoch([deep.untied], ({ alignments }) => alignments?.[k]),
        }),
      ),
    ],
  };
}

function pairTable(pairs: readonly Pair[]): Table {
  return {
    title: 'Errors in percent, last epoch; free phases that did not come to rest within their iterations',
    head: ['network', 'feedback', 'seed', ...RESULT_HEAD],
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
