/** How long a device's line alone takes: no comparison on it can be shorter. */
import type { Dataset } from '../data/index.js';
import { BITS_PER_BYTE } from '../link/index.js';
import type { Recipe } from '../model/index.js';
import { formatsOf, graphOf, stateBits } from '../model/index.js';
import { MinibatchPlan, MinibatchSource } from '../training/index.js';
import { evaluatedImages } from './workload.js';

/** Images that tell how long they are on average. */
const WEIGHED = 1000;

/** Seconds that each recipe's images, and states sent with them, travel, without frames, repeats and replies. */
export function secondsOnLine(recipes: readonly Recipe[], dataset: Dataset, baud: number): readonly number[] {
  const { training, pixels } = dataset;
  const source = new MinibatchSource(training, pixels);
  source.take(Uint32Array.from({ length: Math.min(WEIGHED, training.count) }, (_, n) => n));
  const image = source.bytesPerImage ?? 0;
  return recipes.map((recipe) => {
    const { examples } = new MinibatchPlan(recipe);
    const images = recipe.epochs * examples + evaluatedImages(recipe, dataset);
    return (images * (image + stateBytes(recipe)) * BITS_PER_BYTE) / baud;
  });
}

function stateBytes(recipe: Recipe): number {
  if (recipe.start !== 'persistent') return 0;
  return (graphOf(recipe).units * stateBits(formatsOf(recipe).storage)) / 8;
}
