/** The processes of Theorems 3 and 4 along the same time, in Euler's steps from the free fixed point. */
import {
  type Batch,
  type Contrast,
  contrast,
  Drives,
  type ReferenceNetwork,
  Relaxation,
  transposed,
} from '../../reference/index.js';

/** At one time, of a batch: n · units each. */
export interface Moment {
  readonly time: number;
  /** S̄, the process of error derivatives: begins as ∂C/∂s, follows dS̄/dt = (∂F/∂s)ᵀ S̄. */
  readonly derivatives: Float64Array;
  /** S̃ = −(1/β) ds/dt along the nudged phase. */
  readonly activities: Float64Array;
  /** Both, integrated from 0 to this time: Θ̄ and Θ̃ follow from them. */
  readonly derivativesSum: Float64Array;
  readonly activitiesSum: Float64Array;
}

export interface Clock {
  /** Length of a step of time. */
  readonly epsilon: number;
  readonly steps: number;
  /** Steps from one moment to the next; the first is at time 0. */
  readonly every: number;
}

/** @param free a fixed point of each image: units at a bound stay there, and are taken as no part of F */
export function twoProcesses(
  network: ReferenceNetwork,
  { images, labels }: Batch,
  free: Float64Array,
  beta: number,
  { epsilon, steps, every }: Clock,
): readonly Moment[] {
  const { units } = network;
  const { inputs, outputs } = network.graph;
  const moments = Array.from(
    { length: Math.floor(steps / every) + 1 },
    (_, n): Moment => ({
      time: n * every * epsilon,
      derivatives: new Float64Array(free.length),
      activities: new Float64Array(free.length),
      derivativesSum: new Float64Array(free.length),
      activitiesSum: new Float64Array(free.length),
    }),
  );
  // Without an image they are what the units send each other.
  const drives = new Drives(transposed(network));
  const received = new Float64Array(units);
  labels.forEach((label, n) => {
    const at = n * units;
    const start = free.subarray(at, at + units);
    const phase = new Relaxation(network, { relaxation: 'euler', epsilon });
    phase.clamp(images, n * inputs);
    phase.states.set(start);
    const sum = new Float64Array(units);
    let errors = start.map((state, u) => {
      if (u < units - outputs || !isFree(state)) return 0;
      return state - (u - (units - outputs) === label ? 1 : 0);
    });
    for (let step = 0; step <= steps; step++) {
      const before = phase.states.slice();
      phase.settle(beta, label, 1);
      const moment = step % every === 0 ? moments[step / every] : undefined;
      moment?.derivatives.set(errors, at);
      moment?.derivativesSum.set(sum, at);
      moment?.activities.set(
        phase.states.map((state, u) => (before[u] - state) / (beta * epsilon)),
        at,
      );
      moment?.activitiesSum.set(
        before.map((state, u) => (start[u] - state) / beta),
        at,
      );
      drives.collect(errors, received);
      for (let u = 0; u < units; u++) sum[u] += epsilon * errors[u];
      errors = errors.map((error, u) => (isFree(start[u]) ? error + epsilon * (received[u] - error) : 0));
    }
  });
  return moments;
}

/** Θ of an integrated process: what the sender's free rate makes of it, by connection. */
export function parametersOf(
  network: ReferenceNetwork,
  batch: Batch,
  free: Float64Array,
  sum: Float64Array,
): Contrast {
  const plus = free.map((state, u) => state + sum[u]);
  return contrast(network, batch, { free, plus, minus: free });
}

function isFree(state: number): boolean {
  return state > 0 && state < 1;
}
