import { learnAlong } from './centre-learning.js';
import type { Settled } from './connections/form.js';
import { formsOf } from './connections/form-of.js';
import type { Batch, Relaxed } from './minibatch.js';
import type { ReferenceNetwork } from './network.js';

/** Contrasts summed over a batch. */
export interface Contrast {
  /**
   * Contrasts of each connection's matrix, Σ ρᵢ⁺ρⱼ⁺ − ρᵢ⁻ρⱼ⁻ over the pairs that share a parameter; by the presynaptic rule
   * Σ ρᵢ⁰ (ρⱼ⁺ − ρⱼ⁻), i being of the layer that sends (Scellier et al. 2018).
   */
  readonly weights: readonly Float64Array[];
  /** Contrasts of each free layer's biases, Σ s⁺ − s⁻ over the units that share one. */
  readonly biases: readonly Float64Array[];
}

/** Factors of an update. */
export interface LearningRates {
  /** One a connection: α / (βB), or α / (2βB) for centered nudging. */
  readonly gains: readonly number[];
  /** One a connection: the fraction of each weight to take away; by L1 that of a weight of size 1, as far as 0. */
  readonly decays: readonly number[];
  /** The penalty's form: ½ Σ W², if absent, or Σ |W|. */
  readonly penalty?: 'L2' | 'L1';
  /** As `gains`, one a free layer: of its biases, which do not decay. */
  readonly biasGains: readonly number[];
}

/** States that are compared; the free ones for the presynaptic rule alone. */
export type Sides = Pick<Relaxed, 'plus' | 'minus'> & Partial<Pick<Relaxed, 'free' | 'traced'>>;

/** The contrast of a relaxed batch. */
export function contrast(network: ReferenceNetwork, batch: Batch, relaxed: Sides): Contrast {
  const weights = network.weights.map((matrix) => new Float64Array(matrix.length));
  formsOf(network).forEach((form, k) => {
    const traced = tracedOf(network, k, relaxed);
    if (traced) weights[k].set(traced);
    else
      form.contrast(settledOf(network, k, batch, relaxed), (row, sums) =>
        weights[k].set(sums, row * sums.length),
      );
  });
  return { weights, biases: network.biases.map((_, k) => biasContrast(network, relaxed, k + 1)) };
}

/**
 * Learns in place from a relaxed batch: takes each weight's decay away, then adds gain · contrast to weights and
 * biases (Scellier and Bengio 2016, Eq. 50; decay is their penalty, section 2.2). The contrast's matrices are never
 * held whole. Fixed connections stay as they are.
 */
export function learn(
  network: ReferenceNetwork,
  batch: Batch,
  relaxed: Relaxed,
  { gains, decays, penalty, biasGains }: LearningRates,
): void {
  const { weights, biases, graph } = network;
  formsOf(network).forEach((form, k) => {
    if (graph.connections[k].fixed) return;
    if (penalty === 'L1') shrink(weights[k], decays[k]);
    else scale(weights[k], 1 - decays[k]);
    const traced = tracedOf(network, k, relaxed);
    if (traced) addScaled(weights[k], 0, traced, gains[k]);
    else
      form.contrast(settledOf(network, k, batch, relaxed), (row, sums) =>
        addScaled(weights[k], row * sums.length, sums, gains[k]),
      );
  });
  biases.forEach((vector, k) => {
    addScaled(vector, 0, biasContrast(network, relaxed, k + 1), biasGains[k]);
  });
  learnAlong(network, batch, relaxed, gains[0]);
}

/** Sums of a connection that learns step by step; undefined of others. */
function tracedOf({ graph }: ReferenceNetwork, k: number, { traced }: Sides): Float64Array | undefined {
  const { pre, rule } = graph.connections[k];
  if (rule !== 'rates' || pre === 0) return undefined;
  if (!traced?.[k]) throw new RangeError('a rule of rates needs what was traced along the nudged phases');
  return traced[k];
}

/** The states whose contrast a connection learns by. By the presynaptic rule the layer that sends stays as it was free. */
function settledOf(
  { graph: { layers, connections, units, inputs } }: ReferenceNetwork,
  k: number,
  { images }: Batch,
  { free, plus, minus }: Sides,
): Settled {
  const { pre, post, ways, rule } = connections[k];
  const of = { units, images, inputs };
  if (rule === 'contrast' || pre === 0) return { ...of, plus, minus };
  if (!free) throw new RangeError('the presynaptic rule needs the free states');
  const { firstUnit, units: size } = layers[ways === 'back' ? post : pre];
  const [kept, keptToo] = [plus.slice(), minus.slice()];
  for (let at = firstUnit; at < free.length; at += units)
    for (const side of [kept, keptToo]) side.set(free.subarray(at, at + size), at);
  return { ...of, plus: kept, minus: keptToo };
}

function biasContrast({ graph }: ReferenceNetwork, { plus, minus }: Sides, layer: number): Float64Array {
  const { firstUnit, units, biases } = graph.layers[layer];
  const sum = new Float64Array(biases);
  for (let at = firstUnit; at < plus.length; at += graph.units)
    for (let j = 0; j < units; j++) sum[j % biases] += plus[at + j] - minus[at + j];
  return sum;
}

function addScaled(target: Float64Array, at: number, terms: Float64Array, gain: number): void {
  for (let i = 0; i < terms.length; i++) target[at + i] += gain * terms[i];
}

function scale(target: Float64Array, factor: number): void {
  if (factor === 1) return;
  for (let i = 0; i < target.length; i++) target[i] *= factor;
}

/** Takes as much of every one, down to 0 (the proximal step of Σ |W|). */
function shrink(target: Float64Array, amount: number): void {
  if (amount === 0) return;
  for (let i = 0; i < target.length; i++)
    target[i] = Math.sign(target[i]) * Math.max(Math.abs(target[i]) - amount, 0);
}
