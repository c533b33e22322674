/** Learning along the nudged phase: presynaptic rate times the rate of change of the postsynaptic state (Eq. 3.18), summed. */
import type { RealRates } from '../../model/index.js';
import {
  type Batch,
  type Contrast,
  contrast,
  type Dynamics,
  firstGreatest,
  type ReferenceNetwork,
  Relaxation,
  type Relaxed,
} from '../../reference/index.js';

/** ε of Euler's steps along the path. */
export const PATH_STEP = 0.5;

/** Steps enough for so many hidden layers to settle, nearly, with β = 1. */
export function eulerDynamics(hidden: number): Omit<Dynamics, 'relaxation'> {
  return { epsilon: PATH_STEP, nudge: 1, freeIterations: 20 * hidden, nudgedIterations: 8 * hidden };
}

export const pathRules = ['forward', 'both', 'end-points', 'contrast'] as const;
/**
 * `forward`: Σₜ ρ(sᵢ(t)) (sⱼ(t+1) − sⱼ(t)) with i below j, the presynaptic rate taken before the step. `both`: that and
 * Σₜ (sᵢ(t+1) − sᵢ(t)) ρ(sⱼ(t)), as both directions of a tied connection would. `end-points`: ρ(sᵢ⁰)(sⱼ^β − sⱼ⁰).
 * `contrast`: sᵢ^β sⱼ^β − sᵢ⁰ sⱼ⁰.
 */
export type PathRule = (typeof pathRules)[number];

/** A batch that has been relaxed step by step; sums over it, a matrix a connection. */
export interface Path {
  readonly relaxed: Relaxed;
  /** Σₜ ρ(pre) Δpost; empty of the input's connections, whose constant rate makes every rule one. */
  readonly forward: readonly Float64Array[];
  /** Σₜ Δpre ρ(post), laid out as `forward`. */
  readonly backward: readonly Float64Array[];
}

/** Free phase from zero, then the nudged one step by step, β > 0; the dynamics are Euler's. */
export function followPath(
  network: ReferenceNetwork,
  dynamics: Omit<Dynamics, 'relaxation'>,
  batch: Batch,
): Path {
  const { graph } = network;
  const { units, inputs, outputs, connections } = graph;
  const count = batch.labels.length;
  const free = new Float64Array(count * units);
  const plus = new Float64Array(count * units);
  const predictions = new Uint8Array(count);
  const empty = () => connections.map(({ pre, weights }) => new Float64Array(pre === 0 ? 0 : weights));
  const sums = { forward: empty(), backward: empty() };
  const phase = new Relaxation(network, { relaxation: 'euler', epsilon: dynamics.epsilon });
  const before = new Float64Array(units);
  for (let n = 0; n < count; n++) {
    phase.clamp(batch.images, n * inputs);
    phase.states.fill(0);
    phase.settle(0, 0, dynamics.freeIterations);
    free.set(phase.states, n * units);
    predictions[n] = firstGreatest(phase.states, units - outputs);
    for (let step = 0; step < dynamics.nudgedIterations; step++) {
      before.set(phase.states);
      phase.settle(dynamics.nudge, batch.labels[n], 1);
      if (!addStep(graph, before, phase.states, sums)) break;
    }
    plus.set(phase.states, n * units);
  }
  const iterations = new Uint32Array(count);
  const relaxed = {
    predictions,
    free,
    plus,
    minus: free,
    cost: 0,
    freeIterations: iterations,
    nudgedIterations: iterations,
  };
  return { relaxed, ...sums };
}

/** The changes that a rule asks for, in units of the learning rate over βB: of every connection's matrix and every layer's biases. */
export function changesBy(rule: PathRule, network: ReferenceNetwork, batch: Batch, path: Path): Contrast {
  const ends = contrast(network, batch, path.relaxed);
  const weights = ends.weights.map((matrix, k) => {
    if (network.graph.connections[k].pre === 0 || rule === 'contrast') return matrix;
    if (rule === 'end-points') return endPoints(network, k, path.relaxed);
    const { forward, backward } = path;
    return rule === 'forward' ? forward[k] : forward[k].map((sum, at) => sum + backward[k][at]);
  });
  return { weights, biases: ends.biases };
}

/** Adds gain · contrast to weights and biases, in place. */
export function addContrast(
  network: ReferenceNetwork,
  { weights, biases }: Contrast,
  rates: RealRates,
): void {
  const add = (target: Float64Array, changes: Float64Array, gain: number) => {
    for (let n = 0; n < changes.length; n++) target[n] += gain * changes[n];
  };
  weights.forEach((changes, k) => {
    add(network.weights[k], changes, rates.gains[k]);
  });
  biases.forEach((changes, k) => {
    add(network.biases[k], changes, rates.biasGains[k]);
  });
}

interface Sums {
  readonly forward: readonly Float64Array[];
  readonly backward: readonly Float64Array[];
}

/** Adds one step's products; false if no state has changed. */
function addStep(
  { layers, connections, units }: ReferenceNetwork['graph'],
  before: Float64Array,
  after: Float64Array,
  { forward, backward }: Sums,
): boolean {
  const change = new Float64Array(units);
  let changed = false;
  for (let u = 0; u < units; u++) {
    change[u] = after[u] - before[u];
    if (change[u] !== 0) changed = true;
  }
  if (!changed) return false;
  connections.forEach(({ pre, post }, k) => {
    if (pre === 0) return;
    addOuter(forward[k], before, layers[pre], change, layers[post]);
    addOuter(backward[k], change, layers[pre], before, layers[post]);
  });
  return true;
}

type Part = ReferenceNetwork['graph']['layers'][number];

function addOuter(
  target: Float64Array,
  left: Float64Array,
  pre: Part,
  right: Float64Array,
  post: Part,
): void {
  for (let i = 0; i < pre.units; i++) {
    const factor = left[pre.firstUnit + i];
    if (factor === 0) continue;
    const row = i * post.units;
    for (let j = 0; j < post.units; j++) target[row + j] += factor * right[post.firstUnit + j];
  }
}

function endPoints({ graph }: ReferenceNetwork, k: number, { free, plus }: Relaxed): Float64Array {
  const { layers, connections, units } = graph;
  const { pre, post, weights } = connections[k];
  const sums = new Float64Array(weights);
  for (let at = 0; at < free.length; at += units) {
    const start = free.subarray(at, at + units);
    const change = plus.subarray(at, at + units).map((state, u) => state - start[u]);
    addOuter(sums, start, layers[pre], change, layers[post]);
  }
  return sums;
}
