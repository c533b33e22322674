/** A run as its symptoms are judged by: what is known before its first minibatch. */
import { type Dataset, type Preparation, preparationOf } from '../data/index.js';
import { type Graph, graphOf, parseRange, type Recipe } from '../model/index.js';

/** Images that greyness is measured on, at most: a mean needs no more. */
const MEASURED = 1000;
/** Share of the inputs' energy that all examples have in common, from which on they are grey. MNIST has 0.40. */
const GREY = 0.8;
/**
 * Examples that an error is taken over, and that answers must last which show no learning. A network with one hidden layer
 * that will learn is far below chance after 500; a deeper one may answer by chance for long, and most of them the same:
 * `paper-2` on MNIST for 10,000, 600 in a row alike. Where inputs are grey, they are why.
 */
const SHALLOW = { window: 500, streak: 500 };
const DEEP = { window: 20_000, streak: 2_500 };

export interface Greyness {
  /** ‖mean input‖² over the mean ‖input‖². */
  readonly share: number;
  /** ‖mean input‖², an input being byte/256. */
  readonly energy: number;
  /** Mean byte. */
  readonly brightness: number;
}

export interface LearningSubject {
  readonly recipe: Recipe;
  readonly graph: Graph;
  readonly preparation: Preparation;
  /** The commonest class of the training images, and the share of the others. */
  readonly commonest: { readonly label: number; readonly error: number };
  readonly grey: Greyness | undefined;
  /** Examples that an error is taken over. */
  readonly window: number;
  /** Examples that answers must last which show no learning. */
  readonly streak: number;
}

/** @param recipe pictured */
export function learningSubject(recipe: Recipe, dataset: Dataset): LearningSubject {
  const graph = graphOf(recipe);
  const greyness = greynessOf(recipe, dataset);
  const grey = greyness.share >= GREY ? greyness : undefined;
  const isDeep = graph.layers.length > 3;
  return {
    recipe,
    graph,
    preparation: preparationOf(dataset),
    commonest: commonestOf(recipe, dataset),
    grey,
    ...(isDeep && !grey ? DEEP : SHALLOW),
  };
}

function commonestOf({ training }: Recipe, { training: { labels }, classes }: Dataset) {
  const [from, to] = parseRange(training);
  const counts = new Array<number>(classes).fill(0);
  for (let n = from; n < to; n++) counts[labels[n]]++;
  const most = Math.max(...counts);
  return { label: counts.indexOf(most), error: 1 - most / (to - from) };
}

/** In whole numbers, so that every host finds the same. */
function greynessOf(recipe: Recipe, { training: { images }, pixels }: Dataset): Greyness {
  const [from, to] = parseRange(recipe.training);
  const stride = Math.ceil((to - from) / MEASURED);
  const sums = new Float64Array(pixels);
  let count = 0;
  let squares = 0;
  for (let n = from; n < to; n += stride, count++)
    for (let i = 0; i < pixels; i++) {
      const byte = images[n * pixels + i];
      sums[i] += byte;
      squares += byte * byte;
    }
  const common = sums.reduce((total, sum) => total + sum * sum, 0);
  return {
    share: squares === 0 ? 0 : common / (count * squares),
    energy: common / (256 * count) ** 2,
    brightness: sums.reduce((total, sum) => total + sum, 0) / (count * pixels),
  };
}
