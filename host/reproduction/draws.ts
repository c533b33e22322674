/** Draws of the experiments: functions of a key and an index, as all randomness here is. */
import { randomWord } from '../model/index.js';

/** Uses of random numbers by experiments, none of which a network's training has. */
export const ExperimentStream = {
  noise: 100,
  otherNoise: 104,
  voltages: 101,
  spikes: 102,
  weights: 103,
} as const;

/** Uniform within (0, 1), never an end. */
export function uniformDraw(key: number, index: number): number {
  return ((randomWord(key, index) >>> 0) + 0.5) / 2 ** 32;
}

/** Normal, of mean 0 and variance 1 (Box and Muller); takes the words 2·index and 2·index + 1. */
export function normalDraw(key: number, index: number): number {
  const [radius, angle] = [uniformDraw(key, 2 * index), uniformDraw(key, 2 * index + 1)];
  return Math.sqrt(-2 * Math.log(radius)) * Math.cos(2 * Math.PI * angle);
}
