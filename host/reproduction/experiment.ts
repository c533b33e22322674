/** An experiment of a paper: a file each, listed in its paper's `experiments.ts`. */
import type { Finding } from './claim.js';
import type { Conditions } from './conditions.js';
import type { PaperName } from './papers.js';

/** `quick`: minutes, it shows that everything runs. `full`: what docs/reproduction has. */
export type Form = 'quick' | 'full';

/** A line of the catalogue. */
export interface Entry {
  readonly paper: PaperName;
  /** A word of the command line, unique in its paper; also the name of its figure's file. */
  readonly name: string;
  readonly title: string;
  /** In half a line. */
  readonly shows: string;
  /** About how long it takes, on one core; no full form where it is absent. */
  readonly minutes: { readonly quick: number; readonly full?: number };
}

export interface Experiment extends Entry {
  /** Rejects when the conditions' signal is given, or with `UserError` where something is missing. */
  run(form: Form, conditions: Conditions): Promise<Finding>;
}
