/** Leaky integrators as the paper writes them (Eqs. 2.1, 2.8, 2.9): thresholds, states clipped or not, noise. */
import { Drives, type ReferenceNetwork } from '../../reference/index.js';
import { normalDraw } from '../draws.js';

/** ρ is 0 below `low`, 1 above low + 1, and s − low between. */
export interface Thresholds {
  readonly low: number;
  /**
   * True where states are kept within the thresholds, where ρ′ is taken as 1. Else they go where the energy's gradient leads:
   * what drives a unit is multiplied by ρ′, 1 within the closed interval and 0 outside.
   */
  readonly clipped: boolean;
}

/**
 * `integrator`: what a unit receives is computed from s + η, η of standard deviation `level` (Eqs. 2.1, 2.2). `langevin`:
 * √(2εT) ξ is added to each step, T being the level.
 */
export interface Noise {
  readonly form: 'integrator' | 'langevin';
  readonly level: number;
}

export const PLAIN: Thresholds = { low: 0, clipped: true };
export const SILENT: Noise = { form: 'langevin', level: 0 };

export interface Integration {
  readonly epsilon: number;
  readonly thresholds: Thresholds;
  readonly noise: Noise;
}

/** One network's states for one image at a time. The network must not change while this is in use. */
export class LeakyUnits {
  /** One a free unit; may be set. */
  readonly states: Float64Array;
  /** ρ(s). */
  readonly rates: Float64Array;
  readonly #drives: Drives;
  readonly #received: Float64Array;
  readonly #corrupted: Float64Array;

  constructor(
    private readonly network: ReferenceNetwork,
    private readonly integration: Integration,
  ) {
    const { units } = network;
    this.states = new Float64Array(units);
    this.rates = new Float64Array(units);
    this.#drives = new Drives(network);
    this.#received = new Float64Array(units);
    this.#corrupted = new Float64Array(units);
  }

  clamp(images: Uint8Array, at: number): void {
    this.#drives.clamp(images, at);
  }

  /**
   * One step of all units: s ← s + ε (R(s) − s + β(t − ρ) on the outputs).
   * @param key of this step's noise, which is drawn by unit: the same key, the same noise
   */
  step(beta: number, label: number, key: number): void {
    const { states, rates } = this;
    const [received, corrupted] = [this.#received, this.#corrupted];
    const { epsilon, thresholds, noise } = this.integration;
    const { low, clipped } = thresholds;
    const { units, outputs } = this.network.graph;
    const noisy = noise.level > 0;
    const integrates = noisy && noise.form === 'integrator';
    for (let u = 0; u < units; u++)
      corrupted[u] = integrates ? states[u] + noise.level * normalDraw(key, u) : states[u];
    for (let u = 0; u < units; u++) rates[u] = rateOf(corrupted[u], low);
    this.#drives.collect(rates, received);
    for (let u = units - outputs; u < units; u++)
      received[u] += beta * ((u - (units - outputs) === label ? 1 : 0) - rateOf(states[u], low));
    const strength = noisy && !integrates ? Math.sqrt(2 * epsilon * noise.level) : 0;
    for (let u = 0; u < units; u++) {
      const pressure = clipped || isWithin(corrupted[u], low) ? received[u] : 0;
      let next = states[u] + epsilon * (pressure - states[u]);
      if (strength > 0) next += strength * normalDraw(key, u);
      states[u] = clipped ? Math.min(Math.max(next, low), low + 1) : next;
    }
    for (let u = 0; u < units; u++) rates[u] = rateOf(states[u], low);
  }
}

export function rateOf(state: number, low: number): number {
  return Math.min(Math.max(state - low, 0), 1);
}

function isWithin(state: number, low: number): boolean {
  return state >= low && state <= low + 1;
}
