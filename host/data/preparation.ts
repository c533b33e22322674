/** Tables become the bytes that a network learns. */
import { UserError } from '../ground/index.js';
import {
  type FeatureRange,
  hasBothSigns,
  inputsEach,
  type Picture,
  pictureOf,
  pixelsOf,
  type Scaling,
  shapeName,
  stepFor,
} from '../model/index.js';
import { type Dataset, highest, type Preparation, type Samples } from './dataset.js';
import type { Division, Selection } from './division.js';
import { ExampleForm, noInput, placesIn } from './example.js';
import { greynessOf } from './greyness.js';
import { notesOn } from './notes.js';
import type { Reading } from './reading.js';
import { placeOf, type Table } from './table.js';

/** A label is a byte. */
const MOST_CLASSES = 256;

/**
 * Throws `UserError` where the examples make no data set.
 * @param as what a model that is to learn them was trained with; else that comes from the training set
 */
export function prepare(name: string, division: Division, reading: Reading, as?: Preparation): Dataset {
  const { training, test } = division;
  requireSameWidth(training.table, test.table);
  const { columns, named } = training.table;
  const picture = pictureIn(training.table, reading);
  if (as) requireFeatures(training.table, as);
  const classNames = as ? as.classNames : classNamesOf(training);
  const source = placesIn(picture, training.table.order ?? reading.order);
  const ranges = rangesOf(training, partsIn(training.table, reading), source);
  const scaling = as
    ? scalingKept(as, reading)
    : scalingFor(picture, training, source, ranges, reading.scaling);
  const known = { scaling, classNames: classNames ?? NUMBERS };
  const shape = scaledPicture(picture, scaling);
  const sets = {
    training: samplesOf(training, source, known),
    test: samplesOf(test, source, known),
  };
  const notes = [
    ...(training.table.notes ?? []),
    ...(test.table === training.table ? [] : (test.table.notes ?? [])),
    ...notesOn(division, source, ranges, sets),
  ];
  return {
    name,
    ...shape,
    pixels: pixelsOf(shape),
    classes: classNames?.length ?? 1 + Math.max(highest(sets.training), highest(sets.test)),
    ...(classNames && { classNames }),
    ...(scaling && { scaling }),
    ...(named && columns && { columnNames: columns }),
    ...sets,
    ...(columns &&
      ranges.length === columns.length && { featureNames: Array.from(source, (at) => columns[at]) }),
    ...(notes.length > 0 && { notes }),
  };
}

/** Classes of a model that knows them by number. */
const NUMBERS = Array.from({ length: MOST_CLASSES }, (_, label) => String(label));

/** All examples of a table as a model takes them that was trained on others. */
export function prepareAs(
  selection: Selection,
  reading: Reading,
  { scaling, classNames }: Preparation,
): { readonly picture: Picture; readonly samples: Samples } {
  const { table } = selection;
  const picture = pictureIn(table, reading);
  requireFeatures(table, { scaling });
  const source = placesIn(picture, table.order ?? reading.order);
  return {
    picture: scaledPicture(picture, scaling),
    samples: samplesOf(selection, source, { scaling, classNames: classNames ?? NUMBERS }),
  };
}

function requireFeatures({ file, width }: Table, { scaling }: Preparation): void {
  if (scaling && scaling.features !== width)
    throw new UserError(
      `${file} has ${width} features an example, the model takes ${scaling.features}`,
      'give the columns that it was trained on, in their order',
    );
}

/** A model's scaling, which no word of a command line changes. */
function scalingKept({ scaling }: Preparation, { scaling: wanted }: Reading): Scaling | undefined {
  const kept = scaling?.kind ?? 'none';
  // Halves around a mean are signed, too.
  if (wanted === undefined || wanted === kept || (wanted === 'centred' && kept === 'signed')) return scaling;
  throw new UserError(
    `--scaling ${wanted} for a network that has learnt what is scaled as ${kept}`,
    'leave it out: the scaling stays that of the run',
  );
}

function scaledPicture(picture: Picture, scaling: Scaling | undefined): Picture {
  const channels = (picture.channels ?? 1) * (scaling ? inputsEach(scaling) : 1);
  return pictureOf({ ...picture, channels });
}

/** The shape of an example: as it was told, as the file has it, or a vector. */
function pictureIn({ file, width, picture }: Table, { shape }: Reading): Picture {
  const told = shape ?? picture ?? { rows: 1, columns: width };
  if (pixelsOf(told) !== width)
    throw new UserError(
      `${file} has ${width} features an example, ${shapeName(told)} are ${pixelsOf(told)}`,
      'mend --shape (channels x rows x columns), or leave out with --ignore the columns that are no features',
    );
  return pictureOf(told);
}

function requireSameWidth(training: Table, test: Table): void {
  if (training.width === test.width) return;
  throw new UserError(
    `${test.file} has ${test.width} features an example, ${training.file} ${training.width}`,
    'training and test set need the same columns',
  );
}

/** The classes of the training set, by number where all are numbers, else by name. */
function classNamesOf({ table, examples }: Selection): readonly string[] {
  const { codes, names } = table.labels;
  const seen = new Set<number>();
  for (const example of examples) seen.add(codes[example]);
  const found = [...seen].map((code) => names[code]);
  const byNumber = found.every((name) => Number.isFinite(Number(name)));
  found.sort((one, other) => (byNumber ? Number(one) - Number(other) : one < other ? -1 : 1));
  if (found.length < 2)
    throw new UserError(
      `all training examples of ${table.file} are of one class, '${found[0]}'`,
      'there is nothing to tell apart: add examples of another class, or name another --label-column',
    );
  if (found.length > MOST_CLASSES)
    throw new UserError(
      `${table.file} has ${found.length} classes, ${MOST_CLASSES} are the most`,
      'name the column of the class with --label-column, if this is another',
    );
  return found;
}

