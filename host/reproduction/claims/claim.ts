/** A claim of the paper, measured. */
import type { Panel } from '../../drawing/index.js';
import type { Table } from '../tables.js';

/** A claim, in values that JSON can hold: the report is written from it. */
export interface Claim {
  /** Also the name of its figure's file. */
  readonly name: string;
  readonly title: string;
  /** The paper's statement. */
  readonly statement: string;
  /** The finding, with its numbers. */
  readonly verdict: string;
  readonly holds: boolean;
  readonly panels: readonly Panel[];
  readonly tables: readonly Table[];
}
