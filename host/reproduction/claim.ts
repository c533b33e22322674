/** A paper's claim, measured. */
import * as v from 'valibot';
import type { Panel, Pictures } from '../drawing/index.js';
import type { Table } from './tables.js';

/** A claim measured, in values that JSON can hold: the report is written from it. */
export interface Finding {
  /** The paper's statement. */
  readonly statement: string;
  /** The finding, with its numbers. */
  readonly verdict: string;
  readonly holds: boolean;
  readonly panels: readonly (Panel | Pictures)[];
  readonly tables: readonly Table[];
}

export interface Claim extends Finding {
  /** Also the name of its figure's file. */
  readonly name: string;
  readonly title: string;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** A claim read from a file; panels and tables are checked only for being there. */
export const claimSchema = v.object({
  name: v.string(),
  title: v.string(),
  statement: v.string(),
  verdict: v.string(),
  holds: v.boolean(),
  panels: v.array(v.custom<Panel | Pictures>(isObject)),
  tables: v.array(v.custom<Table>(isObject)),
});