/** How many features are scaled each by itself: the channels of what has places, else all. */
function partsIn({ width, picture }: Table, { shape }: Reading): number {
  const told = shape ?? picture;
  return told && told.rows * told.columns > 1 ? (told.channels ?? 1) : width;
}

/** Ranges of the features that are scaled together, those at the same place modulo `kinds`. */
function rangesOf(
  { table, examples }: Selection,
  kinds: number,
  source: Uint32Array,
): readonly FeatureRange[] {
  const { features, width } = table;
  const least = new Float64Array(kinds).fill(Number.POSITIVE_INFINITY);
  const greatest = new Float64Array(kinds).fill(Number.NEGATIVE_INFINITY);
  const whole = new Uint8Array(kinds).fill(1);
  for (const example of examples)
    for (let at = 0; at < width; at++) {
      const value = features[example * width + source[at]];
      const kind = at % kinds;
      if (value < least[kind]) least[kind] = value;
      if (value > greatest[kind]) greatest[kind] = value;
      if (!Number.isInteger(value)) {
        if (!Number.isFinite(value)) throw wrongValue(table, example, source[at]);
        whole[kind] = 0;
      }
    }
  return Array.from(least, (value, kind) => ({
    least: value,
    greatest: greatest[kind],
    whole: whole[kind] === 1,
  }));
}

function wrongValue(table: Table, example: number, value: number): UserError {
  return noInput(placeOf(table, example, value), table.features[example * table.width + value]);
}

/** Nothing where features are bytes that stay as they are. */
function scalingFor(
  picture: Picture,
  training: Selection,
  source: Uint32Array,
  ranges: readonly FeatureRange[],
  wanted: Reading['scaling'],
): Scaling | undefined {
  if (wanted === 'none' || (wanted === undefined && fillBytes(ranges))) return undefined;
  const features = pixelsOf(picture);
  const scaled = (kind: Scaling['kind'], centres: ArrayLike<number> = []): Scaling => ({
    ...{ kind, features },
    steps: ranges.map((range, at) => stepFor(range, kind, centres[at])),
  });
  const centred = () => scaled('signed', meansOf(training, ranges.length, source));
  if (wanted !== undefined) return wanted === 'centred' ? centred() : scaled(wanted);
  const halved = ranges.filter(hasBothSigns).length;
  if (halved > 0 && 2 * halved >= ranges.length) return scaled('signed');
  const unit = scaled('unit');
  return greynessOf(inputsOf(training, source, unit)) ? centred() : unit;
}

/** Means of the features that are scaled together. */
function meansOf({ table, examples }: Selection, kinds: number, source: Uint32Array): Float64Array {
  const { features, width } = table;
  const means = new Float64Array(kinds);
  for (const example of examples)
    for (let at = 0; at < width; at++) means[at % kinds] += features[example * width + source[at]];
  return means.map((sum) => (sum * kinds) / (examples.length * width));
}

/** Features of small range would be dark as bytes: pictures, if not in their margins, come close to 255, and reach it. */
function fillBytes(ranges: readonly FeatureRange[]): boolean {
  const areBytes = ranges.every(({ least, greatest, whole }) => whole && least >= 0 && greatest <= 255);
  const varied = ranges.filter(({ least, greatest }) => least < greatest);
  const bright = varied.filter(({ greatest }) => greatest >= 128);
  return areBytes && 2 * bright.length >= varied.length && ranges.some(({ greatest }) => greatest === 255);
}

/** @param known of the training set */
function samplesOf(
  selection: Selection,
  source: Uint32Array,
  { scaling, classNames = [] }: { readonly scaling: Scaling | undefined } & Pick<Preparation, 'classNames'>,
): Samples {
  const { table, examples } = selection;
  const numbers = new Map(classNames.map((name, label) => [name, label]));
  const labelOf = table.labels.names.map((name) => numbers.get(name));
  const labels = new Uint8Array(examples.length);
  examples.forEach((example, n) => {
    const label = labelOf[table.labels.codes[example]];
    if (label === undefined) throw unknownClass(table, example, classNames);
    labels[n] = label;
  });
  return { ...inputsOf(selection, source, scaling), labels };
}

/** All examples' inputs, without their labels. */
function inputsOf(
  { table, examples }: Selection,
  source: Uint32Array,
  scaling: Scaling | undefined,
): Pick<Samples, 'count' | 'images'> {
  const { width, features } = table;
  const form = new ExampleForm(source, scaling);
  const images = new Uint8Array(examples.length * form.inputs);
  examples.forEach((example, n) => {
    const inputs = images.subarray(n * form.inputs, (n + 1) * form.inputs);
    const odd = form.write(features, example * width, inputs);
    if (odd !== undefined) throw wrongValue(table, example, odd);
  });
  return { count: examples.length, images };
}

function unknownClass(table: Table, example: number, classNames: readonly string[]): UserError {
  const name = table.labels.names[table.labels.codes[example]];
  return new UserError(
    `${table.file}, ${table.nameOf(example)}: class '${name}' is not among those trained on: ${classNames.join(', ')}`,
    'mend the label, add examples of the class to the training set, or take it out of the test set',
  );
}
