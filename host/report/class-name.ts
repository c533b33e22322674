/** Classes by their names: whole where there is room, cut where there is none. */
import { classNameOf } from '../data/index.js';
import { type Html, html } from '../drawing/index.js';
import { excerpt } from '../ground/index.js';
import type { ReportData } from './data.js';

type Named = Pick<ReportData, 'classNames'>;

/** Letters of a name in a table's row or under a picture. */
const ROW = 24;
/** Letters of a name above one of many columns, or under a small picture. */
export const NARROW = 8;
/** Letters above all columns of a table together, where that leaves each so many. */
const HEAD = 64;

/** Letters of a name above a table's column. */
export function lettersAbove(columns: number): number {
  return Math.min(ROW, Math.max(NARROW, Math.floor(HEAD / columns)));
}

/** In a sentence. */
export function nameOf(data: Named, label: number): string {
  return excerpt(classNameOf(data, label));
}

/** The whole name is told by pointing where this is only its beginning. */
export function shortName(data: Named, label: number, most = ROW): Html {
  const whole = nameOf(data, label);
  const short = excerpt(whole, most);
  return short === whole ? html`${whole}` : html`<span title="${whole}">${short}</span>`;
}
