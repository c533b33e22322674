/** Which data, and how they are read. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Reading, SHAPE_FORM, shapeIn } from '../data/index.js';
import { numberIn, wholeNumber } from './device-flags.js';

/** Flags that say how data are read, as commander names them. */
export const READING_FLAGS = [
  ...['labelColumn', 'ignore', 'groupColumn', 'shape', 'order', 'scaling'],
  ...['test', 'testShare', 'split', 'splitSeed'],
] as const;

export interface DataFlags extends Reading {
  readonly data?: string;
}

export function addDataFlags(command: Command): Command {
  command
    .optionsGroup('Data:')
    .option(
      '--data <path>',
      'a .csv file, .npy pairs, a .npz file, a folder of .png pictures a class, or of IDX files named like those of MNIST (default: MNIST)',
    );
  return addReadingFlags(command).optionsGroup('Options:');
}

export function addReadingFlags(command: Command): Command {
  return command
    .option(
      '--label-column <name>',
      'column of a CSV file that is the class (default: label, class, target, y, gesture, or the last of text)',
    )
    .option('--ignore <columns>', 'columns that are no features, parted by commas', columns)
    .option('--shape <shape>', 'channels x rows x columns of an example: 6x1x50', shape)
    .addOption(
      new Option(
        '--order <order>',
        'how a file orders the values of a shape: channel by channel, or place by place (default: channels-first)',
      ).choices(['channels-first', 'channels-last']),
    )
    .addOption(
      new Option(
        '--scaling <way>',
        'features to [0, 1], or to two halves, one on each side of zero or, centred, of their mean; none where they are bytes (default: by their signs and means)',
      ).choices(['unit', 'signed', 'centred', 'none']),
    )
    .option('--test <path>', 'a test set of its own')
    .option(
      '--test-share <share>',
      'share of the examples that are split off as test set, of each class (default: 0.2)',
      share,
    )
    .option('--group-column <name>', 'examples of one value here (a person, a session) are never divided')
    .addOption(
      new Option(
        '--split <way>',
        'which examples the test set is: drawn, or the last of the file (default: random)',
      ).choices(['random', 'last']),
    )
    .option('--split-seed <n>', 'another draw of the split (default: 1)', wholeNumber(0));
}

/** How the flags say that data are read. */
export function readingOf(flags: Reading): Reading {
  return Object.fromEntries(
    READING_FLAGS.flatMap((key) => (flags[key] === undefined ? [] : [[key, flags[key]]])),
  );
}

function columns(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

function shape(text: string): Reading['shape'] {
  const found = shapeIn(text);
  if (!found) throw new InvalidArgumentError(SHAPE_FORM);
  return found;
}

function share(text: string): number {
  const value = numberIn(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('a share between 0 and 1 is needed');
  return value;
}
