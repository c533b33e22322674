/** Appendix C: networks whose two directions have weights of their own learn MNIST, on the device. */
import type { Curve, Panel } from '../../drawing/index.js';
import { decimals, mean, several, spread, withInterval } from '../../ground/index.js';
import type { EpochMetrics } from '../../records/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { type DeviceRun, runOnDevice } from '../device-run.js';
import type { Experiment, Form } from '../experiment.js';
import type { Table } from '../tables.js';
import { countOf, last, meanByEpoch, RESULT_HEAD, resultOf } from './outcomes.js';
import { vectorFieldRecipe } from './recipes.js';

interface Extent {
  readonly seeds: number;
  readonly epochs: number;
  readonly training: string;
  readonly validation?: string;
}

/** A network that trains with both, seed by seed. */
interface Subject {
  readonly network: string;
  /** Ways back, from the lowest on. */
  readonly ways: readonly string[];
  readonly extents: Readonly<Record<Form, Extent>>;
}

const WHOLE = { epochs: 10, training: '0..50000', validation: '50000..52000' } as const;

const ONE: Subject = {
  network: '784-512-10',
  ways: ['hidden and output'],
  extents: { quick: { seeds: 1, epochs: 4, training: '0..3000' }, full: { seeds: 5, ...WHOLE } },
};
const TWO: Subject = {
  network: '784-512-512-10',
  ways: ['between the hidden layers', 'hidden and output'],
  extents: { quick: { seeds: 1, epochs: 3, training: '0..2000' }, full: { seeds: 1, ...WHOLE } },
};

interface Pair {
  readonly seed: number;
  readonly untied: DeviceRun;
  readonly tied: DeviceRun;
}

const SHOWN = 'with weights of its own for each direction beside a tied one, in integers on the device';

export const untied: Experiment = {
  paper: 'vector-field',
  name: 'untied',
  title: 'Untied weights learn',
  shows: `a hidden layer ${SHOWN}`,
  minutes: { quick: 1, full: 45 },
  run: (form, conditions) => run(ONE, form, conditions),
};

export const twoHidden: Experiment = {
  paper: 'vector-field',
  name: 'two-hidden',
  title: 'Untied weights learn, two hidden layers',
  shows: `two hidden layers ${SHOWN}`,
  minutes: { quick: 1, full: 60 },
  run: (form, conditions) => run(TWO, form, conditions),
};

async function run(subject: Subject, form: Form, conditions: Conditions): Promise<Finding> {
  const { network, extents } = subject;
  const { seeds, ...extent } = extents[form];
  const pairs: Pair[] = [];
  for (let seed = conditions.seed; seed < conditions.seed + seeds; seed++) {
    const runOf = (feedback: 'untied' | 'tied') =>
      runOnDevice(
        `${network}-${feedback}-seed-${seed}`,
        vectorFieldRecipe(network, { feedback, seed, ...extent }),
        conditions,
      );
    pairs.push({ seed, untied: await runOf('untied'), tied: await runOf('tied') });
  }
  return judge(subject, pairs);
}

/** Epochs in which the mean cost of an example was no lower than in the one before. */
export function risesOf(epochs: readonly Pick<EpochMetrics, 'cost'>[]): number {
  return epochs.filter(({ cost }, n) => n > 0 && cost >= epochs[n - 1].cost).length;
}

function judge({ network, ways }: Subject, pairs: readonly Pair[]): Finding {
  const [untiedRuns, tiedRuns] = (['untied', 'tied'] as const).map((of) => pairs.map((pair) => pair[of]));
  const rises = untiedRuns.reduce((sum, { epochs }) => sum + risesOf(epochs), 0);
  const tests = (runs: readonly DeviceRun[]) =>
    `${withInterval(spread(runs.map(({ test }) => test.error)))} %`;
  const [first] = untiedRuns;
  const aligned = ways.map((_, k) =>
    decimals(mean(untiedRuns.map((one) => last(one).alignments?.[k] ?? Number.NaN))),
  );
  return {
    statement:
      'Trained by the STDP-compatible rule with weights of its own for each direction, a network’s objective “consistently decreases” on MNIST (section 5.3, Appendix C).',
    verdict: `The cost falls from each epoch to the next in all untied networks${rises === 0 ? '' : `, but for ${several(rises, 'epoch')}`}. ${network} on ${countOf(first)} images for ${first.recipe.epochs} epochs, ${several(pairs.length, 'seed')}: ${tests(untiedRuns)} of the test images wrong untied, ${tests(tiedRuns)} tied. The two directions do not become one another’s transpose: cos(W, Bᵀ) comes to ${aligned.join(', ')}.`,
    holds: rises === 0,
    panels: [
      errorPanel(
        `${network}${pairs.length > 1 ? `, means of ${pairs.length} seeds` : ''}`,
        untiedRuns,
        tiedRuns,
      ),
      {
        title: 'cos(W, Bᵀ) as they learn',
        xLabel: 'epoch',
        yLabel: 'cos(W, Bᵀ)',
        whole: true,
        curves: ways.map(
          (label, k): Curve => ({
            label,
            colour: k === ways.length - 1 ? 'orange' : 'green',
            marked: true,
            points: meanByEpoch(untiedRuns, ({ alignments }) => alignments?.[k]),
          }),
        ),
      },
    ],
    tables: [pairTable(pairs)],
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
