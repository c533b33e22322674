import { UserError } from '../errors.js';
import { ActiveRates } from './active.js';
import type { ReferenceNetwork } from './network.js';
import type { Quantisers } from './quantisers.js';

/** How a network relaxes. The nudge is β ≥ 0 of the convention C = ½‖y − t‖². */
export interface Dynamics {
  /**
   * `euler`: all units at once, s ← clip(s + ε·(drive − s + β(t − s))) (Scellier and Bengio 2016, Eq. 54).
   * `exact`: odd layers, then even ones, each to the energy's minimum, s ← clip(drive) and for the output
   * clip((drive + βt) / (1 + β)).
   */
  readonly relaxation: 'euler' | 'exact';
  /** Step ε of `euler`. */
  readonly epsilon: number;
  readonly nudge: number;
  readonly freeIterations: number;
  readonly nudgedIterations: number;
}

/**
 * The states of one network for one image at a time, and their relaxation. Hard sigmoid: states stay
 * in [0, 1], where a unit's rate is its state. The network must not change while this is in use.
 */
export class Relaxation {
  /** States of layers 1, 2, …, each in [0, 1]; may be set between phases. */
  readonly states: Float64Array;

  private readonly drives: Float64Array;
  /** Bias plus input of layer 1: constant while an image is clamped. */
  private readonly inputDrive: Float64Array;
  private readonly pixels: ActiveRates;
  /** Per free layer k, the rates of layer k + 1. */
  private readonly active: readonly ActiveRates[];
  /** Wᵀ of every connection between free layers, row-major [post][pre]. */
  private readonly transposed: readonly Float64Array[];

  constructor(
    private readonly network: ReferenceNetwork,
    private readonly relaxation: Dynamics['relaxation'],
    private readonly epsilon: number,
    private readonly round: NonNullable<Quantisers['states']> = exactly,
  ) {
    const { layers, units, weights } = network;
    this.states = new Float64Array(units);
    this.drives = new Float64Array(units);
    this.inputDrive = new Float64Array(layers[1]);
    this.pixels = new ActiveRates(layers[0]);
    this.active = layers.slice(1).map((width) => new ActiveRates(width));
    this.transposed = weights.slice(1).map((matrix, k) => transpose(matrix, layers[k + 1], layers[k + 2]));
  }

  /** Clamps the input layer to the image that begins at `images[at]`, `scale` times as strong; leaves the states as they are. */
  clamp(images: Uint8Array, at: number, scale = 1): void {
    const { layers, weights, biases } = this.network;
    this.pixels.collectPixels(images, at, 1, scale);
    this.inputDrive.set(biases[0]);
    this.pixels.addRows(weights[0], layers[1], this.inputDrive, 0);
  }

  /**
   * One phase from the present states: free with nudge 0, else with the output pulled towards the
   * one-hot `label`. `nudge` is β, signed, ½ convention. Ends after the iteration that changes no state.
   * @returns iterations run, that last one included
   * @throws UserError if `exact` has no minimum because 1 + β ≤ 0
   */
  settle(nudge: number, label: number, iterations: number): number {
    if (this.relaxation === 'exact' && !(1 + nudge > 0)) {
      throw new UserError(
        `exact relaxation has no minimum with a nudge of ${nudge}: 1 + β must be above 0`,
        'Use a β below 1 with negative or centered nudging, or euler relaxation.',
      );
    }
    this.collectRates(0, 1);
    for (let iteration = 1; iteration <= iterations; iteration++) {
      const changed =
        this.relaxation === 'euler' ? this.stepEuler(nudge, label) : this.sweepExact(nudge, label);
      if (!changed) return iteration;
    }
    return iterations;
  }

  private stepEuler(nudge: number, label: number): boolean {
    const states = this.states;
    const drives = this.drives;
    const epsilon = this.epsilon;
    const round = this.round;
    const { layers, offsets, units } = this.network;
    const output = offsets[offsets.length - 1];
    for (let k = 0; k + 1 < layers.length; k++) this.computeDrive(k);
    for (let u = output; u < units; u++) drives[u] += nudge * ((u - output === label ? 1 : 0) - states[u]);
    let changed = false;
    for (let u = 0; u < units; u++) {
      const state = states[u];
      const next = round(clip(state + epsilon * (drives[u] - state)));
      if (next !== state) changed = true;
      states[u] = next;
    }
    this.collectRates(0, 1);
    return changed;
  }

  private sweepExact(nudge: number, label: number): boolean {
    let changed = false;
    // Free layer k is layer k + 1: even k are the odd layers. Layers of one parity are not connected.
    for (let parity = 0; parity < 2; parity++) {
      for (let k = parity; k < this.active.length; k += 2) {
        this.computeDrive(k);
        if (this.minimiseLayer(k, nudge, label)) changed = true;
      }
      this.collectRates(parity, 2);
    }
    return changed;
  }

  private minimiseLayer(k: number, nudge: number, label: number): boolean {
    const states = this.states;
    const drives = this.drives;
    const { layers, offsets } = this.network;
    const begin = offsets[k];
    const end = begin + layers[k + 1];
    if (k === this.active.length - 1) {
      drives[begin + label] += nudge;
      for (let u = begin; u < end; u++) drives[u] /= 1 + nudge;
    }
    const round = this.round;
    let changed = false;
    for (let u = begin; u < end; u++) {
      const next = round(clip(drives[u]));
      if (next !== states[u]) changed = true;
      states[u] = next;
    }
    return changed;
  }

  /** Drive of free layer k: bias, rates of the layer before through W, of the layer after through Wᵀ. */
  private computeDrive(k: number): void {
    const network = this.network;
    const drives = this.drives;
    const active = this.active;
    const transposed = this.transposed;
    const begin = network.offsets[k];
    const width = network.layers[k + 1];
    drives.set(k === 0 ? this.inputDrive : network.biases[k], begin);
    if (k > 0) active[k - 1].addRows(network.weights[k], width, drives, begin);
    if (k + 1 < active.length) active[k + 1].addRows(transposed[k], width, drives, begin);
  }

  /** Takes the rates of every `step`-th free layer from the states. */
  private collectRates(first: number, step: number): void {
    for (let k = first; k < this.active.length; k += step) {
      this.active[k].collectStates(this.states, this.network.offsets[k]);
    }
  }
}

function transpose(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(matrix.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j];
  }
  return result;
}

function exactly(state: number): number {
  return state;
}

function clip(state: number): number {
  if (state <= 0) return 0;
  if (state >= 1) return 1;
  return state;
}
