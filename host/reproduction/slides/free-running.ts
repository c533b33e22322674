/** A fully connected network that runs freely, and the STDP-like rule along its path, either way round. */
import type { Draws } from '../draws.js';

export interface Walk {
  readonly epsilon: number;
  readonly steps: number;
  /** Temperature of Langevin's noise. */
  readonly temperature: number;
}

export class FreeNetwork {
  readonly units: number;
  readonly #drives: Float64Array;

  /** @param weights a row a unit, symmetric, 0 between a unit and itself */
  constructor(
    readonly weights: Float64Array,
    readonly biases: Float64Array,
  ) {
    this.units = biases.length;
    this.#drives = new Float64Array(this.units);
  }

  copy(): FreeNetwork {
    return new FreeNetwork(this.weights.slice(), this.biases.slice());
  }

  /** ½ Σ s² − ½ Σ Wᵢⱼ sᵢ sⱼ − Σ bᵢ sᵢ, of states within [0, 1], where ρ(s) = s. */
  energy(states: Float64Array): number {
    const drives = this.#drivesAt(states);
    return states.reduce((sum, s, i) => sum + (s * s) / 2 - (s * (drives[i] + this.biases[i])) / 2, 0);
  }

  /**
   * Runs from the states, which it changes: s ← clip(s + ε (b + Ws − s) + √(2Tε) noise). At each step the parameters learn
   * dρᵢ/dt ρⱼ, both ways.
   * @param learning the rate: above 0 makes later states likelier, as STDP does; below 0 earlier ones, reverse STDP
   */
  run(states: Float64Array, { epsilon, steps, temperature }: Walk, learning: number, draws: Draws): void {
    const { weights, biases, units } = this;
    const spread = Math.sqrt(2 * temperature * epsilon);
    const changes = new Float64Array(units);
    for (let n = 0; n < steps; n++) {
      const drives = this.#drivesAt(states);
      for (let i = 0; i < units; i++) {
        const noise = spread > 0 ? spread * draws.gaussian() : 0;
        const next = states[i] + epsilon * (drives[i] - states[i]) + noise;
        changes[i] = Math.min(1, Math.max(0, next)) - states[i];
      }
      if (learning !== 0)
        for (let i = 0; i < units; i++) {
          biases[i] += learning * changes[i];
          for (let j = 0, at = i * units; j < units; j++, at++)
            if (i !== j) weights[at] += learning * (changes[i] * states[j] + states[i] * changes[j]);
        }
      for (let i = 0; i < units; i++) states[i] += changes[i];
    }
  }

  #drivesAt(states: Float64Array): Float64Array {
    const { weights, biases, units } = this;
    const drives = this.#drives;
    for (let i = 0; i < units; i++) {
      let drive = biases[i];
      for (let j = 0, at = i * units; j < units; j++, at++) drive += weights[at] * states[j];
      drives[i] = drive;
    }
    return drives;
  }
}

/**
 * Hebb's weights for patterns of 0 and 1: each is a fixed point while they are few.
 * @param gain above 1: how far a pattern drives a unit beyond its bounds
 */
export function memoryOf(patterns: readonly Float64Array[], gain: number): FreeNetwork {
  const units = patterns[0].length;
  const weights = Float64Array.from({ length: units * units }, (_, at) => {
    const [i, j] = [Math.floor(at / units), at % units];
    if (i === j) return 0;
    return (gain / units) * patterns.reduce((sum, one) => sum + (2 * one[i] - 1) * (2 * one[j] - 1), 0);
  });
  const biases = Float64Array.from({ length: units }, (_, i) => {
    const row = weights.subarray(i * units, (i + 1) * units);
    return (1 - row.reduce((sum, weight) => sum + weight, 0)) / 2;
  });
  return new FreeNetwork(weights, biases);
}

/** The share of units that are on the same side of ½. */
export function agreement(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, one, i) => sum + Number(one >= 0.5 === b[i] >= 0.5), 0) / a.length;
}
