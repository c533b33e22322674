/** A minibatch as it is seen in training: its pixels as the spikes that they may send, moved by its shift, then without what dropout takes. */
import { dropped, inputScaleOf } from './dropout.js';
import { graphOf } from './graph.js';
import type { GraphKeys } from './joined-connections.js';
import { spared } from './pixel-spikes.js';
import type { Recipe } from './recipe.js';
import { shifted } from './shift.js';

type SeenKeys = GraphKeys & Pick<Recipe, 'input-dropout' | 'shift' | 'pixel-spikes'>;

/**
 * A batch as the minibatch `step` sees it: its images moved, without the dropped pixels, the others stronger; and
 * the step, which decides its noise.
 * @param batch whose images are n · pixels bytes
 * @param recipe pictured, so that its network has the images' rows and columns
 */
export function seenAt<B extends { readonly images: Uint8Array; readonly labels: Uint8Array }>(
  batch: B,
  recipe: SeenKeys,
  step: number,
): B & { readonly inputScale?: number; readonly step: number } {
  const inputScale = inputScaleOf(recipe);
  const images = spared(batch.images, recipe);
  const moved = recipe.shift === 0 ? images : shifted(images, graphOf(recipe).layers[0].shape, recipe, step);
  if (inputScale === 1) return { ...batch, images: moved, step };
  return { ...batch, images: dropped(moved, recipe, step), inputScale, step };
}
