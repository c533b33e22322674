/**
 * Dropout of the input (Srivastava et al. 2014), drawn by counter: which pixels a minibatch does not see. The kernel
 * draws the same (`assembly/dynamics/dropout.ts`); a test holds the two together.
 */
import { randomKey, randomWord, Stream } from './random.js';
import type { Recipe } from './recipe.js';

type DropoutKeys = Pick<Recipe, 'input-dropout' | 'seed'>;

/** Quarters of a pixel, so that the device has it exactly. */
export const QUARTERS = 4;

/** How strong the kept pixels are, for a drive's mean to stay: 1, 1.25 or 2. */
export function inputScaleOf({ 'input-dropout': share }: Pick<Recipe, 'input-dropout'>): number {
  return Math.round(QUARTERS / (1 - share)) / QUARTERS;
}

/** Images, n · pixels bytes, without the pixels that the minibatch `step` does not see. */
export function dropped(images: Uint8Array, recipe: DropoutKeys, step: number): Uint8Array {
  const inputScale = inputScaleOf(recipe);
  const key = randomKey(recipe.seed, Stream.dropout, step);
  const share = Math.floor((65536 * (inputScale - 1)) / inputScale);
  return images.map((pixel, i) => ((randomWord(key, i) & 0xffff) < share ? 0 : pixel));
}
