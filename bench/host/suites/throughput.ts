/** Samples a CPU-second of training, by the paper's recipes, ours beside the peers'. */
import { type Contender, programContender } from '../contender.js';
import type { Check, Measurement } from '../measurement.js';
import { reachMoments } from '../ours/moments.js';
import { type Entry, measureInRounds, ratios } from '../rounds.js';
import { type Spread, spreadOf } from '../statistics.js';
import { brief, briefSpread, percent, type ResultTable } from '../tables.js';
import { momentName, quickMoments, type Work, works } from '../works.js';
import type { Bench, Suite } from './suite.js';

const ROUNDS = { full: 5, quick: 3 } as const;
const WARM_UP = 1;
/** How far a peer's training error and cost may be from ours: a fraction of samples, a fraction of the cost. */
const SAME = { error: 0.03, cost: 0.1 } as const;

interface Row {
  readonly entry: string;
  readonly samplesPerCpuSecond: Spread;
  readonly freeIterations: number;
  readonly nudgedIterations: number;
  /** Ours over each peer's. */
  readonly ratios: Readonly<Record<string, Spread>>;
  readonly rounds: readonly Measurement[];
}

interface Checked extends Check {
  readonly contender: string;
  /** True where it learns as ours does. */
  readonly alike: boolean;
}

interface WorkResult {
  readonly work: Work;
  readonly rows: readonly Row[];
  readonly checks: readonly Checked[];
}

export const throughput: Suite = {
  name: 'throughput',
  description:
    'samples a CPU-second by the paper’s recipes, beside plain JavaScript, TensorFlow.js and PyTorch',
  async run(bench) {
    const results: WorkResult[] = [];
    for (const work of works) results.push(await measureWork(work, bench));
    return { tables: results.map(tableOf), data: results };
  },
};

async function measureWork(work: Work, bench: Bench): Promise<WorkResult> {
  const say = (text: string) => bench.say(`throughput, ${work.network}: ${text}`);
  const { preset, overrides } = work;
  const peers = [bench.peers.plain, await bench.peers.tfjs(), await bench.peers.torch()];
  const present = peers.filter((peer) => peer !== undefined);
  const checks = await checkAlike(work, present, bench.quick, say);
  const ours = await describeOurs(work, bench.quick, say);
  const entries = [...ours, ...present.map((contender) => ({ key: contender.name, contender }))];
  const seconds = bench.quick ? work.seconds / 3 : work.seconds;
  const rounds = bench.quick ? ROUNDS.quick : ROUNDS.full;
  const task = { preset, overrides, check: 0, warmUp: WARM_UP, seconds };
  const measured = await measureInRounds(entries, rounds, task, say);
  const rows = entries.map(({ key }) => {
    const own = measured.get(key) ?? [];
    const isOurs = ours.some((entry) => entry.key === key);
    return {
      entry: key,
      samplesPerCpuSecond: spreadOf(own.map((one) => one.samplesPerCpuSecond)),
      freeIterations: own[0].freeIterations,
      nudgedIterations: own[0].nudgedIterations,
      ratios: Object.fromEntries(
        isOurs ? present.map(({ name }) => [name, spreadOf(ratios(own, measured.get(name) ?? []))]) : [],
      ),
      rounds: own,
    };
  });
  return { work, rows, checks };
}

/** Ours at each moment, event-driven and dense. */
async function describeOurs(work: Work, quick: boolean, say: (text: string) => void): Promise<Entry[]> {
  const moments = quick ? quickMoments(work) : work.moments;
  const files = await reachMoments(work.preset, work.overrides, moments, {
    onTrain: (epochs) => say(`training for ${epochs} epoch${epochs === 1 ? '' : 's'}, once for this kernel`),
  });
  return moments.flatMap((moment) => {
    const file = files.get(moment);
    const flags = ['--span', String(work.span), ...(file === undefined ? [] : ['--from', file])];
    const variant = (name: string, more: readonly string[]) => {
      const key = `${name}, ${momentName(moment)}`;
      return { key, contender: programContender(key, 'ours/measure.js', [...flags, ...more]) };
    };
    return [variant('ours', []), variant('ours dense', ['--dense'])];
  });
}

/** The first minibatches from the same weights: whoever computes the same has nearly the same error and cost. */
async function checkAlike(
  work: Work,
  peers: readonly Contender[],
  quick: boolean,
  say: (text: string) => void,
): Promise<readonly Checked[]> {
  const { preset, overrides } = work;
  const minibatches = quick ? Math.ceil(work.check / 5) : work.check;
  const task = { preset, overrides, check: minibatches, warmUp: 0, seconds: 0 };
  const checkOf = async (contender: Contender) => {
    say(`${contender.name} learns ${minibatches} minibatches`);
    return (await contender.measure(task)).check;
  };
  const ours = await checkOf(programContender('ours', 'ours/measure.js'));
  if (!ours) throw new Error('our own training error is missing');
  const checks: Checked[] = [{ contender: 'ours', ...ours, alike: true }];
  // The PyTorch script tells no errors while it is timed: its training is recorded.
  for (const contender of peers.filter(({ name }) => name !== 'torch')) {
    const check = await checkOf(contender);
    if (!check) throw new Error(`${contender.name} tells no training error`);
    const alike =
      Math.abs(check.trainingError - ours.trainingError) <= SAME.error &&
      Math.abs(check.cost / ours.cost - 1) <= SAME.cost;
    checks.push({ contender: contender.name, ...check, alike });
  }
  return checks;
}

function tableOf({ work, rows, checks }: WorkResult): ResultTable {
  const peers = [...new Set(rows.flatMap((row) => Object.keys(row.ratios)))];
  const learnt = checks.map(
    ({ contender, trainingError, cost }) =>
      `${contender} ${percent(trainingError)} (cost ${cost.toFixed(3)})`,
  );
  const unlike = checks.filter(({ alike }) => !alike).map(({ contender }) => contender);
  return {
    title: `${work.network}, ${work.preset}: training, samples a CPU-second, median (least–most)`,
    head: ['', 'iterations', 'samples/s', ...peers.map((name) => `ours / ${name}`)],
    rows: rows.map((row) => [
      row.entry,
      `${brief(row.freeIterations)} + ${brief(row.nudgedIterations)}`,
      briefSpread(row.samplesPerCpuSecond),
      ...peers.map((name) => (row.ratios[name] ? briefSpread(row.ratios[name]) : '')),
    ]),
    notes: [
      `training error of the first ${checks[0].minibatches} minibatches: ${learnt.join(', ')}`,
      ...unlike.map((name) => `${name} does not learn as ours does: its speed is not comparable`),
    ],
  };
}
