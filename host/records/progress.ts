/** Where a run stands: as it is told while it goes, and as a checkpoint keeps it. */
import type { Evaluation, Tally } from './metrics.js';
import type { Evidence } from './symptoms.js';

export interface Progress {
  readonly phase: 'training' | 'validation' | 'test';
  readonly epoch: number;
  readonly epochs: number;
  /** Examples of this epoch or evaluation that are done. */
  readonly done: number;
  readonly total: number;
  readonly wrong: number;
  /** Replies found equal to the twin's. */
  readonly checked: number;
}

/** Where a run stands, as JSON. */
export interface Position {
  readonly step: number;
  /** Hexadecimal. */
  readonly digest: string;
  readonly saturations: number;
  readonly checked: number;
  readonly seconds: number;
  readonly tally: Tally;
  /** The result of the last epoch's validation. */
  readonly validation?: Evaluation;
  /** Evidence of symptoms; none of a run begun before they were watched. */
  readonly evidence?: Evidence;
}
