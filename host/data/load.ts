/** A data set from whatever its path is. */
import { stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { UserError } from '../ground/index.js';
import { pictureOf } from '../model/index.js';
import type { Dataset, ImageSet, Preparation, SetName } from './dataset.js';
import { divide, wholeOf } from './division.js';
import { loadIdxFolder, loadIdxSet } from './idx-folder.js';
import { prepare, prepareAs } from './preparation.js';
import { type ArrayTables, isNpyFolder, parseNpz, readNpyPairs, readNpz } from './readers/arrays.js';
import { parseCsv, readCsv } from './readers/csv.js';
import { isPictureFolder, readPictures } from './readers/pictures.js';
import { flagOf, type Reading, requireReading, withWholePaths } from './reading.js';
import type { Table } from './table.js';

const CSV = new Set(['.csv', '.tsv', '.txt']);

/** Names of the features that a model knows: what has a header is put into their order. */
type Known = Pick<Preparation, 'columnNames'>;

/**
 * MNIST, or what a path holds: a folder of IDX files named as MNIST's, a CSV file, `.npy` pairs, an `.npz` file, a folder
 * of PNG pictures a class.
 * Throws UserError, which names file, row and column, if something is missing or malformed or does not fit together.
 * @param known what a model that is to go on learning was trained with: a table's examples are made as its own were
 */
export async function loadDataset(
  path?: string,
  reading: Reading = {},
  known?: Preparation,
): Promise<Dataset> {
  requireReading(reading);
  const whole = path === undefined ? undefined : resolve(path);
  const origin = { ...(whole !== undefined && { path: whole }), reading: withWholePaths(reading) };
  const tables = whole === undefined ? undefined : await tablesIn(whole, reading, known ?? {});
  if (whole === undefined || !tables) return { ...(await ofIdxFiles(path, reading)), origin };
  const { training } = tables;
  const test =
    reading.test === undefined
      ? tables.test
      : (await tablesOf(reading.test, reading, namesIn(training))).training;
  return { ...prepare(nameOf(whole), divide(training, test, reading), reading, known), origin };
}

/**
 * A data set from a file's bytes, where there are no paths: a CSV or an `.npz` file, which its name tells. Throws `UserError` as
 * `loadDataset` does.
 */
export async function dataSetOf(file: string, bytes: Uint8Array, reading: Reading = {}): Promise<Dataset> {
  requireReading(reading);
  const ending = endingOf(file);
  if (!CSV.has(ending) && ending !== '.npz')
    throw new UserError(
      `${file} is no file whose form its name tells`,
      'give a .csv, .tsv, .txt or .npz file',
    );
  const { training, test }: ArrayTables = CSV.has(ending)
    ? { training: await parseCsv(file, bytes, reading) }
    : parseNpz(file, bytes, reading.order);
  return prepare(file.slice(0, -ending.length), divide(training, test, reading), reading);
}

function endingOf(file: string): string {
  return /\.[^.]*$/.exec(file)?.[0].toLowerCase() ?? '';
}

/**
 * One set of what `loadDataset` would load; of IDX files the other's need not be there. Of what has no set for the test all is
 * taken. Throws UserError as `loadDataset` does.
 * @param known what the model that is to see it was trained with
 */
export async function loadSet(
  set: SetName,
  path?: string,
  reading: Reading = {},
  known: Preparation = {},
): Promise<ImageSet> {
  const tables = path === undefined ? undefined : await tablesIn(resolve(path), undivided(reading), known);
  if (path === undefined || !tables) {
    const { imagesFile, ...images } = await loadIdxSet(set, path, reading.order);
    return images;
  }
  const table = set === 'test' ? (tables.test ?? tables.training) : tables.training;
  const { picture, samples } = prepareAs({ table, examples: wholeOf(table) }, reading, known);
  const { notes } = table;
  return { name: nameOf(path), set, ...pictureOf(picture), samples, ...(notes && { notes }) };
}

function namesIn({ named, columns }: Table): Known {
  return named && columns ? { columnNames: columns } : {};
}

/** The same where nothing is split: a group is then no more than a column that is left out. */
function undivided({ groupColumn, ...reading }: Reading): Reading {
  if (groupColumn === undefined) return reading;
  return { ...reading, ignore: [...(reading.ignore ?? []), groupColumn] };
}

function nameOf(path: string): string {
  const file = basename(resolve(path));
  return CSV.has(extname(file).toLowerCase()) || /\.np[yz]$/.test(file)
    ? file.slice(0, -extname(file).length)
    : file;
}

/** Nothing where it can but be IDX files. */
async function tablesIn(
  path: string,
  reading: Reading,
  { columnNames }: Known,
): Promise<ArrayTables | undefined> {
  const ending = extname(path).toLowerCase();
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    if (await isNpyFolder(path)) return readNpyPairs(path, reading.order);
    return (await isPictureFolder(path)) ? readPictures(path) : undefined;
  }
  if (CSV.has(ending)) return { training: await readCsv(path, reading, columnNames) };
  if (ending === '.npz') return readNpz(path, reading.order);
  if (ending === '.npy') return readNpyPairs(path, reading.order);
  if (found)
    throw new UserError(
      `${path} is not a directory, nor a file whose form its name tells`,
      'name a .csv, .tsv, .npy or .npz file, or a directory of IDX files, .npy pairs or pictures',
    );
  return undefined;
}

async function tablesOf(path: string, reading: Reading, known: Known): Promise<ArrayTables> {
  const tables = await tablesIn(resolve(path), reading, known);
  if (tables) return tables;
  throw new UserError(
    `${path} holds no examples that can be a test set`,
    'name a file or folder like that of --data',
  );
}

/** IDX files say everything themselves, but where several channels stand. */
async function ofIdxFiles(path: string | undefined, { order, ...others }: Reading): Promise<Dataset> {
  requireNoReading(others, path);
  const dataset = await loadIdxFolder(path, order);
  if (order !== undefined && dataset.channels === undefined) requireNoReading({ order }, path);
  return dataset;
}

function requireNoReading(reading: Reading, path: string | undefined): void {
  const [key] = Object.keys(reading);
  if (key === undefined) return;
  throw new UserError(
    `${flagOf(key)} says how a table is read, ${path ?? 'MNIST'} is read as IDX files`,
    'leave it out, or name with --data a .csv, .npy or .npz file, or a folder of pictures',
  );
}
