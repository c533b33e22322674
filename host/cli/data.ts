import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  classNameOf,
  type Dataset,
  type DatasetSummary,
  firstOfEach,
  loadDataset,
  type Reading,
  summarise,
} from '../data/index.js';
import { writeWhole } from '../files/index.js';
import { count, decimals, inPercent, significant } from '../ground/index.js';
import { shapeName } from '../model/index.js';
import { exampleOf, renderDataPage } from '../report/index.js';
import { addReadingFlags, readingOf } from './data-flags.js';
import { exampleText } from './example-text.js';
import { print, printJson, say, styled, table } from './output.js';

interface DataCommandFlags extends Reading {
  readonly out?: string;
  readonly json?: true;
}

/** Rows of a table in the terminal. */
const MOST_ROWS = 30;
/** Classes of which an example is drawn. */
const MOST_DRAWN = 8;

export const DATA_PAGE = 'data.html';

export function addData(program: Command): void {
  const command = program
    .command('data')
    .description('look at a data set: its shape, classes, ranges, what 8 bits lose, what is odd')
    .argument('[path]', 'as for train --data (default: MNIST)');
  addReadingFlags(command.optionsGroup('Reading:'))
    .optionsGroup('Options:')
    .option('--out <folder>', `write a page with pictures of examples there, ${DATA_PAGE}`)
    .option('--json', 'one JSON object on standard output')
    .action(look);
}

async function look(path: string | undefined, flags: DataCommandFlags): Promise<void> {
  const dataset = await loadDataset(path, readingOf(flags));
  const summary = summarise(dataset);
  if (flags.json) printJson(summary);
  else tell(summary, dataset);
  for (const note of summary.notes) say(styled('yellow', `note     ${note}`));
  if (flags.out === undefined) return;
  const page = writeWhole(resolve(flags.out), DATA_PAGE, renderDataPage(summary, examplesOf(dataset)));
  if (!flags.json) print('page    ', page);
}

function tell(summary: DatasetSummary, dataset: Dataset): void {
  const { name, picture, inputs, scaling, training, test, classes, features, repeated } = summary;
  const way = {
    none: 'bytes as they are',
    unit: 'scaled to [0, 1]',
    signed: 'in two halves, above and below zero or their mean',
  };
  print(`${name}: ${count(training)} training and ${count(test)} test examples of ${count(inputs)} inputs`);
  print(`shape    ${shapeName(picture)}; features ${way[scaling]}`);
  print(`repeated ${count(repeated)} test examples are in the training set too`);
  print('');
  printTable(
    ['class', 'training', 'test', 'share'],
    classes.map((one) => [
      one.name,
      count(one.training),
      count(one.test),
      inPercent((100 * (one.training + one.test)) / (training + test)),
    ]),
  );
  print('');
  printTable(
    ['feature', 'least', 'greatest', 'step of 8 bits', 'spread in steps'],
    features.map((one) => [
      one.name,
      significant(one.least),
      significant(one.greatest),
      significant(one.step),
      decimals(one.spread, 1),
    ]),
  );
  for (const { label, levels, shape } of examplesOf(dataset).slice(0, MOST_DRAWN)) {
    print('');
    print(label);
    for (const line of exampleText(levels, shape)) print('', line);
  }
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  print(table(head, rows.slice(0, MOST_ROWS)));
  if (rows.length > MOST_ROWS) print(`… and ${count(rows.length - MOST_ROWS)} more: --json tells all`);
}

/** An example of each class. */
function examplesOf(dataset: Dataset) {
  return firstOfEach(dataset).map(({ label, image }) => ({
    label: classNameOf(dataset, label),
    ...exampleOf(dataset, dataset.scaling, image),
  }));
}
