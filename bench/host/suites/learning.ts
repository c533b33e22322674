/** CPU seconds until the training error is low: ours by our recipe, PyTorch by the authors'. */

import { standalone } from '#host/drawing/drawing';
import { type Curve, chartFigure } from '#host/drawing/line-chart';
import { type Contender, programContender } from '../contender.js';
import type { Measurement } from '../measurement.js';
import { epochsUntil, type RecordedRun, readRecorded, TARGET_ERROR } from '../recorded.js';
import { type Spread, spreadOf } from '../statistics.js';
import { brief, briefSpread, percent, type ResultTable } from '../tables.js';
import { TRAINING_IMAGES } from '../task.js';
import { type LearnedPreset, learnedPresets } from './learned-presets.js';
import type { Bench, Suite } from './suite.js';

/** Wall seconds of PyTorch's measurements, before ours and after. */
const TORCH_SECONDS = { full: 10, quick: 2 } as const;

interface TorchTime {
  /** Epochs needed, or those recorded where they were not enough. */
  readonly epochs: number;
  readonly enough: boolean;
  readonly samplesPerCpuSecond: readonly number[];
  readonly cpuSeconds: Spread;
}

interface LearningResult {
  readonly network: string;
  readonly preset: string;
  readonly ours: Measurement;
  readonly recorded: RecordedRun | undefined;
  readonly torch: TorchTime | undefined;
  /** PyTorch's CPU seconds over ours; a lower bound where the recorded epochs were not enough. */
  readonly ratio: Spread | undefined;
}

export const learning: Suite = {
  name: 'learning',
  description: `CPU seconds to ${TARGET_ERROR * 100} % training error, beside PyTorch by the authors’ recipe`,
  async run(bench) {
    const chosen = learnedPresets.filter(({ quick }) => quick || !bench.quick);
    const results: LearningResult[] = [];
    for (const entry of chosen) results.push(await measureLearning(entry, bench));
    for (const result of results) bench.save(`learning-${result.network}.svg`, chartOf(result));
    return { tables: [tableOf(results)], data: { target: TARGET_ERROR, results } };
  },
};

async function measureLearning(entry: LearnedPreset, bench: Bench): Promise<LearningResult> {
  const { network, preset } = entry;
  const say = (text: string) => bench.say(`learning, ${network}: ${text}`);
  const recorded = readRecorded().find((run) => run.network === network);
  const torch = recorded && (await bench.peers.torch());
  const speeds: number[] = [];
  const timeTorch = async () => {
    if (!torch || !recorded) return;
    say('PyTorch’s speed');
    speeds.push(await speedOfTorch(torch, entry, recorded, bench.quick));
  };
  await timeTorch();
  say(`training by '${preset}' until ${percent(TARGET_ERROR)}`);
  const ours = await programContender('ours', 'ours/learn.js', ['--until', String(TARGET_ERROR)]).measure({
    preset,
    // The peers see the same images, in the files' order.
    overrides: { ...entry.overrides, network, training: `0..${TRAINING_IMAGES}`, shuffle: false },
    check: 0,
    warmUp: 0,
    seconds: 0,
  });
  await timeTorch();
  const time = recorded && speeds.length > 0 ? torchTime(recorded, speeds) : undefined;
  const own = ours.reached?.cpuSeconds;
  return {
    network,
    preset,
    ours,
    recorded,
    torch: time,
    ratio: time && own !== undefined ? scale(time.cpuSeconds, 1 / own) : undefined,
  };
}

async function speedOfTorch(
  torch: Contender,
  { paperPreset }: LearnedPreset,
  { iterations }: RecordedRun,
  quick: boolean,
): Promise<number> {
  const measurement = await torch.measure({
    preset: paperPreset,
    overrides: { 'free-iterations': iterations.free, 'nudged-iterations': iterations.nudged },
    check: 0,
    warmUp: 0,
    seconds: quick ? TORCH_SECONDS.quick : TORCH_SECONDS.full,
  });
  return measurement.samplesPerCpuSecond;
}

function torchTime({ epochs, reached }: RecordedRun, samplesPerCpuSecond: readonly number[]): TorchTime {
  const needed = reached ?? epochsUntil(TARGET_ERROR, epochs);
  const count = needed ?? epochs.length;
  return {
    epochs: count,
    enough: needed !== null,
    samplesPerCpuSecond,
    cpuSeconds: spreadOf(samplesPerCpuSecond.map((speed) => (count * TRAINING_IMAGES) / speed)),
  };
}

function scale({ median, least, most }: Spread, factor: number): Spread {
  return { median: median * factor, least: least * factor, most: most * factor };
}

function tableOf(results: readonly LearningResult[]): ResultTable {
  const atLeast = (torch: TorchTime | undefined) => (torch?.enough === false ? '≥ ' : '');
  return {
    title: `CPU seconds to ${percent(TARGET_ERROR)} training error over the last ${TRAINING_IMAGES} images seen`,
    head: [
      'network',
      'our preset',
      'ours, epochs',
      'ours, CPU s',
      'torch, epochs',
      'torch, CPU s',
      'torch / ours',
    ],
    rows: results.map(({ network, preset, ours, recorded, torch, ratio }) => [
      network,
      preset,
      ours.reached ? brief(ours.reached.samples / TRAINING_IMAGES) : 'not reached',
      ours.reached ? brief(ours.reached.cpuSeconds) : `> ${brief(ours.cpuSeconds)}`,
      torch ? `${atLeast(torch)}${brief(torch.epochs)}` : recorded ? 'absent' : 'not recorded',
      torch ? `${atLeast(torch)}${briefSpread(torch.cpuSeconds)}` : '',
      ratio ? `${atLeast(torch)}${briefSpread(ratio)}` : '',
    ]),
    notes: [
      'torch: epochs of a recorded run (bench/host/recorded/torch.json) by the authors’ recipe, at its speed measured now',
      ...results.flatMap(({ network, recorded }) => {
        const last = recorded?.reached === null ? recorded.epochs.at(-1) : undefined;
        if (!last) return [];
        const stood = `${percent(last.trainingError)} after ${last.epoch} epochs`;
        return [`${network}: the recorded run stood at ${stood}: ≥ is a lower bound`];
      }),
    ],
  };
}

function chartOf({ network, preset, ours, recorded, torch }: LearningResult): string {
  const positive = (points: [number, number][]) => points.filter(([, error]) => error > 0);
  const curves: Curve[] = [
    {
      label: `ours, ${preset}`,
      colour: 'blue',
      marked: true,
      points: positive((ours.curve ?? []).map((point) => [point.cpuSeconds, point.trainingError * 100])),
    },
  ];
  if (torch && recorded) {
    const epochSeconds = torch.cpuSeconds.median / torch.epochs;
    const points = recorded.epochs.map(({ epoch, trainingError }): [number, number] => [
      epoch * epochSeconds,
      trainingError * 100,
    ]);
    const label = 'PyTorch, the authors’ recipe';
    curves.push({ label, colour: 'orange', marked: true, points: positive(points) });
  }
  const title = `${network}: training error while it learns`;
  const [xLabel, yLabel] = ['CPU seconds', 'training error, %'];
  return standalone(chartFigure(title, [{ title, xLabel, yLabel, xScale: 'log', yScale: 'log', curves }]));
}
