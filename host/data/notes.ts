/** Oddities of a data set that stop nothing: told, and left as they are. */
import { count, inPercent } from '../ground/index.js';
import type { FeatureRange } from '../model/index.js';
import type { Samples } from './dataset.js';
import type { Division, Selection } from './division.js';

/** Ranges of features that are so many times as wide as others are worth a word. */
const WILD = 1000;
/** Names that a sentence lists. */
const LISTED = 5;

export function notesOn(
  division: Division,
  source: Uint32Array,
  ranges: readonly FeatureRange[],
  { training, test }: { readonly training: Samples; readonly test: Samples },
): readonly string[] {
  const { table, examples } = division.training;
  const { file } = table;
  const nameOf = (kind: number) => {
    if (ranges.length !== table.width) return `channel ${kind}`;
    return table.columns?.[source[kind]] ?? `feature ${source[kind] + 1}`;
  };
  const notes: string[] = [];
  const constant = ranges.flatMap(({ least, greatest }, kind) => (least === greatest ? [kind] : []));
  // Pictures have margins: what is constant there is no mistake.
  if (constant.length > 0 && constant.length <= Math.max(1, ranges.length / 4))
    notes.push(
      `${listOf(constant.map((kind) => `${nameOf(kind)} (always ${ranges[kind].least})`))} of ${file} tell nothing: constant in ${count(examples.length)} training examples`,
    );
  else if (constant.length > 0)
    notes.push(
      `${count(constant.length)} of ${count(ranges.length)} features of ${file} are constant in training`,
    );
  const wide = ranges
    .map(({ least, greatest }, kind) => ({ kind, width: greatest - least }))
    .filter(({ width }) => width > 0)
    .sort((one, other) => one.width - other.width);
  const [narrowest, widest] = [wide[0], wide.at(-1)];
  if (narrowest && widest && widest.width > WILD * narrowest.width)
    notes.push(
      `${nameOf(widest.kind)} of ${file} has a range ${count(widest.width / narrowest.width)} times as wide as ${nameOf(narrowest.kind)}: each ${ranges.length === table.width ? 'feature' : 'channel'} is scaled by itself`,
    );
  const repeated = repeatedIn(training, test);
  if (repeated.length > 0) {
    const isOneFile = division.test.table === table;
    const nameIn = ({ table: own, examples: chosen }: Selection, n: number) =>
      `${own.nameOf(chosen[n])}${isOneFile ? '' : ` of ${own.file}`}`;
    const [first] = repeated;
    notes.push(
      `${count(repeated.length)} of ${count(test.count)} test examples (${inPercent((100 * repeated.length) / test.count)}) are in the training set too, as the network sees them (${nameIn(division.test, first.test)} repeats ${nameIn(division.training, first.training)}): the test error flatters`,
    );
  }
  return notes;
}

/** The first names of a list, and how many more there are. */
export function listOf(names: readonly string[]): string {
  const rest = names.length - LISTED;
  return rest > 0 ? `${names.slice(0, LISTED).join(', ')} and ${rest} more` : names.join(', ');
}

/** A test example that is, byte by byte, a training example too. */
interface Repeated {
  readonly test: number;
  readonly training: number;
}

/** All of these, each with the first training example that it is. */
export function repeatedIn(training: Samples, test: Samples): readonly Repeated[] {
  if (training.count === 0 || test.count === 0) return [];
  const width = training.images.length / training.count;
  const rowOf = ({ images }: Samples, n: number) => images.subarray(n * width, (n + 1) * width);
  const seen = new Map<number, number[]>();
  for (let n = 0; n < training.count; n++) {
    const key = hashOf(rowOf(training, n));
    const others = seen.get(key);
    if (others) others.push(n);
    else seen.set(key, [n]);
  }
  const isSame = (one: Uint8Array, other: Uint8Array) => one.every((byte, at) => byte === other[at]);
  return Array.from({ length: test.count }, (_, n) => n).flatMap((n) => {
    const row = rowOf(test, n);
    const found = seen.get(hashOf(row))?.find((other) => isSame(row, rowOf(training, other)));
    return found === undefined ? [] : [{ test: n, training: found }];
  });
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
