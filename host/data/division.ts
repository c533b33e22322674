/** Which of a table's examples are trained on, and which are kept for the test. */
import { UserError } from '../ground/index.js';
import { epochOrder } from './order.js';
import { DEFAULT_TEST_SHARE, type Reading } from './reading.js';
import type { Categories, Table } from './table.js';

/** Some examples of a table, in an order. */
export interface Selection {
  readonly table: Table;
  readonly examples: Uint32Array;
}

export interface Division {
  readonly training: Selection;
  readonly test: Selection;
}

const DEFAULT_SEED = 1;
/** The numbers of the orders that are drawn from one seed: that of the training set, of the groups, and from here on of the classes. */
const ORDER = { training: 0, groups: 1, classes: 2 } as const;

/**
 * Divides a table, or, where there is a second one for the test, takes both whole. Training examples stand in an order
 * that the seed draws, so that any range of them has all classes in it; divided by time, in the file's.
 */
export function divide(training: Table, test: Table | undefined, reading: Reading): Division {
  const seed = reading.splitSeed ?? DEFAULT_SEED;
  const [own, kept] = test
    ? [epochOrder(training.count, seed, ORDER.training), epochOrder(0, seed, 0)]
    : dividedOnce(training, reading, seed);
  if (own.length === 0 || (!test && kept.length === 0))
    throw new UserError(
      `${training.file} has too few examples to split off a test set: ${training.count}`,
      'give a test set with --test, or another --test-share',
    );
  return {
    training: { table: training, examples: own },
    test: test ? { table: test, examples: wholeOf(test) } : { table: training, examples: kept },
  };
}

/** All examples, in the file's order. */
export function wholeOf({ count }: Table): Uint32Array {
  return Uint32Array.from({ length: count }, (_, example) => example);
}

type Parts = readonly [own: Uint32Array, kept: Uint32Array];

function dividedOnce(table: Table, reading: Reading, seed: number): Parts {
  const share = reading.testShare ?? DEFAULT_TEST_SHARE;
  if (reading.split === 'last') {
    const all = wholeOf(table);
    const from = table.count - Math.round(share * table.count);
    return [all.subarray(0, from), all.subarray(from)];
  }
  const kept = table.groups
    ? examplesOfGroups(table, table.groups, share, seed)
    : examplesOfClasses(table.labels, share, seed);
  const isKept = new Uint8Array(table.count);
  for (const example of kept) isKept[example] = 1;
  const shuffled = epochOrder(table.count, seed, ORDER.training);
  return [shuffled.filter((example) => !isKept[example]), shuffled.filter((example) => isKept[example])];
}

/** The share of each class, drawn; of one with two examples or more at least one. */
function examplesOfClasses(labels: Categories, share: number, seed: number): readonly number[] {
  return membersOf(labels).flatMap((members, code) => {
    const order = epochOrder(members.length, seed, ORDER.classes + code);
    const count = Math.max(members.length > 1 ? 1 : 0, Math.round(share * members.length));
    return Array.from(order.subarray(0, Math.min(count, members.length - 1)), (at) => members[at]);
  });
}

/** Whole groups, drawn until they are the share. */
function examplesOfGroups(
  { file, count }: Table,
  groups: Categories,
  share: number,
  seed: number,
): readonly number[] {
  const members = membersOf(groups);
  if (members.length < 2)
    throw new UserError(
      `all examples of ${file} are of one group, '${groups.names[0]}'`,
      'a split by groups needs two or more: name another --group-column, or leave it out',
    );
  const order = epochOrder(members.length, seed, ORDER.groups);
  const kept: number[] = [];
  // The last group is left to be trained on.
  for (const group of order.subarray(0, -1)) {
    if (kept.length >= share * count) break;
    kept.push(...members[group]);
  }
  return kept;
}

/** The rows of each code. */
function membersOf({ codes, names }: Categories): readonly (readonly number[])[] {
  const members = names.map((): number[] => []);
  codes.forEach((code, row) => {
    members[code].push(row);
  });
  return members;
}
