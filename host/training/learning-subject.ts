/** A run as its symptoms are judged by: what is known before its first minibatch. */
import {
  type Dataset,
  type Greyness,
  greynessOf,
  type Preparation,
  preparationOf,
  split,
} from '../data/index.js';
import { type Graph, graphOf, parseRange, type Recipe } from '../model/index.js';

/**
 * Examples that an error is taken over, and that answers must last which show no learning. A network with one hidden layer
 * that will learn is far below chance after 500; a deeper one may answer by chance for long, and most of them the same:
 * `paper-2` on MNIST for 10,000, 600 in a row alike. Where inputs are grey, they are why.
 */
const SHALLOW = { window: 500, streak: 500 };
const DEEP = { window: 20_000, streak: 2_500 };

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
  const grey = greynessOf(split(dataset.training, ...parseRange(recipe.training)));
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
