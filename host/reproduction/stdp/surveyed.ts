/** All events of a setting, brought together. */
import type { Curve } from '../../drawing/index.js';
import type { Conditions } from '../conditions.js';
import { type Outcome, outcomes } from './rules.js';
import { type Setting, simulate } from './simulation.js';
import { Bins, Correlation, correlationOf, Moments } from './statistics.js';

const BINS = 40;
/** Rates of change beyond this many of their standard deviations share a bin. */
const REACH = 3;
/** Bins with fewer events are not compared. */
const LEAST = 50;

export interface Delay {
  readonly delay: number;
  /** Means of the rate of change, at presynaptic spikes whose nearest neighbour is so far away. */
  readonly slope: Moments;
}

export interface Survey {
  /** Presynaptic spikes by outcome. */
  readonly counts: Readonly<Record<Outcome, number>>;
  /** From a window before to a window after, without 0. */
  readonly delays: readonly Delay[];
  /** x: the rate of change; y: the nearest-neighbour rule's change. Of all presynaptic spikes. */
  readonly bins: ReturnType<Bins['filled']>;
  /** Correlations of the two rules: of bins, of all presynaptic spikes, of those that changed the weight, of sums over a sequence. */
  readonly correlations: Readonly<Record<'bin' | 'event' | 'changed' | 'sequence', number | undefined>>;
}

export async function survey(setting: Setting, part: string, step: Conditions['step']): Promise<Survey> {
  const counts = Object.fromEntries(outcomes.map((name) => [name, 0])) as Record<Outcome, number>;
  const delays = new Map<number, Moments>();
  for (let delay = -setting.window; delay <= setting.window; delay++)
    if (delay !== 0) delays.set(delay, new Moments());
  const reach = REACH * spreadOf(setting);
  const bins = new Bins(-reach, reach, BINS);
  const [events, changed, sequences] = [new Correlation(), new Correlation(), new Correlation()];
  for (let sequence = 0; sequence < setting.sequences; sequence++) {
    if (sequence % 10 === 0) await step(part, sequence, setting.sequences);
    let [slopes, neighbours] = [0, 0];
    simulate(setting, sequence, ({ outcome, delay, slope, neighbour }) => {
      counts[outcome]++;
      delays.get(delay)?.add(slope);
      bins.add(slope, neighbour);
      events.add(slope, neighbour);
      if (outcome === 'changed') changed.add(slope, neighbour);
      slopes += slope;
      neighbours += neighbour;
    });
    sequences.add(slopes, neighbours);
  }
  const filled = bins.filled(LEAST);
  return {
    counts,
    delays: [...delays].map(([delay, slope]) => ({ delay, slope })),
    bins: filled,
    correlations: {
      bin: correlationOf(filled),
      event: events.value,
      changed: changed.value,
      sequence: sequences.value,
    },
  };
}

/** Standard deviation of the rate of change at presynaptic spikes of a few sequences. */
function spreadOf(setting: Setting): number {
  let [squares, count] = [0, 0];
  for (let sequence = 0; sequence < Math.min(setting.sequences, 50); sequence++)
    simulate({ ...setting, trains: Math.min(setting.trains, 5) }, sequence, ({ slope }) => {
      squares += slope * slope;
      count++;
    });
  return count === 0 || squares === 0 ? 1 : Math.sqrt(squares / count);
}

/** A setting that differs from the usual one in what its name says. */
export interface Variation {
  readonly name: string;
  readonly changes: Partial<Setting>;
  /** Its curve's, where Figure 4 shows it beside the usual one. */
  readonly colour?: Curve['colour'];
}

/** Choices that the text leaves open, one thing at a time, and two of them together. */
export const variations: readonly Variation[] = [
  { name: 'rates alike for 10 steps, spike probability up to .05', changes: {}, colour: 'blue' },
  { name: 'rates alike for 3 steps', changes: { time: 3 }, colour: 'orange' },
  { name: 'rates alike for 30 steps', changes: { time: 30 } },
  { name: 'spike probability up to .3', changes: { most: 0.3 }, colour: 'green' },
  { name: 'spike probability up to 1', changes: { most: 1 }, colour: 'purple' },
  { name: 'random walk', changes: { generator: 'walk' } },
  { name: 'random walk, probability up to .3', changes: { generator: 'walk', most: 0.3 }, colour: 'grey' },
  { name: 'sines', changes: { generator: 'sines' } },
  { name: 'window of 10 steps', changes: { window: 10 } },
  { name: 'forward difference', changes: { estimator: 'forward' } },
  { name: 'backward difference', changes: { estimator: 'backward' } },
];
