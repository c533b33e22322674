/** NumPy arrays: pairs of `.npy` files, and `.npz` files that hold such pairs. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { UserError } from '../../ground/index.js';
import { isSamePicture, type Picture } from '../../model/index.js';
import { channelsUntold, pictureFrom } from '../example.js';
import type { Order } from '../reading.js';
import { type Categories, categoriesOf, type FeatureTable, type Table } from '../table.js';
import { type NpyContents, parseNpy } from './npy.js';

/** Names of features, and of the labels that go with them. */
const PAIRS: Readonly<Record<string, string>> = {
  x: 'y',
  X: 'y',
  features: 'labels',
  images: 'labels',
  data: 'target',
};

/** Words that stand behind, or before, a pair's names: of the training set or of all, and of the test set. */
const ENDINGS = { training: ['', 'train', 'training'], test: ['test'] } as const;

export interface ArrayTables {
  readonly training: Table;
  readonly test?: Table;
}

interface Pair {
  readonly features: string;
  readonly labels: string;
}

/** Bytes that one of DEFLATE may unpack to, at most. */
const MOST_EACH = 1032;

/** Named arrays of a file or folder. */
interface Arrays {
  readonly file: string;
  readonly names: readonly string[];
  load(name: string): NpyContents;
  /** An array in messages. */
  where(name: string): string;
}

/** Reads an `.npz` file. Throws `UserError` where it holds no pair of arrays. */
export async function readNpz(file: string, order: Order | undefined): Promise<ArrayTables> {
  return parseNpz(file, await contentsOf(file), order);
}

/** The same of a file's bytes. */
export function parseNpz(file: string, packed: Uint8Array, order: Order | undefined): ArrayTables {
  return tablesOf(membersOf(file, packed), order);
}

function membersOf(file: string, packed: Uint8Array): Arrays {
  let members: Record<string, Uint8Array>;
  try {
    members = unzipSync(packed, {
      filter: ({ name, size, originalSize }) => {
        // Room is made for what the archive says, before anything is unpacked.
        if (size > packed.length || originalSize > MOST_EACH * (size + 1))
          throw new RangeError(`${name} says that it unpacks to ${originalSize} bytes`);
        return name.endsWith('.npy');
      },
    });
  } catch (cause) {
    throw new UserError(
      `${file} is no whole NPZ file: ${(cause as Error).message}`,
      'write it with numpy.savez',
      {
        cause,
      },
    );
  }
  const names = Object.keys(members).map((name) => name.replace(/\.npy$/, ''));
  const where = (name: string) => `${file}, array ${name}`;
  return { file, names, where, load: (name) => parseNpy(members[`${name}.npy`], where(name)) };
}

/** Reads the pairs of `.npy` files of a folder, or the one pair whose features a file is. */
export async function readNpyPairs(path: string, order: Order | undefined): Promise<ArrayTables> {
  const isFile = path.endsWith('.npy');
  const folder = isFile ? dirname(path) : path;
  const names = await npyNames(folder);
  const chosen = isFile ? ownPair(path, names) : names;
  return tablesOf(await filesIn(folder, path, chosen), order);
}

/** Files of a folder, those of them read that are of a pair, or all alone. */
async function filesIn(folder: string, file: string, names: readonly string[]): Promise<Arrays> {
  const where = (name: string) => join(folder, `${name}.npy`);
  const contents = new Map<string, NpyContents>();
  const pairs = Object.values(pairsIn(names)).flatMap(({ features, labels }) => [features, labels]);
  for (const name of pairs.length > 0 ? pairs : names)
    contents.set(name, parseNpy(await contentsOf(where(name)), where(name)));
  return { file, names, where, load: (name) => contents.get(name) as NpyContents };
}

/**
 * Reads features whose labels may be missing: a `.npy` file, a folder of pairs, an `.npz` file; of two sets, the test set.
 * Throws `UserError` where there is none.
 */
export async function readFeatureArrays(path: string, form: ExpectedForm): Promise<FeatureTable> {
  const arrays = await arraysIn(path);
  const { training, test } = pairsIn(arrays.names);
  const { features, labels }: Partial<Pair> = test ?? training ?? { features: loneIn(arrays) };
  const contents = asExamples(arrays.load(features), form);
  const own = arrays.where(features);
  const table = featuresOf(own, contents, orderOf(contents.shape.slice(1), form));
  if (labels === undefined) return table;
  return { ...table, labels: labelColumn(arrays.where(labels), arrays.load(labels), table.count, own) };
}

/** Examples as a model takes them. */
interface ExpectedForm {
  readonly features: number;
  readonly picture: Picture;
  readonly order: Order;
}

async function arraysIn(path: string): Promise<Arrays> {
  if (path.endsWith('.npz')) return membersOf(path, await contentsOf(path));
  if (!path.endsWith('.npy')) return filesIn(path, path, await npyNames(path));
  const own = basename(path, '.npy');
  const labels = labelsOf(own);
  const names = await npyNames(dirname(path));
  const isPair = labels !== undefined && names.includes(labels);
  return filesIn(dirname(path), path, isPair ? [own, labels] : [own]);
}

function loneIn({ file, names }: Arrays): string {
  const known = [...spelledPairs(ENDINGS.test), ...spelledPairs(ENDINGS.training)];
  const features = names.length === 1 ? names[0] : known.map((pair) => pair.features).find(isIn(names));
  if (features !== undefined) return features;
  throw new UserError(
    `${file} has ${names.length === 0 ? 'no array' : `arrays ${names.join(', ')}, none of them features by its name`}`,
    'name the features x, or write them alone',
  );
}

function isIn(names: readonly string[]) {
  return (name: string) => names.includes(name);
}

