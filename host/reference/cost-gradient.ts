/** The gradient of the cost at the free state by other ways than equilibrium propagation. */
import type { GraphConnection } from '../model/index.js';
import { Drives } from './drives.js';
import type { Batch, Nudging, Relaxed } from './minibatch.js';
import { ReferenceNetwork } from './network.js';
import { type Contrast, contrast } from './plasticity.js';
import { Relaxation } from './relaxation.js';

/** ∂C/∂θ, shaped as a contrast: a matrix a connection, a vector of biases a free layer. */
export type CostGradient = Contrast;

/** The linear system's step: its matrix has eigenvalues in (0, 2) at a stable fixed point of a chain. */
const STEP = 0.5;
const TOLERANCE = 1e-14;
const MOST_STEPS = 100_000;

/**
 * By equilibrium propagation: −contrast / β, or −contrast / 2β for centered nudging (Scellier and Bengio 2016, Eqs. 10 and 36).
 * @param nudge β > 0 of the relaxed phases
 */
export function nudgedGradient(
  network: ReferenceNetwork,
  batch: Batch,
  relaxed: Relaxed,
  nudging: Nudging,
  nudge: number,
): CostGradient {
  return scaled(contrast(network, batch, relaxed), -1 / (nudging === 'centered' ? 2 * nudge : nudge));
}

/**
 * By recurrent backpropagation (Almeida 1987, Pineda 1987): errors relax as z ← z + ½ ((y − t) + Wᵀ z − z), units at a
 * bound being held at 0, and ∂C/∂w = zᵢ ρⱼ + zⱼ ρᵢ, of one way zᵢ ρⱼ. The free states must be a fixed point.
 * @param free n · units states of the batch
 */
export function recurrentGradient(network: ReferenceNetwork, batch: Batch, free: Float64Array): CostGradient {
  const { units } = network;
  // Without an image they are what the units send each other.
  const drives = new Drives(transposed(network));
  const received = new Float64Array(units);
  const errors = new Float64Array(free.length);
  batch.labels.forEach((label, n) => {
    const states = free.subarray(n * units, (n + 1) * units);
    const error = outputError(network, states, label);
    const z = errors.subarray(n * units, (n + 1) * units);
    for (let step = 0; step < MOST_STEPS; step++) {
      drives.collect(z, received);
      let change = 0;
      let size = 0;
      for (let u = 0; u < units; u++) {
        const next = isFree(states[u]) ? z[u] + STEP * (error[u] + received[u] - z[u]) : 0;
        change = Math.max(change, Math.abs(next - z[u]));
        size = Math.max(size, Math.abs(next));
        z[u] = next;
      }
      if (change <= TOLERANCE * size) break;
    }
  });
  return bilinear(network, batch, free, errors);
}

/**
 * By backpropagation through `iterations` Euler steps from a zero start: the gradient of the cost of the last state, of one
 * image.
 */
export function gradientThroughTime(
  network: ReferenceNetwork,
  epsilon: number,
  image: Uint8Array,
  label: number,
  iterations: number,
): CostGradient {
  const { units } = network;
  const relaxation = new Relaxation(network, { relaxation: 'euler', epsilon });
  relaxation.clamp(image, 0);
  // states[t · units …] are those after t steps.
  const states = new Float64Array((iterations + 1) * units);
  for (let t = 1; t <= iterations; t++) {
    relaxation.settle(0, label, 1);
    states.set(relaxation.states, t * units);
  }
  const at = (t: number) => states.subarray(t * units, (t + 1) * units);
  const drives = new Drives(transposed(network));
  const back = new Float64Array(units);
  const errors = new Float64Array(iterations * units);
  let error = outputError(network, at(iterations), label);
  for (let t = iterations; t > 0; t--) {
    const after = at(t);
    const passed = error.map((one, u) => (isFree(after[u]) ? one : 0));
    for (let u = 0; u < units; u++) errors[(t - 1) * units + u] = epsilon * passed[u];
    drives.collect(passed, back);
    error = passed.map((one, u) => (1 - epsilon) * one + epsilon * back[u]);
  }
  const images = new Uint8Array(iterations * image.length);
  for (let t = 0; t < iterations; t++) images.set(image, t * image.length);
  const labels = new Uint8Array(iterations).fill(label);
  return bilinear(network, { images, labels }, states.subarray(0, iterations * units), errors);
}

/** The network whose units send to those that they hear here: errors go against the ways that rates go. */
export function transposed({ graph, weights, biases }: ReferenceNetwork): ReferenceNetwork {
  const turned = { both: 'both', forth: 'back', back: 'forth' } as const;
  const connections = graph.connections.map(
    (one): GraphConnection => (one.pre === 0 ? one : { ...one, ways: turned[one.ways] }),
  );
  return new ReferenceNetwork({ ...graph, connections }, weights, biases);
}

/** Whatever its connections learn by: the cost depends on one way by the sender's rate alone. */
function byWays({ graph, weights, biases }: ReferenceNetwork): ReferenceNetwork {
  const connections = graph.connections.map(
    (one): GraphConnection => ({ ...one, rule: one.ways === 'both' ? 'contrast' : 'presynaptic' }),
  );
  return new ReferenceNetwork({ ...graph, connections }, weights, biases);
}

/** Where the hard sigmoid and the clip pass an error on. */
function isFree(state: number): boolean {
  return state > 0 && state < 1;
}

/** y − t at the outputs, 0 elsewhere. */
function outputError({ graph }: ReferenceNetwork, states: Float64Array, label: number): Float64Array {
  const output = graph.units - graph.outputs;
  return states.map((state, u) => (u < output ? 0 : state - (u - output === label ? 1 : 0)));
}

/** Σ zᵢ ρⱼ + zⱼ ρᵢ over the batch, of one way Σ zᵢ ρⱼ, and Σ z: half the contrast of ρ + z and ρ − z. */
function bilinear(
  network: ReferenceNetwork,
  batch: Batch,
  rates: Float64Array,
  errors: Float64Array,
): CostGradient {
  const plus = rates.map((rate, u) => rate + errors[u]);
  const minus = rates.map((rate, u) => rate - errors[u]);
  return scaled(contrast(byWays(network), batch, { free: rates, plus, minus }), 0.5);
}

function scaled({ weights, biases }: Contrast, factor: number): Contrast {
  const scale = (array: Float64Array) => array.map((value) => factor * value);
  return { weights: weights.map(scale), biases: biases.map(scale) };
}
