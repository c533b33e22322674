/**
 * Pixels that are sent as few powers of two, as the kernel keeps them (`assembly/dynamics/spikes.ts`); a test holds the two
 * together.
 */
import type { Recipe } from './recipe.js';

/** Images' bytes of which each has no more than `pixel-spikes` bits, its greatest; the images themselves where all are sent. */
export function spared(
  images: Uint8Array,
  { 'pixel-spikes': most }: Pick<Recipe, 'pixel-spikes'>,
): Uint8Array {
  return most === 0 ? images : images.map((pixel) => greatest(pixel, most));
}

function greatest(pixel: number, most: number): number {
  if (pixel === 0 || most === 0) return 0;
  const power = 1 << (31 - Math.clz32(pixel));
  return power + greatest(pixel - power, most - 1);
}
