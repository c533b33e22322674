/**
 * Small networks of units all joined to each other, at a temperature: their Boltzmann distribution by quadrature, and by
 * Langevin dynamics. States are any real numbers, rates ρ(s) = clip(s, 0, 1); the last unit is the output, pulled by ½(s − t)².
 */
import type { Draws } from '../draws.js';

export interface SmallNetwork {
  /** One each pair i < j: (0, 1), (0, 2), … (1, 2), … */
  readonly weights: readonly number[];
  /** One a unit. */
  readonly biases: readonly number[];
  readonly target: number;
}

export interface Expectations {
  readonly cost: number;
  readonly costVariance: number;
  /** E[−∂F/∂θ]: ρᵢρⱼ of each pair, then ρᵢ of each unit. */
  readonly correlations: Float64Array;
}

/** Points of the quadrature along each axis. */
const POINTS = 64;
/** Standard deviations that it reaches beyond the rates' bounds. */
const REACH = 6;
/** The strongest nudge that it reaches far enough for. The points are the same for all: differences of nudges are exact. */
export const GREATEST_NUDGE = 0.5;

function rate(state: number): number {
  return Math.min(Math.max(state, 0), 1);
}

/** Expectations over p ∝ exp(−(E + βC) / T), |β| at most ½, by the midpoint rule on a box of as many dimensions as there are units. */
export function expectations(network: SmallNetwork, temperature: number, nudge: number): Expectations {
  const { weights, biases, target } = network;
  const units = biases.length;
  const axes = biases.map((_, u) => axisOf(temperature, u < units - 1 ? 0 : GREATEST_NUDGE, target));
  const rates = axes.map((axis) => axis.map(rate));
  const correlations = new Float64Array(weights.length + units);
  const products = new Float64Array(correlations.length);
  const place = new Int32Array(units);
  let total = 0;
  let costs = 0;
  let squares = 0;
  for (let index = 0; index < POINTS ** units; index++) {
    let rest = index;
    for (let u = 0; u < units; u++) {
      place[u] = rest % POINTS;
      rest = Math.floor(rest / POINTS);
    }
    let energy = 0;
    let at = 0;
    for (let i = 0; i < units; i++)
      for (let j = i + 1; j < units; j++) {
        products[at] = rates[i][place[i]] * rates[j][place[j]];
        energy -= weights[at] * products[at];
        at++;
      }
    for (let u = 0; u < units; u++) {
      products[at] = rates[u][place[u]];
      energy += axes[u][place[u]] ** 2 / 2 - biases[u] * products[at];
      at++;
    }
    const cost = (axes[units - 1][place[units - 1]] - target) ** 2 / 2;
    const weight = Math.exp(-(energy + nudge * cost) / temperature);
    total += weight;
    costs += weight * cost;
    squares += weight * cost * cost;
    for (let k = 0; k < products.length; k++) correlations[k] += weight * products[k];
  }
  const mean = costs / total;
  return {
    cost: mean,
    costVariance: squares / total - mean * mean,
    correlations: correlations.map((sum) => sum / total),
  };
}

/** Midpoints of equal parts of an axis: a nudge of −β alone has the mean −βt / (1 − β) and the variance T / (1 − β). */
function axisOf(temperature: number, strongest: number, target: number): Float64Array {
  const reach = REACH * Math.sqrt(temperature / (1 - strongest));
  const from = (-strongest * target) / (1 - strongest) - reach;
  const width = 1 + reach - from;
  return Float64Array.from({ length: POINTS }, (_, p) => from + ((p + 0.5) / POINTS) * width);
}

/** The network with one of its parameters, weights first, changed. */
export function changed({ weights, biases, target }: SmallNetwork, k: number, by: number): SmallNetwork {
  const all = [...weights, ...biases].map((value, n) => (n === k ? value + by : value));
  return { weights: all.slice(0, weights.length), biases: all.slice(weights.length), target };
}

/** A walk s ← s − ε ∂F/∂s + √(2Tε) · noise. */
export class Langevin {
  readonly states: Float64Array;
  readonly #drives: Float64Array;
  readonly #spread: number;

  constructor(
    readonly network: SmallNetwork,
    temperature: number,
    readonly nudge: number,
    readonly epsilon: number,
  ) {
    this.states = new Float64Array(network.biases.length).fill(0.5);
    this.#drives = new Float64Array(network.biases.length);
    this.#spread = Math.sqrt(2 * temperature * epsilon);
  }

  /** @param noise one a unit, of mean 0 and variance 1 */
  step(noise: Float64Array): void {
    const { weights, biases, target } = this.network;
    const { states, epsilon, nudge } = this;
    const drives = this.#drives;
    drives.set(biases);
    let at = 0;
    for (let i = 0; i < states.length; i++)
      for (let j = i + 1; j < states.length; j++) {
        drives[i] += weights[at] * rate(states[j]);
        drives[j] += weights[at] * rate(states[i]);
        at++;
      }
    const last = states.length - 1;
    const pull = nudge * (target - states[last]);
    for (let u = 0; u < states.length; u++) {
      const slope = states[u] >= 0 && states[u] <= 1 ? 1 : 0;
      const force = slope * drives[u] - states[u] + (u === last ? pull : 0);
      states[u] += epsilon * force + this.#spread * noise[u];
    }
  }

  /** Adds ρᵢρⱼ of each pair, then ρᵢ of each unit, `times` over. */
  addCorrelations(sums: Float64Array, times: number): void {
    const { states } = this;
    let at = 0;
    for (let i = 0; i < states.length; i++)
      for (let j = i + 1; j < states.length; j++) sums[at++] += times * rate(states[i]) * rate(states[j]);
    for (let u = 0; u < states.length; u++) sums[at++] += times * rate(states[u]);
  }
}

export function randomSmallNetwork(units: number, draws: Draws): SmallNetwork {
  const drawn = (length: number, low: number, high: number) =>
    Array.from({ length }, () => draws.uniform(low, high));
  return {
    weights: drawn((units * (units - 1)) / 2, -1, 1),
    biases: drawn(units, -0.3, 0.7),
    target: draws.whole(0, 1),
  };
}
