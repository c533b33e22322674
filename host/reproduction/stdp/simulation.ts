/** Pre- and postsynaptic neurons driven from outside, as section 4.2.1 draws them: every presynaptic spike, under both rules. */
import { randomKey } from '../../model/index.js';
import { ExperimentStream } from '../draws.js';
import type { Form } from '../experiment.js';
import { type Estimator, nearestNeighbour, type Outcome, pairing, rateOfChange } from './rules.js';
import { type Generator, spikes, voltages } from './sequences.js';

/** The text gives sequences, trains, length and window, and leaves the rest open. */
export interface Setting {
  readonly seed: number;
  /** Random sequences of voltages, the text's 500. */
  readonly sequences: number;
  /** Spike trains drawn from each, the text's 1,000. */
  readonly trains: number;
  /** Steps of a sequence, the text's 160. */
  readonly length: number;
  /** Steps before and after a presynaptic spike that are looked at, the text's 20. */
  readonly window: number;
  readonly generator: Generator;
  /** Steps over which a voltage is like itself. */
  readonly time: number;
  /** Probability of a spike in a step at rate 1. */
  readonly most: number;
  readonly estimator: Estimator;
  /** τ of the nearest-neighbour rule in steps. */
  readonly decay: number;
}

/** One presynaptic spike. */
export interface Event {
  readonly outcome: Outcome;
  /** Post minus pre; 0 unless the outcome is `changed`. */
  readonly delay: number;
  /** ds/dt of the postsynaptic voltage, which Eq. 4.1 changes the weight by. */
  readonly slope: number;
  /** The nearest-neighbour rule's change. */
  readonly neighbour: number;
}

export interface Train {
  readonly pre: Uint8Array;
  readonly post: Uint8Array;
}

/** The sequence's voltages, one step longer at both ends than the text's length: rates of change need them. */
export function pairOfVoltages(setting: Setting, sequence: number) {
  const { seed, generator, time, length } = setting;
  const of = (side: 0 | 1) =>
    voltages(generator, length + 2, time, randomKey(seed, ExperimentStream.voltages, 2 * sequence + side));
  return { pre: of(0), post: of(1) };
}

export function trainOf(
  { seed, trains, most }: Setting,
  pair: { readonly pre: Float64Array; readonly post: Float64Array },
  sequence: number,
  train: number,
): Train {
  const of = (voltage: Float64Array, side: 0 | 1) => {
    const key = randomKey(seed, ExperimentStream.spikes, 2 * (sequence * trains + train) + side);
    return spikes(voltage, most, key);
  };
  return { pre: of(pair.pre, 0), post: of(pair.post, 1) };
}

/** Calls back at each presynaptic spike of a sequence's trains whose whole window lies within it, in order. */
export function simulate(setting: Setting, sequence: number, visit: (event: Event) => void): void {
  const { trains, length, window, estimator, decay } = setting;
  const pair = pairOfVoltages(setting, sequence);
  for (let train = 0; train < trains; train++) {
    const { pre, post } = trainOf(setting, pair, sequence, train);
    for (let at = 1 + window; at <= length - window; at++) {
      if (!pre[at]) continue;
      const { outcome, delay } = pairing(post, at, window);
      const slope = rateOfChange(pair.post, at, estimator);
      visit({ outcome, delay, slope, neighbour: nearestNeighbour(delay, decay) });
    }
  }
}

/** The text's numbers, and for what it leaves open what is taken unless said. The quick form draws a twentieth of its trains. */
export function settingOf(form: Form, seed: number): Setting {
  return {
    seed,
    sequences: 500,
    trains: form === 'full' ? 1000 : 50,
    length: 160,
    window: 20,
    generator: 'smooth',
    time: 10,
    most: 0.05,
    estimator: 'central',
    decay: 10,
  };
}
