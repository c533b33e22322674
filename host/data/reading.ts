/** How a data set is read: the words of the command line, kept in a run so that it is read so again. */
import { resolve } from 'node:path';
import * as v from 'valibot';
import { faultIn, UserError } from '../ground/index.js';

const name = v.pipe(v.string(), v.nonEmpty());
const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

export const readingSchema = v.object({
  /** Column of a CSV file that holds the class. */
  labelColumn: v.exactOptional(name),
  /** Columns of a CSV file that are left out. */
  ignore: v.exactOptional(v.array(name)),
  /** Column whose rows of one value (a person, a session) stay on one side. */
  groupColumn: v.exactOptional(name),
  /** Shape of an example, where the file does not tell it. */
  shape: v.exactOptional(v.object({ channels: natural, rows: natural, columns: natural })),
  /** How the file orders a shape's values: all of a channel together, or all channels of a place. */
  order: v.exactOptional(v.picklist(['channels-first', 'channels-last'])),
  scaling: v.exactOptional(v.picklist(['unit', 'signed', 'centred', 'none'])),
  /** A path of its own for the test set; without one it is split off. */
  test: v.exactOptional(name),
  /** Share of the examples that become the test set. */
  testShare: v.exactOptional(
    v.pipe(
      v.number(),
      v.check((share) => share > 0 && share < 1, 'write a share between 0 and 1'),
    ),
  ),
  /** Which examples become the test set: drawn class by class, or the last of the file. */
  split: v.exactOptional(v.picklist(['random', 'last'])),
  splitSeed: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});

/** How a data set is read; empty: by what it says itself. */
export type Reading = Readonly<v.InferOutput<typeof readingSchema>>;

/** Order of a file's values, where the shape has both channels and places. */
export type Order = NonNullable<Reading['order']>;

export const DEFAULT_TEST_SHARE = 0.2;

/** The shape that `channels x rows x columns` spells, its first parts left out where they are 1; nothing where it is none. */
export function shapeIn(text: string): Reading['shape'] | undefined {
  const sides = text.split('x').map((side) => (/^\s*\d+\s*$/.test(side) ? Number(side) : Number.NaN));
  if (sides.length > 3 || sides.some((side) => !(side >= 1))) return undefined;
  const [last, rows = 1, channels = 1] = sides.toReversed();
  return { channels, rows, columns: last };
}

/** How a shape is to be spelled. */
export const SHAPE_FORM = 'channels x rows x columns are needed, as 6x1x50, or rows x columns, as 28x28';

const { labelColumn, groupColumn, testShare, splitSeed, ...plain } = readingSchema.entries;

/** The same as keys of a TOML file: flags without their dashes. */
export const readingKeys = {
  'label-column': labelColumn,
  'group-column': groupColumn,
  'test-share': testShare,
  'split-seed': splitSeed,
  ...plain,
  shape: v.exactOptional(
    v.pipe(
      v.string(),
      v.check((text) => shapeIn(text) !== undefined, SHAPE_FORM),
    ),
  ),
};

/** The reading that such keys say. */
export function readingOfKeys(values: v.InferOutput<v.ObjectSchema<typeof readingKeys, undefined>>): Reading {
  const {
    'label-column': label,
    'group-column': group,
    'test-share': share,
    'split-seed': seed,
    shape: text,
    ...others
  } = values;
  const shape = text === undefined ? undefined : shapeIn(text);
  return {
    ...others,
    ...(label !== undefined && { labelColumn: label }),
    ...(group !== undefined && { groupColumn: group }),
    ...(share !== undefined && { testShare: share }),
    ...(seed !== undefined && { splitSeed: seed }),
    ...(shape && { shape }),
  };
}

/** The same, its test set found from any folder. */
export function withWholePaths(reading: Reading): Reading {
  return reading.test === undefined ? reading : { ...reading, test: resolve(reading.test) };
}

/** A reading's key as a flag of the command line. */
export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The words of a command line that say the same. */
export function readingWords(reading: Reading): readonly string[] {
  const text = (value: unknown): string => {
    if (Array.isArray(value)) return value.join(',');
    if (typeof value !== 'object') return String(value);
    const { channels, rows, columns } = value as NonNullable<Reading['shape']>;
    return `${channels}x${rows}x${columns}`;
  };
  return Object.entries(reading).flatMap(([key, value]) => [flagOf(key), text(value)]);
}

/** Throws `UserError` where the words contradict each other. */
export function requireReading(reading: Reading): void {
  const result = v.safeParse(readingSchema, reading);
  if (!result.success) throw new UserError(`how data are to be read: ${faultIn(result.issues)}`);
  const { test, testShare, split, groupColumn, ignore, labelColumn } = reading;
  if (test !== undefined && (testShare !== undefined || split !== undefined || groupColumn !== undefined))
    throw testAndSplit('--test, or --test-share, --split and --group-column');
  if (split !== undefined && groupColumn !== undefined)
    throw new UserError('--split beside --group-column', 'groups are drawn whole: leave one of them out');
  const twice = ignore?.find((column) => column === labelColumn || column === groupColumn);
  if (twice !== undefined)
    throw new UserError(`column ${twice} is ignored and needed`, 'leave it out of one of the two');
}

/** @param either what to leave out */
export function testAndSplit(either: string): UserError {
  return new UserError('a test set of its own beside a split', `leave out ${either}`);
}
