/** A suite of measurements. */
import type { Peers } from '../peers/peers.js';
import type { ResultTable } from '../tables.js';

export interface Bench {
  /** Fewer and shorter rounds: to see that all works, not to quote. */
  readonly quick: boolean;
  readonly peers: Peers;
  /** Tells how far the run is. */
  say(text: string): void;
  /** Writes a file beside the results. */
  save(name: string, content: string): void;
}

export interface SuiteResult {
  readonly tables: readonly ResultTable[];
  /** For results.json: all that the tables show, and each round. */
  readonly data: unknown;
}

export interface Suite {
  readonly name: string;
  /** For --help: a line. */
  readonly description: string;
  run(bench: Bench): Promise<SuiteResult>;
}
