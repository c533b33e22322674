/** Data sets made of what a program has in memory. */
import { UserError } from '../ground/index.js';
import type { Picture } from '../model/index.js';
import type { Dataset } from './dataset.js';
import { divide } from './division.js';
import { prepare } from './preparation.js';
import { type Order, type Reading, requireReading, testAndSplit } from './reading.js';
import { categoriesOf, type Features, type Table } from './table.js';

/** Examples of one set. */
export interface Examples {
  /** A row an example, or all rows in one array. Numbers that are finite. */
  readonly features: readonly ArrayLike<number>[] | Features;
  /** One an example: a class's name or number. */
  readonly labels: readonly (string | number)[] | Uint8Array;
  /** One an example: examples of one group (a person, a session) are never divided. */
  readonly groups?: readonly (string | number)[];
}

export interface DataSetOptions
  extends Examples,
    Pick<Reading, 'scaling' | 'testShare' | 'split' | 'splitSeed'> {
  /** `data` unless said. */
  readonly name?: string;
  /** Shape of an example; without it, a vector. */
  readonly shape?: Picture;
  /** How the features of a shape with several channels are ordered: `channels-first` unless said. */
  readonly order?: Order;
  /** Names of an example's features, in their order. */
  readonly columnNames?: readonly string[];
  /** The test set; without it one is split off. */
  readonly test?: Examples;
}

/** A data set of examples in memory, scaled as one from a file. Throws `UserError` that names row and column. */
export function dataSet(options: DataSetOptions): Dataset {
  const { name = 'data', shape, order, columnNames, test, scaling, testShare, split, splitSeed } = options;
  const reading: Reading = {
    ...(shape && { shape: { rows: shape.rows, columns: shape.columns, channels: shape.channels ?? 1 } }),
    ...(order && { order }),
    ...(scaling && { scaling }),
    ...(testShare !== undefined && { testShare }),
    ...(split && { split }),
    ...(splitSeed !== undefined && { splitSeed }),
  };
  requireReading(reading);
  if (test && (testShare !== undefined || split !== undefined || options.groups))
    throw testAndSplit('test, or testShare, split and groups');
  const division = divide(
    tableOf(name, options, columnNames),
    test && tableOf(`${name}'s test set`, test, columnNames),
    reading,
  );
  return prepare(name, division, reading);
}

function tableOf(
  file: string,
  { features, labels, groups }: Examples,
  columnNames: readonly string[] | undefined,
): Table {
  const count = labels.length;
  if (count === 0) throw new UserError(`${file} has no labels`, 'give one for each example');
  if (groups && groups.length !== count)
    throw new UserError(
      `${file} has ${groups.length} groups for ${count} labels`,
      'give one for each example',
    );
  const { values, width } = Array.isArray(features)
    ? ofRows(file, features as readonly ArrayLike<number>[], count)
    : ofOne(file, features as Features, count);
  if (columnNames && columnNames.length !== width)
    throw new UserError(`${columnNames.length} columns are named, ${file} has ${width}`, 'name each of them');
  return {
    file,
    count,
    width,
    features: values,
    ...(columnNames && { columns: columnNames, named: true }),
    labels: categoriesOf(Array.from(labels, String)),
    ...(groups && { groups: categoriesOf(groups.map(String)) }),
    nameOf: (example) => `row ${example}`,
  };
}

function ofOne(file: string, values: Features, count: number) {
  const width = values.length / count;
  if (!Number.isInteger(width) || width < 1)
    throw new UserError(
      `${file} has ${values.length} features for ${count} labels`,
      'give as many for each example',
    );
  return { values, width };
}

function ofRows(file: string, rows: readonly ArrayLike<number>[], count: number) {
  if (rows.length !== count)
    throw new UserError(`${file} has ${rows.length} rows for ${count} labels`, 'give one label for each row');
  const width = rows[0].length;
  const values = new Float64Array(count * width);
  rows.forEach((row, n) => {
    if (row.length !== width || width === 0)
      throw new UserError(
        `row ${n} of ${file} has ${row.length} features, row 0 ${width}`,
        'give as many in each',
      );
    values.set(row, n * width);
  });
  return { values, width };
}
