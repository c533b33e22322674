/** Everything a reproduction leaves beside its runs: table-2.md, table-2.json with every epoch, figure-5.svg, report.html. */

import { chartFigure, standalone } from '../../drawing/index.js';
import type { Claim } from '../claim.js';
import { claimSection, renderPage, type Section } from '../page.js';
import { markdownTable } from '../tables.js';
import { readClaims } from './claims/claims.js';
import { errorPanels, errorTable } from './figure-5.js';
import type { ReproductionFolder } from './folder.js';
import type { Reproduction } from './outcome.js';
import { epochsOf } from './plan.js';
import { hyperparameterTable, resultTable } from './table-2.js';
import { YARDSTICK_EPOCHS, YARDSTICK_RATE } from './yardstick.js';

export interface WrittenResults {
  readonly report: string;
  /** Nothing before a network's first epoch. */
  readonly figure?: string;
}

/** One sentence that says how much of the paper's recipe this was. */
export function describeForm({ settings, networks }: Reproduction): string {
  const { form, relaxation, seed, images } = settings;
  const recipe =
    relaxation === 'fast'
      ? "exact layer-wise relaxation from a zero start, with rates, nudging and initial weights to suit, in place of the authors' Euler steps"
      : "the recipe of the authors' program";
  const isWhole = networks.every(
    ({ recipe: { epochs }, paper }) => epochs === epochsOf('full', relaxation, paper.number),
  );
  if (form === 'quick')
    return `Quick form, seed ${seed}: ${recipe}, on the first ${images} images alone; it shows that everything runs, not how well the networks do.`;
  return `Full form, seed ${seed}: ${recipe}, on all of its images${isWhole ? ' for all of its epochs' : ', but not for as many epochs'}.`;
}

export function writeResults(folder: ReproductionFolder, reproduction: Reproduction): WrittenResults {
  const form = describeForm(reproduction);
  const report = folder.write('report.html', page(reproduction, readClaims(folder), form));
  if (reproduction.networks.length === 0) return { report };
  const tables = [hyperparameterTable(reproduction), resultTable(reproduction)];
  const markdown = [form, ...tables.flatMap((one) => [`**${one.title}**`, markdownTable(one)])].join('\n\n');
  const json = { ...reproduction.settings, description: form, networks: reproduction.networks };
  folder.write('table-2.md', `${markdown}\n`);
  folder.write('table-2.json', `${JSON.stringify(json, undefined, 2)}\n`);
  const figure = standalone(chartFigure('Errors against epochs', errorPanels(reproduction)));
  return { report, figure: folder.write('figure-5.svg', figure) };
}

function page(reproduction: Reproduction, claims: readonly Claim[], form: string): string {
  const sections = reproduction.networks.length > 0 ? networkSections(reproduction) : [];
  return renderPage('Scellier & Bengio 2016, in integers', form, [...sections, ...claims.map(claimSection)]);
}

function networkSections(reproduction: Reproduction): readonly Section[] {
  return [
    {
      title: 'Figure 5',
      text: `Training and validation error of networks with one, two and three hidden layers of 500 units. Training error is counted before each minibatch's update; validation starts from persistent states where the recipe keeps them, as in the paper. Solid: the device; dotted: the float64 reference, where it was trained beside the device; dashed: a network of the same size trained by backpropagation (rectified units, softmax, rate ${YARDSTICK_RATE}, float64; ${YARDSTICK_EPOCHS} epochs at most). Errors of the first epochs may lie above the axis.`,
      panels: errorPanels(reproduction),
      tables: reproduction.networks.map(errorTable),
    },
    {
      title: 'Table 2',
      text: 'β is the paper’s ξ, for the cost without the ½. The printed table, the program that made the figures and the runs here differ where the rows do. Validation from persistent states flatters: the zero start is what a deployed network does.',
      panels: [],
      tables: [hyperparameterTable(reproduction), resultTable(reproduction)],
    },
  ];
}
