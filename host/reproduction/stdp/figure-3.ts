/** Figure 3: one pair of spike trains, the postsynaptic voltage, and the weight under both rules. */
import type { Curve } from '../../drawing/index.js';
import { decimals, several } from '../../ground/index.js';
import type { Experiment } from '../experiment.js';
import { nearestNeighbour, pairing, rateOfChange } from './rules.js';
import { pairOfVoltages, type Setting, settingOf, trainOf } from './simulation.js';

/** More spikes than in the other figures, so that one train of 160 steps has some on both sides of each. */
const MOST = 0.2;
/** Presynaptic spikes, and those with postsynaptic ones on one side, that an example must have. */
const LEAST_SPIKES = 12;
const LEAST_PAIRS = 5;

interface Change {
  readonly at: number;
  /** Weight change by the rate of change and by the nearest neighbour. */
  readonly rate: number;
  readonly neighbour: number;
}

export const figure3: Experiment = {
  paper: 'stdp',
  name: 'figure-3',
  title: 'One pair of spike trains and its weight',
  shows: 'spikes, the postsynaptic voltage and the weight, step by step (its Figure 3)',
  minutes: { quick: 1 },
  async run(form, { seed }) {
    const setting: Setting = { ...settingOf(form, seed), most: MOST };
    const { pair, pre, post, changes } = firstTelling(setting);
    const paired = pairedOf(changes);
    const agreeing = paired.filter(({ rate, neighbour }) => rate * neighbour > 0);
    return {
      statement:
        'An example of a presynaptic spike train, the postsynaptic voltage and the weight, which changes at presynaptic spikes by the voltage’s rate of change (Eq. 4.1).',
      verdict: `${several(changes.length, 'presynaptic spike')} in ${setting.length} steps; by the nearest neighbour the weight changes at ${paired.length} of them, and at ${agreeing.length} of these both rules agree about the direction. The two weights are drawn in units of their own: only their ratio is free.`,
      holds: changes.length > 0,
      panels: [
        {
          title: 'Spikes',
          xLabel: 'step',
          yLabel: 'presynaptic above, postsynaptic below',
          yRange: [-1.2, 1.2],
          curves: [stems('presynaptic', 'blue', pre, 1), stems('postsynaptic', 'orange', post, -1)],
        },
        {
          title: 'Postsynaptic voltage',
          xLabel: 'step',
          yLabel: 's',
          curves: [
            {
              label: 'voltage',
              colour: 'green',
              points: Array.from({ length: setting.length }, (_, t) => [t + 1, pair.post[t + 1]] as const),
            },
          ],
        },
        {
          title: 'Weight',
          xLabel: 'step',
          yLabel: 'weight, each in units of its greatest',
          curves: [
            weight('by the rate of change', 'purple', changes, setting.length, ({ rate }) => rate),
            {
              ...weight(
                'by the nearest neighbour',
                'grey',
                changes,
                setting.length,
                ({ neighbour }) => neighbour,
              ),
              stroke: 'dashed',
            },
          ],
        },
      ],
      tables: [
        {
          title: 'Every tenth step of the weights',
          head: ['step', 'voltage', 'by the rate of change', 'by the nearest neighbour'],
          rows: Array.from({ length: setting.length / 10 }, (_, n) => {
            const until = 10 * (n + 1);
            const before = changes.filter(({ at }) => at <= until);
            const sum = (of: (change: Change) => number) =>
              before.reduce((total, change) => total + of(change), 0);
            return [
              String(until),
              decimals(pair.post[until], 3),
              decimals(
                sum(({ rate }) => rate),
                4,
              ),
              decimals(
                sum(({ neighbour }) => neighbour),
                3,
              ),
            ];
          }),
        },
      ],
    };
  },
};

/** The first sequence that has enough of both, or the last. */
function firstTelling(setting: Setting) {
  for (let sequence = 0; ; sequence++) {
    const pair = pairOfVoltages(setting, sequence);
    const { pre, post } = trainOf(setting, pair, sequence, 0);
    const changes = changesOf(setting, pair.post, pre, post);
    const enough = changes.length >= LEAST_SPIKES && pairedOf(changes).length >= LEAST_PAIRS;
    if (enough || sequence + 1 === setting.sequences) return { pair, pre, post, changes };
  }
}

function pairedOf(changes: readonly Change[]): readonly Change[] {
  return changes.filter(({ neighbour }) => neighbour !== 0);
}

/** At every presynaptic spike; windows end where the sequence does. */
function changesOf(
  { length, window, estimator, decay }: Setting,
  voltage: Float64Array,
  pre: Uint8Array,
  post: Uint8Array,
): readonly Change[] {
  return Array.from({ length }, (_, t) => t + 1)
    .filter((at) => pre[at] === 1)
    .map((at) => ({
      at,
      rate: rateOfChange(voltage, at, estimator),
      neighbour: nearestNeighbour(pairing(post, at, window).delay, decay),
    }));
}

function stems(label: string, colour: Curve['colour'], spiking: Uint8Array, height: number): Curve {
  const points: (readonly [number, number | null])[] = [];
  spiking.forEach((spike, t) => {
    if (spike) points.push([t, 0], [t, height], [t, null]);
  });
  return { label, colour, points };
}

/** The weight from 0 on, a step at each change, in units of its greatest size. */
function weight(
  label: string,
  colour: Curve['colour'],
  changes: readonly Change[],
  length: number,
  of: (change: Change) => number,
): Curve {
  const points: (readonly [number, number])[] = [[1, 0]];
  let sum = 0;
  for (const change of changes) {
    points.push([change.at, sum]);
    sum += of(change);
    points.push([change.at, sum]);
  }
  points.push([length, sum]);
  const most = Math.max(...points.map(([, value]) => Math.abs(value))) || 1;
  return { label, colour, points: points.map(([t, value]) => [t, value / most] as const) };
}
