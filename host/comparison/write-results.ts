/** Writes what a comparison found: cells.json, cells.csv, report.html, figures/. */

import type { ComparisonData } from '../report/index.js';
import { comparisonFigures, renderComparison } from '../report/index.js';
import type { ComparisonFolder } from './comparison-folder.js';
import { toCsv } from './csv.js';

export interface Written {
  readonly report: string;
  readonly csv: string;
  readonly json: string;
}

export function writeResults(folder: ComparisonFolder, data: ComparisonData): Written {
  for (const { name, file } of comparisonFigures(data)) folder.write(`figures/${name}.svg`, file);
  return {
    json: folder.write('cells.json', `${JSON.stringify(data, undefined, 1)}\n`),
    csv: folder.write('cells.csv', toCsv(data)),
    report: folder.write('report.html', renderComparison(data)),
  };
}
