/** NumPy arrays: pairs of `.npy` files, and `.npz` files that hold such pairs. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { UserError } from '../../ground/index.js';
import type { Picture } from '../../model/index.js';
import type { Order } from '../reading.js';
import { type Categories, categoriesOf, type Table } from '../table.js';
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

type Load = (name: string) => NpyContents;

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

/** Reads an `.npz` file. Throws `UserError` where it holds no pair of arrays. */
export async function readNpz(file: string, order: Order | undefined): Promise<ArrayTables> {
  const packed = await contentsOf(file);
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
  return tablesOf(file, where, names, (name) => parseNpy(members[`${name}.npy`], where(name)), order);
}

/** Reads the pairs of `.npy` files of a folder, or the one pair whose features a file is. */
export async function readNpyPairs(path: string, order: Order | undefined): Promise<ArrayTables> {
  const isFile = path.endsWith('.npy');
  const folder = isFile ? dirname(path) : path;
  const names = await npyNames(folder);
  const chosen = isFile ? ownPair(path, names) : names;
  const contents = new Map<string, NpyContents>();
  for (const { features, labels } of Object.values(pairsIn(chosen)))
    for (const name of [features, labels]) {
      const file = join(folder, `${name}.npy`);
      contents.set(name, parseNpy(await contentsOf(file), file));
    }
  const where = (name: string) => join(folder, `${name}.npy`);
  return tablesOf(path, where, chosen, (name) => contents.get(name) as NpyContents, order);
}

/** The names of a file of features and of its labels. */
function ownPair(path: string, names: readonly string[]): readonly string[] {
  const own = basename(path, '.npy');
  const pair = [...spelledPairs(ENDINGS.training), ...spelledPairs(ENDINGS.test)].find(
    ({ features }) => features === own,
  );
  if (pair && names.includes(pair.labels)) return [own, pair.labels];
  throw new UserError(
    `${path} has no labels beside it${pair ? `: there is no ${pair.labels}.npy` : ''}`,
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

/** @param where an array is, in messages */
function tablesOf(
  file: string,
  where: (name: string) => string,
  names: readonly string[],
  load: Load,
  order: Order | undefined,
): ArrayTables {
  const { training, test } = pairsIn(names);
  const first = training ?? test;
  if (!first)
    throw new UserError(
      `${file} has no array of features with its labels${names.length > 0 ? `: it has ${names.join(', ')}` : ''}`,
      'name them x and y (or features and labels), or x_train, y_train, x_test and y_test',
    );
  const table = ({ features, labels }: Pair) =>
    tableOf(where(features), load(features), where(labels), load(labels), order);
  return { training: table(first), ...(training && test && { test: table(test) }) };
}

function tableOf(
  file: string,
  { shape, numbers }: NpyContents,
  labelsFile: string,
  labels: NpyContents,
  order: Order | undefined,
): Table {
  const [count = 0, ...sides] = shape;
  if (!numbers || count === 0 || sides.length > 3)
    throw new UserError(
      `${file} holds ${numbers ? `an array of ${shape.join(' × ') || 'one number'}` : 'words'}, no examples`,
      'write examples × features, or examples × rows × columns, with channels before or behind these',
    );
  const width = sides.reduce((product, side) => product * side, 1);
  if (sides.length === 3 && order === undefined)
    throw new UserError(
      `${file} holds ${shape.join(' × ')} numbers: where the channels are it does not say`,
      `give --order channels-first for ${sides[0]} channels, --order channels-last for ${sides[2]}`,
    );
  return {
    file,
    count,
    width,
    features: numbers,
    ...(sides.length > 1 && { picture: pictureFrom(sides, order) }),
    labels: labelColumn(labelsFile, labels, count, file),
    nameOf: (example) => `row ${example}`,
  };
}

function pictureFrom(sides: readonly number[], order: Order | undefined): Picture {
  if (sides.length === 2) return { rows: sides[0], columns: sides[1] };
  const [channels, rows, columns] = order === 'channels-last' ? [sides[2], sides[0], sides[1]] : sides;
  return { channels, rows, columns };
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

async function contentsOf(file: string): Promise<Uint8Array> {
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
