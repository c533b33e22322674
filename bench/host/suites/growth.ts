/** How our time a sample grows with the network's width and depth, and with the minibatch. */

import { standalone } from '#host/drawing/drawing';
import { chartFigure } from '#host/drawing/line-chart';
import { programContender, withOverrides } from '../contender.js';
import { measureInRounds } from '../rounds.js';
import { type Spread, spreadOf } from '../statistics.js';
import { brief, briefSpread, type ResultTable } from '../tables.js';
import type { Bench, Suite } from './suite.js';

const ROUNDS = { full: 5, quick: 1 } as const;
const SECONDS = { full: 1, quick: 0.3 } as const;
/** Samples that are repeated, from initial weights: the same for every point, whatever its minibatch. */
const SAMPLES = 1000;
/** Few and fixed, so that growth is the network's and not the relaxation's; rates that suit a single sample too. */
const recipe = {
  relaxation: 'exact',
  'free-iterations': 8,
  'nudged-iterations': 4,
  'weight-decay': [],
  schedule: 'constant',
} as const;
const RATE = 0.02;

interface Scale {
  readonly name: string;
  readonly title: string;
  readonly xLabel: string;
  readonly values: readonly number[];
  describe(value: number): { readonly network: string; readonly minibatch: number };
}

const scales: readonly Scale[] = [
  {
    name: 'width',
    title: '784-W-10, minibatch 20',
    xLabel: 'hidden units W',
    values: [64, 128, 256, 512, 1024],
    describe: (width) => ({ network: `784-${width}-10`, minibatch: 20 }),
  },
  {
    name: 'depth',
    title: 'hidden layers of 128, minibatch 20',
    xLabel: 'hidden layers',
    values: [1, 2, 3, 4, 5],
    describe: (depth) => ({ network: ['784', ...Array(depth).fill('128'), '10'].join('-'), minibatch: 20 }),
  },
  {
    name: 'minibatch',
    title: '784-128-10',
    xLabel: 'samples a minibatch',
    values: [1, 2, 5, 10, 20, 50, 100, 200],
    describe: (minibatch) => ({ network: '784-128-10', minibatch }),
  },
];

interface Point {
  readonly value: number;
  readonly network: string;
  readonly minibatch: number;
  readonly weights: number;
  /** CPU microseconds. */
  readonly perSample: Spread;
  readonly freeIterations: number;
  readonly nudgedIterations: number;
}

interface ScaleResult {
  readonly name: string;
  readonly title: string;
  readonly xLabel: string;
  readonly points: readonly Point[];
}

export const growth: Suite = {
  name: 'growth',
  description: 'our time a sample against width, depth and minibatch: tables and charts',
  async run(bench) {
    const results: ScaleResult[] = [];
    for (const scale of scales) results.push(await measureScale(scale, bench));
    for (const result of results) bench.save(`growth-${result.name}.svg`, chartOf(result));
    return { tables: results.map(tableOf), data: results };
  },
};

async function measureScale(scale: Scale, bench: Bench): Promise<ScaleResult> {
  const { name, title, xLabel, values } = scale;
  const rounds = bench.quick ? ROUNDS.quick : ROUNDS.full;
  const seconds = bench.quick ? SECONDS.quick : SECONDS.full;
  const entries = values.map((value) => {
    const { network, minibatch } = scale.describe(value);
    const span = ['--span', String(Math.ceil(SAMPLES / minibatch))];
    const ours = programContender(String(value), 'ours/measure.js', span);
    const own = { ...recipe, network, minibatch, rates: ratesFor(network) };
    return { key: String(value), contender: withOverrides(ours, own) };
  });
  const task = { preset: 'demo', overrides: {}, check: 0, warmUp: 0.5, seconds };
  const measured = await measureInRounds(entries, rounds, task, (text) =>
    bench.say(`growth, ${name}: ${text}`),
  );
  const points = values.map((value) => {
    const own = measured.get(String(value)) ?? [];
    const { network, minibatch } = scale.describe(value);
    return {
      value,
      network,
      minibatch,
      weights: weightsOf(network),
      perSample: spreadOf(own.map(({ samplesPerCpuSecond }) => 1e6 / samplesPerCpuSecond)),
      freeIterations: own[0].freeIterations,
      nudgedIterations: own[0].nudgedIterations,
    };
  });
  return { name, title, xLabel, points };
}

function ratesFor(network: string): readonly number[] {
  return Array(network.split('-').length - 1).fill(RATE);
}

function weightsOf(network: string): number {
  const sizes = network.split('-').map(Number);
  return sizes.slice(1).reduce((sum, post, k) => sum + sizes[k] * post, 0);
}

function tableOf({ title, xLabel, points }: ScaleResult): ResultTable {
  return {
    title: `${title}: CPU microseconds a training sample, median (least–most)`,
    head: [xLabel, 'weights', 'iterations', 'µs a sample', 'ns a weight'],
    rows: points.map(({ value, weights, perSample, freeIterations, nudgedIterations }) => [
      String(value),
      brief(weights),
      `${brief(freeIterations)} + ${brief(nudgedIterations)}`,
      briefSpread(perSample),
      brief((perSample.median * 1e3) / weights),
    ]),
    notes: [],
  };
}

function chartOf({ title, xLabel, points }: ScaleResult): string {
  const curve = points.map(({ value, perSample }) => [value, perSample.median] as const);
  const curves = [{ label: 'ours', colour: 'blue', marked: true, points: curve }] as const;
  const yLabel = 'CPU microseconds a sample';
  return standalone(chartFigure(title, [{ title, xLabel, yLabel, xScale: 'log', yScale: 'log', curves }]));
}
