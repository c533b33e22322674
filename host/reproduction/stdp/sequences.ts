/** Random voltages, and spikes drawn from them: what the simulations of STDP begin with. */
import { normalDraw, uniformDraw } from '../draws.js';

export const generators = ['smooth', 'walk', 'sines'] as const;
/**
 * `smooth`: Gaussian noise smoothed by a Gaussian window of the time constant, ½ + ¼z. `walk`: a random walk that is drawn back
 * to ½ with the time constant (Ornstein and Uhlenbeck), of that spread too. `sines`: ½ and three sines of random phases, periods
 * of 2π to 4π time constants.
 */
export type Generator = (typeof generators)[number];

const SPREAD = 0.25;

/**
 * A voltage that changes at random, about ½ ± ¼; not clipped.
 * @param time steps over which it is like itself
 */
export function voltages(generator: Generator, length: number, time: number, key: number): Float64Array {
  switch (generator) {
    case 'smooth':
      return smooth(length, time, key);
    case 'walk':
      return walk(length, time, key);
    case 'sines':
      return sines(length, time, key);
  }
}

function smooth(length: number, time: number, key: number): Float64Array {
  const reach = Math.ceil(3 * time);
  const window = Float64Array.from({ length: 2 * reach + 1 }, (_, n) =>
    Math.exp(-(((n - reach) / time) ** 2) / 2),
  );
  const norm = Math.sqrt(window.reduce((sum, weight) => sum + weight * weight, 0));
  const noise = Float64Array.from({ length: length + 2 * reach }, (_, n) => normalDraw(key, n));
  return Float64Array.from({ length }, (_, t) => {
    let sum = 0;
    for (let n = 0; n < window.length; n++) sum += window[n] * noise[t + n];
    return 0.5 + (SPREAD * sum) / norm;
  });
}

function walk(length: number, time: number, key: number): Float64Array {
  const kept = Math.exp(-1 / time);
  const fresh = Math.sqrt(1 - kept * kept);
  let z = normalDraw(key, 0);
  return Float64Array.from({ length }, (_, t) => {
    if (t > 0) z = kept * z + fresh * normalDraw(key, t);
    return 0.5 + SPREAD * z;
  });
}

function sines(length: number, time: number, key: number): Float64Array {
  const waves = [0, 1, 2].map((n) => ({
    phase: 2 * Math.PI * uniformDraw(key, 2 * n),
    speed: 1 / (time * (1 + uniformDraw(key, 2 * n + 1))),
  }));
  // Three sines of unit size have variance 3/2.
  const scale = SPREAD / Math.sqrt(1.5);
  return Float64Array.from({ length }, (_, t) =>
    waves.reduce((sum, { phase, speed }) => sum + scale * Math.sin(phase + speed * t), 0.5),
  );
}

/** The hard sigmoid. */
export function rate(voltage: number): number {
  return Math.min(Math.max(voltage, 0), 1);
}

/** One a step: 1 with probability `most` · ρ(voltage), else 0. */
export function spikes(voltage: Float64Array, most: number, key: number): Uint8Array {
  const spiking = new Uint8Array(voltage.length);
  for (let t = 0; t < voltage.length; t++) if (uniformDraw(key, t) < most * rate(voltage[t])) spiking[t] = 1;
  return spiking;
}
