/**
 * Tasks that are called off in the queue: those that wait, or all. Whoever submitted hears of it by a key, and would
 * otherwise take what is missing for lost, and send it again.
 */
import type { Redis } from './engine.js';
import { keysBeginning } from './keys.js';

/** How much: what waits, while what is under way is done to its end; or all, at once. */
export type CalledOff = 'waiting' | 'all';

/** Seconds for which a submitter that is away can hear of it. */
const REMEMBERED = 7 * 24 * 3600;

const CALLED_OFF = 'eqprop:called-off:';

function keyOf(experiment: string): string {
  return `${CALLED_OFF}${experiment}`;
}

export async function callOff(experiment: string, what: CalledOff, redis: Redis): Promise<void> {
  await redis.call('SET', keyOf(experiment), what, 'EX', REMEMBERED);
}

/** Nothing where nothing is. */
export async function calledOff(experiment: string, redis: Redis): Promise<CalledOff | undefined> {
  const what = await redis.call('GET', keyOf(experiment));
  return what === 'waiting' || what === 'all' ? what : undefined;
}

/** Experiments of which all was called off of late, and whose submitters have not heard it. */
export async function forgottenExperiments(redis: Redis): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const keys of keysBeginning(CALLED_OFF, redis))
    for (const key of keys) {
      const experiment = key.slice(CALLED_OFF.length);
      if ((await calledOff(experiment, redis)) === 'all') found.push(experiment);
    }
  return found;
}

/** Whoever submits wants them trained again, or has heard it. */
export async function forgetCalledOff(experiment: string, redis: Redis): Promise<void> {
  await redis.call('DEL', keyOf(experiment));
}
