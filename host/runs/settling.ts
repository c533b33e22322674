/** Examples settled by the reference with a run's weights: what the report shows of states. */
import type { Dataset } from '../data/index.js';
import {
  type Formats,
  type Graph,
  isPlaced,
  type Recipe,
  roundedDynamics,
  spared,
  toNearest,
} from '../model/index.js';
import { ReferenceNetwork, relaxMinibatch } from '../reference/index.js';
import type { Occupancy, Settling, SettlingStage } from '../report/index.js';
import type { RealParameters } from '../verification/index.js';

/** Examples whose units are counted: few, for a large network takes a second each. */
const COUNTED = 8;
/** Iterations whose states are shown, as far as the phase has not ended. */
const SHOWN = [1, 2, 4];

export interface SettledExamples {
  /** One a free layer. */
  readonly occupancies: readonly Occupancy[];
  /** Nothing where no free layer has rows and columns. */
  readonly settling?: Settling;
}

/** The first test images, or training images where there are none; nothing where there are neither. */
export function settleExamples(
  recipe: Recipe,
  graph: Graph,
  { states }: Formats,
  { weights, biases }: RealParameters,
  dataset: Dataset,
): SettledExamples | undefined {
  const [set, samples] =
    dataset.test.count > 0 ? (['test', dataset.test] as const) : (['training', dataset.training] as const);
  const examples = Math.min(COUNTED, samples.count);
  if (examples === 0) return undefined;
  const network = new ReferenceNetwork(graph, weights, biases);
  const dynamics = roundedDynamics(recipe);
  // States as fine as the device's: finer ones go on changing for long where nothing is to be seen of it.
  const relax = (count: number, freeIterations: number) =>
    relaxMinibatch(
      network,
      { ...dynamics, freeIterations },
      {
        images: spared(samples.images.subarray(0, count * graph.inputs), recipe),
        labels: samples.labels.subarray(0, count),
      },
      undefined,
      toNearest(states.fraction),
    );
  const all = relax(examples, dynamics.freeIterations);
  const occupancies = graph.layers.slice(1).map((_, k) => occupancyOf(graph, all.free, k + 1));
  const shown = graph.layers.flatMap(({ shape }, layer) => (layer > 0 && isPlaced(shape) ? [layer] : []));
  if (shown.length === 0) return { occupancies };
  const [last] = all.freeIterations;
  const stageOf = (iterations: number, free: Float64Array): SettlingStage => ({
    iterations,
    states: shown.map((layer) => {
      const { firstUnit, units } = graph.layers[layer];
      return free.slice(firstUnit, firstUnit + units);
    }),
  });
  const stages = SHOWN.filter((iterations) => iterations < last).map((iterations) =>
    stageOf(iterations, relax(1, iterations).free),
  );
  return {
    occupancies,
    settling: {
      name: `${set} example 0`,
      label: samples.labels[0],
      image: samples.images.subarray(0, graph.inputs),
      layers: shown.map((layer) => ({ name: `Layer ${layer}`, shape: graph.layers[layer].shape })),
      stages: [...stages, stageOf(last, all.free)],
      settled: last < dynamics.freeIterations,
    },
  };
}

function occupancyOf({ layers, units: all }: Graph, states: Float64Array, layer: number): Occupancy {
  const { firstUnit, units } = layers[layer];
  let [zeros, ones] = [0, 0];
  for (let at = firstUnit; at < states.length; at += all)
    for (let u = at; u < at + units; u++) {
      if (states[u] === 0) zeros++;
      else if (states[u] === 1) ones++;
    }
  const counted = (states.length / all) * units;
  return { zero: zeros / counted, one: ones / counted };
}
