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

/**
 * A batch as the minibatch `step` sees it: without the dropped pixels, the others stronger.
 * @param batch whose images are n · pixels bytes
 */
export function seenAt<B extends { readonly images: Uint8Array; readonly labels: Uint8Array }>(
  batch: B,
  recipe: DropoutKeys,
  step: number,
): B & { readonly inputScale?: number } {
  const inputScale = inputScaleOf(recipe);
  if (inputScale === 1) return batch;
  const key = randomKey(recipe.seed, Stream.dropout, step);
  const dropped = Math.floor((65536 * (inputScale - 1)) / inputScale);
  const images = batch.images.map((pixel, i) => ((randomWord(key, i) & 0xffff) < dropped ? 0 : pixel));
  return { ...batch, images, inputScale };
}
