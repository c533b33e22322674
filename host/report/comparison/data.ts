/** Findings of a comparison: its page shows them, and they are written beside it as JSON. Errors are in percent. */
import type { Spread } from '../../ground/index.js';

export interface EpochPoint {
  readonly epoch: number;
  readonly trainingError: number;
  readonly validationError?: number;
}

/**
 * `finished`; `stopped` by the program with a reason, as where a drive could leave its range; `impossible`: not run;
 * `failed`: its process did not end as it should; `open`: not yet run to its end.
 */
export type CellState = 'finished' | 'stopped' | 'impossible' | 'failed' | 'open';

/** One run. Absent is what was not measured. */
export interface CellOutcome {
  readonly id: string;
  readonly seed: number;
  readonly state: CellState;
  readonly reason?: string;
  /** During the last epoch. */
  readonly trainingError?: number;
  /** From a zero start. */
  readonly testError?: number;
  /** After the last epoch from a zero start, where the recipe validates. */
  readonly validationError?: number;
  readonly validationImages?: number;
  readonly referenceTrainingError?: number;
  readonly referenceTestError?: number;
  /** Between the contrasts of device and reference: mean over compared minibatches and connections. */
  readonly contrastCosine?: number;
  /** Signal to noise of the free states, in decibels; null where there was no noise at all. */
  readonly signalToNoise?: number | null;
  /** Parameters clipped to their format. */
  readonly saturations?: number;
  /** Share of the weights that were to change that did not. */
  readonly lostUpdates?: number;
  /** Multiply-accumulates a training sample. */
  readonly products?: number;
  readonly epochs: readonly EpochPoint[];
}

/** Relative errors ‖ΔW_q − ΔW‖/‖ΔW‖ of one update, with only that part rounded, and with all of them; null where ΔW is zero. */
export interface ErrorSources {
  readonly relaxation: number | null;
  readonly contrast: number | null;
  readonly update: number | null;
  readonly all: number | null;
}

/** Cells that differ in the seed alone. */
export interface Group {
  readonly id: string;
  /** Values of the keys that the grid names, as text. */
  readonly settings: Readonly<Record<string, string>>;
  readonly network: string;
  readonly weights: string;
  readonly states: string;
  readonly rounding: string;
  readonly relaxation: string;
  /** Bits of storage of the widest weights. */
  readonly bits?: number;
  /** Fractional bits, as text: one number, or one a connection. */
  readonly weightFraction?: string;
  readonly stateFraction?: string;
  /** Bytes of arena that the network needs, as `plan` says. */
  readonly bytes?: number;
  /** The smallest board that holds it. */
  readonly board?: string;
  readonly cells: readonly CellOutcome[];
  readonly trainingError?: Spread;
  readonly testError?: Spread;
  readonly validationError?: Spread;
  /** Test error less the float64 reference's, in points, seed by seed. */
  readonly gap?: Spread;
  readonly contrastCosine?: Spread;
  readonly signalToNoise?: Spread;
  readonly saturations?: Spread;
  readonly lostUpdates?: Spread;
  readonly products?: Spread;
  /** Error sources of the first seed, from its initial weights and from its last ones. */
  readonly sources?: { readonly initial: ErrorSources; readonly final: ErrorSources };
  /** Points of validation error above the best of all groups, from and to; of groups that could be compared. */
  readonly aboveBest?: { readonly low: number; readonly high: number; readonly verdict: Verdict };
  /** No other group has a lower error in as few bytes. */
  readonly onFront: boolean;
}

/** A group is shown to be above the best by no more than the margin, or by more, or neither. */
export type Verdict = 'not worse' | 'worse' | 'cannot tell';

/** Advice drawn from the grid. */
export interface Advice {
  /** Id of the group to choose; nothing where none is shown to be the one. */
  readonly group?: string;
  readonly sentence: string;
  readonly rule: string;
  /** An estimate of how many would decide, where the seeds do not. */
  readonly moreSeeds?: number | 'more than 100';
}

export interface ComparisonData {
  readonly title: string;
  readonly preset: string;
  readonly dataset: string;
  readonly device: string;
  readonly epochs: string;
  /** Validation images that the comparison split off the training images. */
  readonly heldOut?: string;
  /** By what groups are compared: validation, or where there is none the test set, which chooses nothing. */
  readonly measure: 'validationError' | 'testError';
  /** ISO 8601. */
  readonly written: string;
  readonly hostVersion: string;
  /** True where all cells have come to an end. */
  readonly complete: boolean;
  /** Nothing where no cell has finished. */
  readonly advice?: Advice;
  /** Names of the settings, in the order of the columns. */
  readonly keys: readonly string[];
  readonly groups: readonly Group[];
  readonly references: readonly {
    readonly id: string;
    /** The cells it is the reference of. */
    readonly cells: readonly string[];
    readonly testError?: number;
    readonly reason?: string;
    readonly epochs: readonly EpochPoint[];
  }[];
}
