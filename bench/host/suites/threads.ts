/** Training with several threads: how much sooner it is done, and that not a bit of it changes. */
import { availableParallelism } from 'node:os';
import { MAX_THREADS } from '#host/kernel/helpers';
import { programContender } from '../contender.js';
import type { Measurement } from '../measurement.js';
import { measureInRounds } from '../rounds.js';
import { type Spread, spreadOf } from '../statistics.js';
import { briefSpread, type ResultTable } from '../tables.js';
import type { Overrides } from '../task.js';
import { works } from '../works.js';
import type { Bench, Suite } from './suite.js';

const ROUNDS = { full: 5, quick: 1 } as const;
/** Wall seconds. */
const SECONDS = { full: 0.8, quick: 0.2 } as const;
const WARM_UP = 0.4;

interface ThreadedWork {
  readonly network: string;
  readonly preset: string;
  readonly overrides: Overrides;
  readonly minibatch: number;
  /** Minibatches that are repeated. */
  readonly span: number;
}

const threadedWorks: readonly ThreadedWork[] = [
  ...works.map(({ network, preset, overrides, span }) => ({
    network,
    preset,
    overrides,
    minibatch: 20,
    span,
  })),
  { network: '784-500-10', preset: 'demo', overrides: {}, minibatch: 20, span: 50 },
  {
    network: '784-1000-10',
    preset: 'demo',
    overrides: { network: '784-1000-10', minibatch: 200 },
    minibatch: 200,
    span: 5,
  },
];

interface TeamResult {
  readonly threads: number;
  /** By the wall's clock. */
  readonly samplesPerSecond: Spread;
  /** Over one thread's, of the same round. */
  readonly ratio: Spread;
  readonly rounds: readonly Measurement[];
}

interface WorkResult {
  readonly work: ThreadedWork;
  readonly digest: string;
  readonly teams: readonly TeamResult[];
}

export const threads: Suite = {
  name: 'threads',
  description: 'our wall time of training with one thread, two, and as many more as there are cores',
  async run(bench) {
    const results: WorkResult[] = [];
    for (const work of threadedWorks) results.push(await measureTeams(work, bench));
    return { tables: [tableOf(results)], data: { cores: availableParallelism(), results } };
  },
};

/** One, two, and further doublings up to the cores that this process may use. */
function teamSizes(): readonly number[] {
  const most = Math.min(MAX_THREADS, availableParallelism());
  const sizes = [1, 2];
  while (sizes[sizes.length - 1] * 2 <= most) sizes.push(sizes[sizes.length - 1] * 2);
  if (most > sizes[sizes.length - 1]) sizes.push(most);
  return sizes;
}

async function measureTeams(work: ThreadedWork, bench: Bench): Promise<WorkResult> {
  const { network, preset, overrides, minibatch, span } = work;
  const sizes = teamSizes();
  const entries = sizes.map((size) => {
    const flags = ['--span', String(span), '--threads', String(size)];
    return { key: threadsName(size), contender: programContender('ours', 'ours/measure.js', flags) };
  });
  const rounds = bench.quick ? ROUNDS.quick : ROUNDS.full;
  const seconds = bench.quick ? SECONDS.quick : SECONDS.full;
  const task = { preset, overrides, check: 0, warmUp: WARM_UP, seconds };
  const measured = await measureInRounds(entries, rounds, task, (text) =>
    bench.say(`threads, ${network}, ${preset}, minibatch ${minibatch}: ${text}`),
  );
  const roundsOf = (size: number) => measured.get(threadsName(size)) ?? [];
  const digest = onlyDigest(work, sizes.flatMap(roundsOf));
  const alone = roundsOf(1);
  const teams = sizes.map((size) => {
    const own = roundsOf(size);
    return {
      threads: size,
      samplesPerSecond: spreadOf(own.map(({ samplesPerSecond }) => samplesPerSecond)),
      ratio: spreadOf(own.map(({ samplesPerSecond }, n) => samplesPerSecond / alone[n].samplesPerSecond)),
      rounds: own,
    };
  });
  return { work, digest, teams };
}

/** The digest of every measurement: threads change no bit. */
function onlyDigest({ network, preset }: ThreadedWork, measurements: readonly Measurement[]): string {
  const digests = new Set(measurements.map(({ digest }) => digest ?? 'none'));
  if (digests.size === 1) return [...digests][0];
  throw new Error(
    `${network}, ${preset}: threads learn different weights: digests ${[...digests].join(', ')}`,
  );
}

function threadsName(size: number): string {
  return size === 1 ? '1 thread' : `${size} threads`;
}

function tableOf(results: readonly WorkResult[]): ResultTable {
  return {
    title: 'Training samples a second of wall time, median (least–most)',
    head: ['network', 'preset', 'minibatch', 'threads', 'samples/s', 'over one thread', 'digest'],
    rows: results.flatMap(({ work, digest, teams }) =>
      teams.map(({ threads: size, samplesPerSecond, ratio }) => [
        work.network,
        work.preset,
        String(work.minibatch),
        String(size),
        briefSpread(samplesPerSecond),
        size === 1 ? '' : briefSpread(ratio),
        digest,
      ]),
    ),
    notes: [
      `cores that this process may use: ${availableParallelism()}; with more threads than those the ratio says nothing`,
      `the digest of all parameters after the measured minibatches is the same for any number of threads`,
    ],
  };
}
