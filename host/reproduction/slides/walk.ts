/** Walks away from a picture under rising temperature, and what the way back is worth (Goyal et al. 2017). */
import type { Draws } from '../draws.js';
import { logProbability, type TransitionOperator } from './transition-operator.js';

/** Temperatures of the steps, the first from the picture. */
export type Ladder = readonly number[];

/** From 1 on, each as many times the one before. */
export function ladderOf(steps: number, factor: number): Ladder {
  return Array.from({ length: steps }, (_, t) => factor ** t);
}

/** Pictures on the way, the first the picture itself: one more than there are temperatures. @param isNoisy whether they are drawn, or the likeliest */
export function walkFrom(
  operator: TransitionOperator,
  picture: Uint8Array,
  ladder: Ladder,
  isNoisy: boolean,
  draws: Draws,
): Uint8Array[] {
  const pictures = [picture];
  for (const [t, temperature] of ladder.entries()) {
    const probabilities = operator.probabilities(pictures[t], temperature);
    pictures.push(isNoisy ? drawn(probabilities, draws) : likeliest(probabilities));
  }
  return pictures;
}

/** Has the operator make each picture of a walk likelier after the one behind it: one step of the gradient. */
export function learnBack(operator: TransitionOperator, walk: readonly Uint8Array[], ladder: Ladder): void {
  for (const [t, temperature] of ladder.entries()) operator.addGradient(walk[t + 1], walk[t], temperature);
  operator.update();
}

/**
 * log p(x_K) + Σ log p(x_{t−1} | x_t) − log p(x_t | x_{t−1}) of a drawn walk, natural: in the mean a lower bound of its picture's
 * log likelihood, p(x_K) being even, every pixel ink or not alike.
 */
export function boundOf(operator: TransitionOperator, walk: readonly Uint8Array[], ladder: Ladder): number {
  return ladder.reduce((sum, temperature, t) => {
    const [near, far] = [walk[t], walk[t + 1]];
    return (
      sum +
      logProbability(near, operator.probabilities(far, temperature)) -
      logProbability(far, operator.probabilities(near, temperature))
    );
  }, -operator.pixels * Math.LN2);
}

/** A picture from noise, down the ladder and on at its foot for so many steps; the likeliest in the end. */
export function sampleOf(
  operator: TransitionOperator,
  ladder: Ladder,
  atFoot: number,
  draws: Draws,
): Uint8Array {
  const noise = drawn(new Float64Array(operator.pixels).fill(0.5), draws);
  const foot = new Array<number>(atFoot).fill(ladder[0]);
  const picture = [...ladder.toReversed(), ...foot].reduce(
    (from, temperature) => drawn(operator.probabilities(from, temperature), draws),
    noise,
  );
  return likeliest(operator.probabilities(picture, ladder[0]));
}

function drawn(probabilities: Float64Array, draws: Draws): Uint8Array {
  return Uint8Array.from(probabilities, (probability) => Number(draws.uniform(0, 1) < probability));
}

function likeliest(probabilities: Float64Array): Uint8Array {
  return Uint8Array.from(probabilities, (probability) => Number(probability > 0.5));
}
