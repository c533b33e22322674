/** Classes by their names: whole where there is room, cut where there is none. */
import { classNameOf } from '../data/index.js';
import { type Html, html } from '../drawing/index.js';
import { excerpt } from '../ground/index.js';
import type { ReportData } from './data.js';

type Named = Pick<ReportData, 'classNames'>;

/** Letters of a name in a table's row or under a picture, and above a table's column. */
const MOST = { row: 24, column: 8 } as const;

/** In a sentence. */
export function nameOf(data: Named, label: number): string {
  return excerpt(classNameOf(data, label));
}

/** The whole name is told by pointing where this is only its beginning. */
export function shortName(data: Named, label: number, where: keyof typeof MOST): Html {
  const whole = nameOf(data, label);
  const short = excerpt(whole, MOST[where]);
  return short === whole ? html`${whole}` : html`<span title="${whole}">${short}</span>`;
}
