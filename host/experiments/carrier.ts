/** Trains runs elsewhere than in processes of this computer. */
import type { Ending } from './train-process.js';
import type { PlannedRun } from './train-run.js';

export interface CarriedRun extends PlannedRun {
  /** Its name in this experiment; fit for a file's. */
  readonly id: string;
  /** Where its folder is to stand. */
  readonly path: string;
}

export interface CarrierEvents {
  /**
   * Somebody has begun the run, maybe again: the one before was lost.
   * @param worker who trains it, for people; absent where that is not known any more
   */
  onBegin(id: string, worker?: string): void;
  /** @param epoch number of epochs done */
  onEpoch(id: string, epoch: number, worker: string): void;
  /** Its folder is here. */
  onEnd(id: string, ending: Ending): void;
  /** What a person should know: nobody trains them, or they were called off. */
  onNotice(sentence: string): void;
}

export interface Carrier {
  /**
   * Trains all of them into their folders; resolves when all have ended or were called off, or `signal` is aborted.
   * @throws `UserError` where it cannot go on
   */
  train(runs: readonly CarriedRun[], events: CarrierEvents, signal: AbortSignal): Promise<void>;
}
