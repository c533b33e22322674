/** How long a device's line alone takes: no comparison on it can be shorter. */
import type { Dataset } from '../data/dataset.js';
import { BITS_PER_BYTE } from '../devices/line.js';
import { stateBits } from '../model/format.js';
import { formatsOf } from '../model/formats.js';
import { graphOf } from '../model/graph.js';
import type { Recipe } from '../model/recipe.js';
import { MinibatchSource } from '../training/minibatch.js';
import { MinibatchPlan } from '../training/minibatch-plan.js';
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
