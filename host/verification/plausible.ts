/** Bounds on what a reply can say: the check that is left where no twin does the work again. */

import type { ReplyOf } from '../wire/index.js';
import { VerificationError } from './lockstep.js';

export interface Bounds {
  readonly samples: number;
  /** Iterations of a free phase. */
  readonly iterations: number;
  /** Units of the output layer. */
  readonly units: number;
  /** Fractional bits of states. */
  readonly stateFraction: number;
}

type Prediction = Pick<ReplyOf<'evaluate'>, 'predictions' | 'freeIterations' | 'unsettled' | 'cost'>;

/**
 * @param where the request, in errors
 * @throws `VerificationError` where no device that did as it was told can have replied so
 */
export function requirePlausible(
  where: string,
  { predictions, freeIterations, unsettled, cost }: Prediction,
  { samples, iterations, units, stateFraction }: Bounds,
): void {
  if (predictions.length !== samples)
    throw new VerificationError(
      `${where}: the device replied with ${predictions.length} predictions, asked for were ${samples}`,
    );
  const at = predictions.findIndex((prediction) => prediction >= units);
  if (at >= 0)
    throw new VerificationError(
      `${where}: the device predicts ${predictions[at]} for example ${at} of the minibatch, there are ${units} outputs`,
    );
  requireAtMost(`${where}: the device's freeIterations`, freeIterations, samples * iterations);
  requireAtMost(`${where}: the device's unsettled`, unsettled, samples);
  // States and targets lie in [0, 1], and so does the square of their difference.
  requireAtMost(`${where}: the device's cost`, Number(cost), samples * units * 4 ** stateFraction);
}

export function requireAtMost(what: string, value: number, most: number): void {
  if (value > most) throw new VerificationError(`${what} is ${value}, at most ${most} is possible`);
}
