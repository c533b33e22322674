/** Examples to be predicted, from whatever data may be in; their classes may be told, or not. */
import { open, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { UserError } from '../ground/index.js';
import { isSamePicture, type Picture, pictureOf, pixelsOf, shapeName } from '../model/index.js';
import { placesIn } from './example.js';
import { readIdxImages } from './idx.js';
import { loadIdxSet } from './idx-folder.js';
import { isNpyFolder, readFeatureArrays } from './readers/arrays.js';
import { type FeatureRow, featureRows, type RowForm } from './readers/feature-rows.js';
import { isPictureFolder, picturesIn, readPictures, readUnsorted } from './readers/pictures.js';
import type { Order, Reading } from './reading.js';
import { categoriesOf, type FeatureTable } from './table.js';

/** The examples that a model takes. */
export interface ModelForm extends RowForm {
  readonly reading: Reading;
  /** Shape of an example's features. */
  readonly picture: Picture;
  /** How the model takes them, where the shape has several channels and places. */
  readonly order: Order;
}

export interface AskedExample extends Pick<FeatureRow, 'features' | 'label'> {
  /** Its name within what it is from: `line 17`, `row 3` of an array, a picture's file. */
  readonly name: string;
  /** A line of a file or stream, from 1 on. */
  readonly line?: number;
}

/**
 * Examples one after the other, of a stream each as soon as its line has come.
 * @param source a stream of lines; or the path of a CSV file, of `.npy` or `.npz` arrays, of a PNG picture or a folder of
 *   them, of IDX images or a folder of IDX files. Of what holds two sets the test set is taken
 * @param signal when aborted, there are no more
 * @param onNote told what is worth a word, before the first example
 * @throws `UserError` that names the place of whatever is no example
 */
export async function* examplesIn(
  source: string | Readable,
  form: ModelForm,
  signal?: AbortSignal,
  onNote?: (note: string) => void,
): AsyncGenerator<AskedExample> {
  const table = typeof source === 'string' ? await tableIn(resolve(source), form) : undefined;
  if (!table) {
    for await (const row of featureRows(source, form, signal, onNote))
      yield { ...row, name: `line ${row.line}` };
    return;
  }
  requireForm(table, form);
  const { count, width, features, labels } = table;
  const places = sourceIn(table, form);
  for (let n = 0; n < count; n++) {
    // Nothing here waits, and a signal is heard between two turns.
    await setImmediate();
    if (signal?.aborted) return;
    yield {
      name: table.nameOf(n),
      features: Float64Array.from(places, (at) => features[n * width + at]),
      ...(labels && { label: labels.names[labels.codes[n]] }),
    };
  }
}

/** Nothing where a path is of rows. */
async function tableIn(path: string, form: ModelForm): Promise<FeatureTable | undefined> {
  const { channels = 1 } = form.picture;
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    if (await isNpyFolder(path)) return readFeatureArrays(path, form);
    if (await isPictureFolder(path)) {
      const { training, test = training } = await readPictures(path, channels);
      return test;
    }
    const pictures = await picturesIn(path);
    return pictures.length > 0 ? readUnsorted(path, pictures, channels) : idxSetIn(path, form);
  }
  const ending = extname(path).toLowerCase();
  if (ending === '.npy' || ending === '.npz') return readFeatureArrays(path, form);
  if (ending === '.png') return readUnsorted(dirname(path), [basename(path)], channels);
  return found && (await isIdx(path)) ? idxImagesIn(path, form) : undefined;
}

/** Returns whether a file begins as IDX does, or as what is zipped: text does neither. */
async function isIdx(path: string): Promise<boolean> {
  const handle = await open(path).catch(() => undefined);
  try {
    const start = await handle?.read(Buffer.alloc(2), 0, 2, 0);
    return start?.bytesRead === 2 && [0x0000, 0x1f8b].includes(start.buffer.readUInt16BE());
  } finally {
    await handle?.close();
  }
}

function idxOrder({ picture, order }: ModelForm): Order | undefined {
  return picture.channels === undefined ? undefined : order;
}

async function idxImagesIn(file: string, form: ModelForm): Promise<FeatureTable> {
  const { count, pixels, ...picture } = await readIdxImages(file, idxOrder(form));
  return ofBytes(file, picture, pixels, count);
}

async function idxSetIn(folder: string, form: ModelForm): Promise<FeatureTable> {
  const { samples, imagesFile, ...images } = await loadIdxSet('test', folder, idxOrder(form));
  const { images: pixels, labels, count } = samples;
  return {
    ...ofBytes(imagesFile, pictureOf(images), pixels, count),
    labels: categoriesOf(Array.from(labels, String)),
  };
}

function ofBytes(file: string, picture: Picture, features: Uint8Array, count: number): FeatureTable {
  return {
    ...{ file, count, features, picture },
    width: pixelsOf(picture),
    order: 'channels-last',
    nameOf: (example) => `image ${example}`,
  };
}

function requireForm({ file, width, picture }: FeatureTable, form: ModelForm): void {
  if (width !== form.features)
    throw new UserError(
      `${file} has ${width} features an example${picture ? `, ${shapeName(picture)}` : ''}, the model takes ${form.features}, ${shapeName(form.picture)}`,
      'give examples of the shape that it was trained on',
    );
  if (!picture || form.reading.shape || isSamePicture(picture, form.picture)) return;
  throw new UserError(
    `${file} has examples of ${shapeName(picture)}, the model takes ${shapeName(form.picture)}`,
    'give examples of the shape that it was trained on',
  );
}

/** Where each of the features that a model takes stands in an example of the table. */
function sourceIn({ order }: FeatureTable, { picture, ...form }: ModelForm): Uint32Array {
  const [own, wanted] = [order ?? form.order, form.order].map((one) => placesIn(picture, one));
  const source = new Uint32Array(own.length);
  wanted.forEach((at, place) => {
    source[at] = own[place];
  });
  return source;
}