/** An array of one example's values has no number of examples before them. */
function asExamples(contents: NpyContents, form: ExpectedForm): NpyContents {
  const { shape } = contents;
  const isOne =
    (shape.length === 1 && shape[0] === form.features) || ORDERS.some((order) => fits(shape, order, form));
  return isOne ? { ...contents, shape: [1, ...shape] } : contents;
}

const ORDERS: readonly Order[] = ['channels-first', 'channels-last'];

function fits(sides: readonly number[], order: Order, { picture }: ExpectedForm): boolean {
  return (sides.length === 2 || sides.length === 3) && isSamePicture(pictureFrom(sides, order), picture);
}

/** Where the channels of three sides are, as far as these tell. */
function orderOf(sides: readonly number[], form: ExpectedForm): Order {
  const found = ORDERS.filter((order) => fits(sides, order, form));
  return sides.length === 3 && found.length === 1 ? found[0] : form.order;
}

/** The name of the labels that go with features of a name. */
function labelsOf(own: string): string | undefined {
  return [...spelledPairs(ENDINGS.training), ...spelledPairs(ENDINGS.test)].find(
    ({ features }) => features === own,
  )?.labels;
}

/** The names of a file of features and of its labels. */
function ownPair(path: string, names: readonly string[]): readonly string[] {
  const own = basename(path, '.npy');
  const labels = labelsOf(own);
  if (labels !== undefined && names.includes(labels)) return [own, labels];
  throw new UserError(
    `${path} has no labels beside it${labels === undefined ? '' : `: there is no ${labels}.npy`}`,
    `name features and labels x and y, or features and labels, perhaps with _train or _test behind it`,
  );
}

/** Returns whether a folder holds a pair of arrays. */
export async function isNpyFolder(folder: string): Promise<boolean> {
  const pairs = pairsIn(await npyNames(folder));
  return (pairs.training ?? pairs.test) !== undefined;
}

async function npyNames(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: Error) => {
    throw new UserError(`${folder} could not be read: ${cause.message}`, 'check the path given to --data', {
      cause,
    });
  });
  return names.filter((name) => name.endsWith('.npy')).map((name) => name.slice(0, -'.npy'.length));
}

function* spelledPairs(endings: readonly string[]): Generator<Pair> {
  for (const [features, labels] of Object.entries(PAIRS))
    for (const ending of endings) {
      if (ending === '') yield { features, labels };
      else
        for (const sign of ['_', '-']) {
          yield { features: `${features}${sign}${ending}`, labels: `${labels}${sign}${ending}` };
          yield { features: `${ending}${sign}${features}`, labels: `${ending}${sign}${labels}` };
        }
    }
}

function pairsIn(names: readonly string[]): Partial<Record<'training' | 'test', Pair>> {
  const found = (endings: readonly string[]) =>
    [...spelledPairs(endings)].find(
      ({ features, labels }) => names.includes(features) && names.includes(labels),
    );
  const [training, test] = [found(ENDINGS.training), found(ENDINGS.test)];
  return { ...(training && { training }), ...(test && { test }) };
}

function tablesOf({ file, names, where, load }: Arrays, order: Order | undefined): ArrayTables {
  const { training, test } = pairsIn(names);
  const first = training ?? test;
  if (!first)
    throw new UserError(
      `${file} has no array of features with its labels${names.length > 0 ? `: it has ${names.join(', ')}` : ''}`,
      'name them x and y (or features and labels), or x_train, y_train, x_test and y_test',
    );
  const table = ({ features, labels }: Pair): Table => {
    const own = featuresOf(where(features), load(features), order);
    return { ...own, labels: labelColumn(where(labels), load(labels), own.count, own.file) };
  };
  return { training: table(first), ...(training && test && { test: table(test) }) };
}

function featuresOf(file: string, { shape, numbers }: NpyContents, order: Order | undefined): FeatureTable {
  const [count = 0, ...sides] = shape;
  if (!numbers || count === 0 || sides.length > 3)
    throw new UserError(
      `${file} holds ${numbers ? `an array of ${shape.join(' × ') || 'one number'}` : 'words'}, no examples`,
      'write examples × features, or examples × rows × columns, with channels before or behind these',
    );
  const width = sides.reduce((product, side) => product * side, 1);
  if (sides.length === 3 && order === undefined) throw channelsUntold(file, shape);
  return {
    file,
    count,
    width,
    features: numbers,
    ...(sides.length > 1 && { picture: pictureFrom(sides, order) }),
    ...(order && { order }),
    nameOf: (example) => `row ${example}`,
  };
}

function labelColumn(
  file: string,
  { shape, numbers, words }: NpyContents,
  count: number,
  features: string,
): Categories {
  const size = shape.reduce((product, side) => product * side, 1);
  if (shape[0] !== count || size !== count)
    throw new UserError(
      `${file} holds ${shape.join(' × ') || 'one'} labels for the ${count} examples of ${features}`,
      'write one label an example, in their order: of rows of zeros and a one, array.argmax(axis=1)',
    );
  if (words) return categoriesOf(words);
  const odd = numbers?.findIndex((label) => !Number.isInteger(label)) ?? -1;
  if (odd >= 0)
    throw new UserError(
      `${file}, row ${odd}: label ${numbers?.[odd]} is no whole number`,
      'a label is the number or the name of a class',
    );
  return categoriesOf(Array.from(numbers ?? [], String));
}

/** Throws `UserError` where a file cannot be read. */
export async function contentsOf(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: Error) => {
    throw new UserError(
      `${file} could not be read: ${cause.message}`,
      'check that it exists and may be read',
      {
        cause,
      },
    );
  });
}
