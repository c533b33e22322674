/** A connection in float64, whatever its kind. */
import type { Graph, GraphConnection, Shape } from '../../model/index.js';
import type { ActiveRates } from '../active.js';

/** Settled states of a batch: n samples of `units`, and the images they belong to. */
export interface Settled {
  readonly plus: Float64Array;
  readonly minus: Float64Array;
  readonly units: number;
  /** n · inputs bytes. */
  readonly images: Uint8Array;
  readonly inputs: number;
}

/** Calls back with the contrasts of a row of the connection's matrix; `sums` is used again. */
export type TakeRow = (row: number, sums: Float64Array) => void;

/** A connection with its weights, which must not change while it is in use. */
export interface ConnectionForm {
  /** target[at + j] += Σᵢ w(i, j) · rateᵢ, the rates being those of `pre`; the greatest of such sums where a unit pools places so. */
  send(rates: ActiveRates, target: Float64Array, at: number): void;
  /** target[at + i] += Σⱼ w(i, j) · rateⱼ, the rates being those of `post`; `pre` has those that a unit chooses a place by. */
  sendBack(rates: ActiveRates, target: Float64Array, at: number, pre: ActiveRates): void;
  /** Σ ρᵢ⁺ρⱼ⁺ − ρᵢ⁻ρⱼ⁻ over the batch, summed over the pairs that share a parameter: every row that is not zero throughout. */
  contrast(settled: Settled, take: TakeRow): void;
}

/** Units of a connection's ends, and where they lie among the states, or that it begins in the input. */
export interface Ends {
  readonly pre: number;
  readonly post: number;
  readonly preShape: Shape;
  readonly postShape: Shape;
  /** First units among all free ones; `preAt` means nothing of the input. */
  readonly preAt: number;
  readonly postAt: number;
  readonly isFromInput: boolean;
}

export type MakeForm = (connection: GraphConnection, ends: Ends, weights: Float64Array) => ConnectionForm;

export function endsOf(layers: Graph['layers'], { pre, post }: GraphConnection): Ends {
  return {
    pre: layers[pre].units,
    post: layers[post].units,
    preShape: layers[pre].shape,
    postShape: layers[post].shape,
    preAt: layers[pre].firstUnit,
    postAt: layers[post].firstUnit,
    isFromInput: pre === 0,
  };
}
