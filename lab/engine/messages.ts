/** Between a room and its engine. */
import type { Dataset } from '#host/data/index.js';
import type { NetworkParameters, Recipe } from '#host/model/index.js';
import type { Evaluation, Metrics, Progress, Tally } from '#host/records/index.js';
import type { DeviceChoice } from './lines.js';

/** A run that an engine begins with; its first message. */
export interface Job {
  readonly recipe: Recipe;
  readonly device: DeviceChoice;
  readonly dataset: Dataset;
}

/** Ends the run after the minibatches under way; tells the weights as they are. */
export type Order = 'stop' | 'weights';

/** Where a run stands. */
export interface Standing {
  readonly progress: Progress | undefined;
  /** Minibatches applied. */
  readonly step: number;
  /** Sums of the epoch so far. */
  readonly tally: Tally;
  /** Of all parameters, hexadecimal. */
  readonly digest: string;
  /** Since the first minibatch was sent. */
  readonly seconds: number;
}

export type News =
  | { readonly kind: 'started'; readonly device: string; readonly kernel: string }
  | { readonly kind: 'standing'; readonly standing: Standing }
  | { readonly kind: 'metrics'; readonly metrics: Metrics }
  | { readonly kind: 'weights'; readonly step: number; readonly parameters: NetworkParameters }
  | {
      readonly kind: 'finished';
      /** Nothing where it was stopped before. */
      readonly evaluations?: readonly Evaluation[];
      readonly standing: Standing;
      readonly parameters: NetworkParameters;
    }
  | { readonly kind: 'failed'; readonly message: string; readonly hint?: string };
