/** Between a room and its engine. */
import type { Dataset } from '#host/data/index.js';
import type { LinkCounters } from '#host/link/index.js';
import type { NetworkParameters, Recipe } from '#host/model/index.js';
import type { Evaluation, Metrics, Progress, Tally } from '#host/records/index.js';
import type { ReplyOf } from '#host/wire/index.js';
import type { DeviceChoice } from './lines.js';

/** A run that an engine begins with; its first message. */
export interface Job {
  readonly recipe: Recipe;
  readonly device: DeviceChoice;
  readonly dataset: Dataset;
}

/** Ends the run after the minibatches under way; tells the weights as they are; goes on where a lost device is there again. */
export type Order = 'stop' | 'weights' | DeviceChoice;

/** Where a run stands. */
export interface Standing {
  readonly progress: Progress | undefined;
  /** Minibatches applied. */
  readonly step: number;
  /** Sums of the epoch so far. */
  readonly tally: Tally;
  /** Digest of all parameters, hexadecimal. */
  readonly digest: string;
  /** Since the first minibatch was sent. */
  readonly seconds: number;
  readonly line: LinkCounters;
}

/** A device's memory, as it tells of it. Bytes. */
export interface MemoryAccount {
  readonly arena: number;
  readonly needed: number;
  /** Shares of `needed`, one an `ArenaPart`. */
  readonly parts: readonly number[];
  /** 0 of 0 where it has none to tell of. */
  readonly stackUsed: number;
  readonly stackSize: number;
}

export type News =
  | {
      readonly kind: 'started';
      readonly device: string;
      readonly kernel: string;
      readonly hello: ReplyOf<'hello'>;
      /** The rate at which it was found, bits a second, where it was looked for. */
      readonly baud?: number;
    }
  | { readonly kind: 'memory'; readonly memory: MemoryAccount }
  /** The device is gone: the run stands at this minibatch until it is given one again, or stopped. */
  | { readonly kind: 'lost'; readonly step: number; readonly message: string; readonly hint?: string }
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
