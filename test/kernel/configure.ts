/** CONFIGURE as tests send it: of any graph, possible or not, with the settings that a test names. */
import { joinLayers, placeLayers } from '#host/model/graph';
import { encodeGraph } from '#host/model/graph-records';
import type { Graph, Shape } from '#host/model/index';
import type { JoinedConnection } from '#host/model/joined-connections';
import { Relaxation, type RequestOf, Rounding } from '#host/wire/index';

type Configure = RequestOf<'configure'>;
type Records = Pick<Configure, 'layers' | 'connections' | 'records'>;

const SETTINGS: Omit<Configure, keyof Records> = {
  seed: 1,
  epsilon: 2048,
  nudge: 2048,
  freeIterations: 6,
  nudgedIterations: 3,
  batch: 2,
  stateFraction: 14,
  relaxation: Relaxation.euler,
  rounding: Rounding.stochastic,
  options: 0,
  inputScale: 4,
  shift: 0,
  noise: 0,
  margin: 0,
  inputPull: 0,
  noiseForm: 0,
  pixelSpikes: 0,
};

export const vectorOf = (channels: number): Shape => ({ channels, rows: 1, columns: 1 });

export function dense(pre: number, post: number, fixed = false): JoinedConnection {
  return { pre, post, kind: 'dense', words: {}, fixed };
}

interface Parts {
  /** Default: dense connections, each from a layer to the next. */
  readonly joined?: readonly JoinedConnection[];
  /** True where a channel has one bias, for each layer. */
  readonly biasEach?: readonly boolean[];
  readonly seed?: number;
  /** The layer that a centred input reaches. */
  readonly centred?: number | undefined;
}

export function graphOfLayers(
  shapes: readonly Shape[],
  { joined, biasEach, seed = 1, centred }: Parts = {},
): Graph {
  const chain = shapes.slice(1).map((_, k) => dense(k, k + 1));
  return joinLayers(placeLayers(shapes, biasEach, centred), joined ?? chain, seed);
}

/** @param fractions fractional bits of the weights, of all connections or of each */
export function recordsOf(graph: Graph, fractions: number | readonly number[] = 13): Records {
  const each = typeof fractions === 'number' ? graph.connections.map(() => fractions) : fractions;
  return encodeGraph(graph, each);
}

/** The request of dense layers in a chain, of these sizes. */
export function chainRecords(sizes: readonly number[], fractions: number | readonly number[] = 13): Records {
  return recordsOf(graphOfLayers(sizes.map(vectorOf)), fractions);
}

export function configuring(records: Records, settings: Partial<typeof SETTINGS> = {}): Configure {
  return { ...SETTINGS, ...settings, ...records };
}
