/** States of training, reached once: the same for every run with the same kernel and recipe. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { kernelIdentity, kernelName } from '#host/kernel/identity';
import { formatsOf } from '#host/model/formats';
import { runProgram } from '../contender.js';
import { savedStates } from '../folders.js';
import { type Overrides, recipeOf, TRAINING_IMAGES, taskArguments } from '../task.js';

export interface MomentEvents {
  /** Nobody was there before: it takes its time. */
  onTrain(epochs: number): void;
}

/**
 * Files of the states after these epochs, ascending; nothing for 0, the start.
 * @param epochs whole ones, or fractions of them
 */
export async function reachMoments(
  preset: string,
  overrides: Overrides,
  epochs: readonly number[],
  events: MomentEvents,
): Promise<ReadonlyMap<number, string | undefined>> {
  const recipe = recipeOf({ preset, overrides });
  const perEpoch = Math.floor(TRAINING_IMAGES / recipe.minibatch);
  const work = createHash('sha256')
    .update(kernelName(kernelIdentity(formatsOf(recipe).storage)))
    .update(JSON.stringify(recipe))
    .digest('hex')
    .slice(0, 16);
  const files = new Map<number, string | undefined>();
  let before: string | undefined;
  for (const moment of [...epochs].sort((a, b) => a - b)) {
    const minibatches = Math.round(moment * perEpoch);
    if (minibatches > 0) {
      const file = join(savedStates, `${work}-${minibatches}.state`);
      if (!existsSync(file)) {
        events.onTrain(moment);
        const task = { preset, overrides, check: 0, warmUp: 0, seconds: 0 };
        const from = before === undefined ? [] : ['--from', before];
        const until = ['--minibatches', String(minibatches), '--save', file];
        await runProgram('ours', 'ours/prepare.js', [...taskArguments(task), ...from, ...until]);
      }
      before = file;
    }
    files.set(moment, before);
  }
  return files;
}
