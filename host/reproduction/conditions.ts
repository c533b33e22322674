/** Conditions that a reproduction works under. */
import type { ExperimentFolder } from '../experiments/index.js';
import type { DeviceChoice, RunEvents } from '../runs/index.js';
import type { VerificationLevel } from '../verification/index.js';

/** Conditions of runs on a device. */
export interface RunConditions {
  readonly device: DeviceChoice;
  /** Milliseconds. */
  readonly checkpointInterval: number;
  readonly verification: VerificationLevel;
}

export interface ReproductionEvents extends RunEvents {
  /** Before a run; `skipped` where it was finished before. */
  onRun(title: string, skipped: boolean): void;
}

/** Knows which runs are finished. */
export type FinishedRuns = Pick<ExperimentFolder<unknown>, 'resultOf'>;

/** Conditions of an experiment. */
export interface Conditions {
  /** Seed of all randomness. */
  readonly seed: number;
  /** The data set's folder; MNIST if absent. */
  readonly data?: string;
  /** A folder of the experiment's own, made by whoever writes there: for runs that are taken up where they stood. */
  readonly folder: string;
  readonly finishedRuns: FinishedRuns;
  readonly runs: RunConditions;
  readonly events: ReproductionEvents;
  readonly signal: AbortSignal;
  /**
   * Tells how far the experiment is, and lets others have their turn: to be awaited every second or so. Rejects when the
   * experiment is to end.
   * @param part what is under way
   */
  step(part: string, done: number, total: number): Promise<void>;
}
