import { ActiveRates } from './active.js';
import type { Batch, Relaxed } from './minibatch.js';
import type { ReferenceNetwork } from './network.js';

/** Contrasts summed over a batch. */
export interface Contrast {
  /** Per connection, Σ ρᵢ⁺ρⱼ⁺ − ρᵢ⁻ρⱼ⁻, row-major [pre][post]. */
  readonly weights: readonly Float64Array[];
  /** Per connection k, Σ s⁺ − s⁻ of layer k + 1. */
  readonly biases: readonly Float64Array[];
}

type Row = (k: number, pre: number, sum: Float64Array) => void;

/** The contrast of a relaxed batch. */
export function contrast(network: ReferenceNetwork, batch: Batch, relaxed: Relaxed): Contrast {
  const weights = network.weights.map((matrix) => new Float64Array(matrix.length));
  forEachRow(network, batch, relaxed, (k, pre, sum) => weights[k].set(sum, pre * sum.length));
  return { weights, biases: network.biases.map((_, k) => biasContrast(network, relaxed, k)) };
}

/**
 * Learns in place from a relaxed batch: takes each weight's decay away, then adds gain · contrast to weights and
 * biases (Scellier and Bengio 2016, Eq. 50; decay is their penalty, section 2.2). The contrast's matrices are never
 * held whole.
 * @param gains per connection k: α_k / (βB), or α_k / (2βB) for centered nudging; also the gain of the
 *   biases of layer k + 1
 * @param decays per connection, the fraction of each weight to take away; biases do not decay
 */
export function learn(
  network: ReferenceNetwork,
  batch: Batch,
  relaxed: Relaxed,
  gains: readonly number[],
  decays: readonly number[],
): void {
  const { weights, biases } = network;
  for (let k = 0; k < weights.length; k++) scale(weights[k], 1 - decays[k]);
  forEachRow(network, batch, relaxed, (k, pre, sum) =>
    addScaled(weights[k], pre * sum.length, sum, gains[k]),
  );
  for (let k = 0; k < biases.length; k++) {
    addScaled(biases[k], 0, biasContrast(network, relaxed, k), gains[k]);
  }
}

/** Calls `row` with the contrast of every row that is not zero throughout; `sum` is used again. */
function forEachRow(network: ReferenceNetwork, batch: Batch, relaxed: Relaxed, row: Row): void {
  forEachInputRow(network, batch, relaxed, row);
  for (let k = 1; k < network.weights.length; k++) forEachHiddenRow(network, relaxed, k, row);
}

/** The input's rates are the same in both phases, so its contrast is Σ x (s⁺ − s⁻) over the lit pixels x, whatever their strength. */
function forEachInputRow(
  { layers, units, sees }: ReferenceNetwork,
  { images, labels }: Batch,
  { plus, minus }: Relaxed,
  row: Row,
): void {
  const [pixels, width] = layers;
  const shifts = new Float64Array(labels.length * width);
  for (let n = 0; n < labels.length; n++) {
    for (let j = 0; j < width; j++) shifts[n * width + j] = plus[n * units + j] - minus[n * units + j];
  }
  const lit = new ActiveRates(labels.length);
  const sum = new Float64Array(width);
  for (let i = 0; i < pixels; i++) {
    lit.collectPixels(images, i, pixels);
    if (!lit.any) continue;
    sum.fill(0);
    lit.addRows(shifts, width, sum, 0);
    if (sees) for (let j = 0; j < width; j++) sum[j] *= sees[i * width + j];
    row(0, i, sum);
  }
}

function forEachHiddenRow(network: ReferenceNetwork, { plus, minus }: Relaxed, k: number, row: Row): void {
  const { layers, offsets, units } = network;
  const width = layers[k + 1];
  const sum = new Float64Array(width);
  for (let i = 0; i < layers[k]; i++) {
    let active = false;
    for (let at = 0; at < plus.length; at += units) {
      const ratePlus = plus[at + offsets[k - 1] + i];
      const rateMinus = minus[at + offsets[k - 1] + i];
      if (ratePlus === 0 && rateMinus === 0) continue;
      if (!active) sum.fill(0);
      active = true;
      const post = at + offsets[k];
      for (let j = 0; j < width; j++) sum[j] += ratePlus * plus[post + j] - rateMinus * minus[post + j];
    }
    if (active) row(k, i, sum);
  }
}

function biasContrast(
  { layers, offsets, units }: ReferenceNetwork,
  { plus, minus }: Relaxed,
  k: number,
): Float64Array {
  const sum = new Float64Array(layers[k + 1]);
  for (let at = offsets[k]; at < plus.length; at += units) {
    for (let j = 0; j < sum.length; j++) sum[j] += plus[at + j] - minus[at + j];
  }
  return sum;
}

function addScaled(target: Float64Array, at: number, terms: Float64Array, gain: number): void {
  for (let i = 0; i < terms.length; i++) target[at + i] += gain * terms[i];
}

function scale(target: Float64Array, factor: number): void {
  if (factor === 1) return;
  for (let i = 0; i < target.length; i++) target[i] *= factor;
}
