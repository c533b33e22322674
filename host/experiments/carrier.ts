/** Has tasks done elsewhere than in processes of this computer. */
import type { Ending } from './process.js';
import type { DataPlace, Task } from './task.js';

export interface CarriedTask extends DataPlace {
  readonly task: Task;
  /** Its name in this experiment; fit for a file's. */
  readonly id: string;
  /** Where its folder is to stand. */
  readonly path: string;
}

export interface CarrierEvents {
  /**
   * Somebody has begun the task, maybe again: the one before was lost.
   * @param worker who does it, for people; absent where that is not known any more
   */
  onBegin(id: string, worker?: string): void;
  /** @param epoch number of epochs done */
  onEpoch(id: string, epoch: number, worker: string): void;
  /** Its folder is here. */
  onEnd(id: string, ending: Ending): void;
  /** A sentence for people: nobody does the tasks, or they were called off. */
  onNotice(sentence: string): void;
}

export interface Carrier {
  /**
   * Does all of them in their folders; resolves when all have ended or were called off, or `signal` is aborted.
   * @throws `UserError` where it cannot go on
   */
  carry(tasks: readonly CarriedTask[], events: CarrierEvents, signal: AbortSignal): Promise<void>;
}
