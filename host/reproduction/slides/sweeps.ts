/** Spikes of a network that settles, sweep by sweep, and what it answers after each of them. */
import { formatsOf, type Recipe, roundedDynamics, spared, toNearest } from '../../model/index.js';
import { type Batch, firstGreatest, type ReferenceNetwork, Relaxation } from '../../reference/index.js';
import type { Conditions } from '../conditions.js';

/** Means over images. */
export interface Sweep {
  /** Counted from 1. */
  readonly sweep: number;
  /** Spikes that units have sent by then, the pixels' left out, and the additions that they come to. */
  readonly spikes: number;
  readonly additions: number;
  /** Error of the answers by then, in percent. */
  readonly error: number;
}

export interface Settling {
  /** Powers of two that pixels are sent as, and their additions. */
  readonly pixelSpikes: number;
  readonly pixelAdditions: number;
  readonly sweeps: readonly Sweep[];
}

/** Images between looks at the clock. */
const TOLD = 200;

/** @param recipe of relaxation `spiking`, or `exact`: whose changes are counted as if each were a spike */
export async function settle(
  network: ReferenceNetwork,
  recipe: Recipe,
  { images, labels }: Batch,
  { step: tell }: Pick<Conditions, 'step'>,
): Promise<Settling> {
  const { inputs, outputs, units } = network.graph;
  const count = labels.length;
  const dynamics = roundedDynamics(recipe);
  const round = toNearest(formatsOf(recipe).states.fraction);
  const sums = Array.from({ length: dynamics.freeIterations }, () => ({ spikes: 0, additions: 0, wrong: 0 }));
  let pixelSpikes = 0;
  for (let n = 0; n < count; n++) {
    if (n % TOLD === 0) await tell('settling', n, count);
    const image = spared(images.subarray(n * inputs, (n + 1) * inputs), recipe);
    for (const pixel of image) pixelSpikes += ones(pixel);
    const phase = new Relaxation(network, dynamics, round);
    phase.clamp(image, 0);
    for (const sum of sums) {
      phase.settle(0, labels[n], 1);
      sum.spikes += phase.told.reduce((all, spikes) => all + spikes);
      sum.additions += productsOfChanges(network, phase.told);
      sum.wrong += Number(firstGreatest(phase.states, units - outputs) !== labels[n]);
    }
  }
  return {
    pixelSpikes: pixelSpikes / count,
    pixelAdditions: (pixelSpikes * fansOf(network)[0]) / count,
    sweeps: sums.map(({ spikes, additions, wrong }, n) => ({
      sweep: n + 1,
      spikes: spikes / count,
      additions: additions / count,
      error: (100 * wrong) / count,
    })),
  };
}

/** Products, or additions, of changes that so many units of each layer have told of, in a chain of dense connections. */
export function productsOfChanges(network: ReferenceNetwork, told: Uint32Array): number {
  const fans = fansOf(network);
  return told.reduce((sum, changes, layer) => sum + changes * fans[layer], 0);
}

/** Units that hear of a spike, by layer, of a chain of dense connections: those above and, of a free layer, those below. */
function fansOf({ graph: { layers } }: ReferenceNetwork): readonly number[] {
  return layers.map((_, k) => (layers[k + 1]?.units ?? 0) + (k > 1 ? layers[k - 1].units : 0));
}

function ones(pixel: number): number {
  return pixel === 0 ? 0 : (pixel & 1) + ones(pixel >> 1);
}
