/** Real data sets where Debian's packages install them, and gestures: as raw features, before anything is scaled. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { loadDataset } from '../../dist/host/data/index.js';
import { categoriesOf } from '../../dist/host/data/table.js';
import { UserError } from '../../dist/host/ground/index.js';
import { easyGestures, hardGestures } from '../../examples/gestures.mjs';

const SKLEARN = '/usr/lib/python3/dist-packages/sklearn/datasets/data';
const FASHION = '/usr/share/datasets/fashion-mnist';
/** Images of Fashion-MNIST that are trained on, and kept for validation: backpropagation in Python takes long over all. */
const FASHION_IMAGES = 12_000;

/**
 * Each loads what it finds, whole, and throws `UserError` where a package is missing. A set without a test set of its own is
 * divided by the seed; gestures are drawn by it too.
 */
export const sets = {
  'easy gestures': (seed) => gestures(easyGestures(seed)),
  'hard gestures': (seed) => gestures(hardGestures(seed)),
  digits: () => sklearn('digits.csv.gz', 0),
  'breast cancer': () => sklearn('breast_cancer.csv', 1),
  wine: () => sklearn('wine_data.csv', 1),
  letters: () => mlbench('LetterRecognition', 'lettr'),
  vowels: () => mlbench('Vowel', 'Class', ['V1']),
  satellite: () => mlbench('Satellite', 'classes'),
  sonar: () => mlbench('Sonar', 'Class'),
  'fashion-mnist': () => fashion(),
};

function gestures({ features, labels }) {
  return { training: tableOf(features, labels) };
}

/** @param headings lines before the first example; the class is the last column */
function sklearn(name, headings) {
  const path = `${SKLEARN}/${name}`;
  if (!existsSync(path)) throw missing(path, 'python3-sklearn');
  const bytes = readFileSync(path);
  const rows = rowsOf(String(name.endsWith('.gz') ? gunzipSync(bytes) : bytes)).slice(headings);
  return {
    training: tableOf(
      rows.map((row) => row.slice(0, -1)),
      rows.map((row) => row.at(-1)),
    ),
  };
}

/** @param others columns that are no features: who spoke a vowel */
function mlbench(name, label, others = []) {
  const program = `data(list = '${name}', package = 'mlbench'); write.csv(${name}, row.names = FALSE)`;
  const { stdout, status } = spawnSync('Rscript', ['-e', program], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw missing(`${name} of R's mlbench`, 'r-cran-mlbench');
  const [names, ...rows] = rowsOf(stdout);
  const isFeature = names.map((column) => column !== label && !others.includes(column));
  return {
    training: tableOf(
      rows.map((row) => row.filter((_, at) => isFeature[at])),
      rows.map((row) => row[names.indexOf(label)]),
    ),
  };
}

/** Bytes, and a test set of its own. */
async function fashion() {
  if (!existsSync(FASHION)) throw missing(FASHION, 'dataset-fashion-mnist');
  const { pixels, training, test } = await loadDataset(FASHION);
  const table = ({ images, labels }, count) => ({
    ...named(count, pixels),
    features: images.subarray(0, count * pixels),
    labels: categoriesOf(Array.from(labels.subarray(0, count), String)),
  });
  return { training: table(training, FASHION_IMAGES), test: table(test, test.count) };
}

function rowsOf(text) {
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.replaceAll('"', '').split(','));
}

function tableOf(rows, labels) {
  const width = rows[0].length;
  const features = new Float64Array(rows.length * width);
  rows.forEach((row, n) => {
    features.set(row, n * width);
  });
  return { ...named(rows.length, width), features, labels: categoriesOf(labels) };
}

function named(count, width) {
  return { file: 'the set', count, width, nameOf: (example) => `row ${example}` };
}

function missing(what, package_) {
  return new UserError(`${what} is missing`, `apt install ${package_}`);
}
