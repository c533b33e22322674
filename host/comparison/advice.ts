/** The group to choose: the cheapest of those that their validation errors show not to be worse than the best. */
import { count, decimals, difference, inPercent, withInterval } from '../ground/index.js';
import type { Advice, ComparisonData, Group, Verdict } from '../report/index.js';
import { Evidence, type Range } from './evidence.js';

/** Percent: no error is further above another. */
const ALL = 100;

/** Points of validation error. */
export const DEFAULT_MARGIN = 0.25;

type Finished = Group & Required<Pick<Group, 'testError' | 'bytes'>>;
type Judged = Finished & Required<Pick<Group, 'validationError'>>;

function finished(groups: readonly Group[]): readonly Finished[] {
  return groups.filter(
    (group): group is Finished => group.testError !== undefined && group.bytes !== undefined,
  );
}

/** Those of which no other has fewer bytes at no higher error, or a lower error in no more bytes. */
export function paretoFront(
  groups: readonly Group[],
  measure: ComparisonData['measure'],
): ReadonlySet<string> {
  const candidates = groups.flatMap(({ id, bytes, [measure]: error }) =>
    bytes === undefined || error === undefined ? [] : [{ id, bytes, error: error.mean }],
  );
  type Candidate = (typeof candidates)[number];
  const beats = (a: Candidate, b: Candidate) =>
    a.bytes <= b.bytes && a.error <= b.error && (a.bytes < b.bytes || a.error < b.error);
  return new Set(
    candidates.filter((one) => !candidates.some((other) => beats(other, one))).map(({ id }) => id),
  );
}

export interface Judgement {
  /** Nothing where no cell has finished. */
  readonly advice?: Advice;
  /** How far a group's validation error is above the best, in points, by its id; of those that were compared. */
  readonly aboveBest: ReadonlyMap<string, NonNullable<Group['aboveBest']>>;
}

/** @param margin points of validation error above the best that are put up with */
export function judge(groups: readonly Group[], margin: number): Judgement {
  const all = finished(groups);
  if (all.length === 0) return { aboveBest: new Map() };
  const none = (sentence: string, rule: string): Judgement => ({
    advice: { sentence, rule },
    aboveBest: new Map(),
  });
  const validated = all.filter((group): group is Judged => group.validationError !== undefined);
  if (validated.length === 0)
    return none(
      all.length === 1 ? described(all[0]) : 'No advice: nothing was validated.',
      'Cells are compared on validation images, and these have none: give --validation a range of training images.',
    );
  const candidates = ofTheSameSeeds(validated);
  const leftOut = all.length - candidates.length;
  const others = leftOut === 0 ? '' : ` Not judged, for want of seeds that others have: ${leftOut}.`;
  if (candidates.length === 1)
    return none(
      all.length === 1 ? described(all[0]) : CANNOT_TELL,
      `There is nothing to compare it with.${others}`,
    );
  const seeds = seedsOf(candidates[0]);
  if (seeds.length === 1)
    return none(CANNOT_TELL, `One seed says nothing of chance: give several (--seeds 5).${others}`);
  return judgeBySeeds(candidates, seeds, margin, others);
}

const CANNOT_TELL = 'Cannot tell which is best.';

function judgeBySeeds(
  candidates: readonly Judged[],
  seeds: readonly number[],
  margin: number,
  others: string,
): Judgement {
  const results = candidates.map((group) => {
    const errors = errorsOf(group);
    return seeds.map((seed) => errors.get(seed) ?? Number.NaN);
  });
  const evidence = new Evidence(results, resolutionOf(candidates));
  const above = evidence.aboveBest().map(({ low, high }) => ({ low, high: Math.min(high, ALL) }));
  const aboveBest = new Map(
    candidates.map(({ id }, n) => [id, { ...above[n], verdict: verdictOf(above[n], margin) }]),
  );
  const [chosen] = candidates
    .filter(({ id }) => aboveBest.get(id)?.verdict === 'not worse')
    .sort((a, b) => cost(a, b) || a.validationError.mean - b.validationError.mean);
  const basis = `over ${seeds.length} seeds in pairs, with 95 % confidence`;
  if (chosen) {
    const { high = 0 } = aboveBest.get(chosen.id) ?? {};
    const distance =
      high === 0 ? 'this one is shown to be the best' : `this one is at most ${decimals(high)} above it`;
    const rule = `Chosen on validation images: the fewest bytes of what is shown to be at most ${margin} points above the best; ${distance}, ${basis}.${others}`;
    return { advice: { group: chosen.id, sentence: described(chosen), rule }, aboveBest };
  }
  const least = candidates.reduce(
    (best, { validationError: { mean } }, n) => (mean < candidates[best].validationError.mean ? n : best),
    0,
  );
  const more = evidence.moreSeeds(results[least], margin);
  const { validationError, settings, network } = candidates[least];
  const name = Object.values(settings).join(' ') || network;
  const rule = `None is shown to be at most ${margin} points of validation error above the best: the lowest, ${name} (${inPercent(validationError.mean)}), may be ${decimals(above[least].high)} above it, ${basis}. ${needed(more, seeds.length)}${others}`;
  const moreSeeds = Number.isFinite(more) ? more : 'more than 100';
  return { advice: { sentence: CANNOT_TELL, rule, moreSeeds }, aboveBest };
}

/** @param more seeds; infinite where there are too many to say a number */
function needed(more: number, seeds: number): string {
  return Number.isFinite(more)
    ? `About ${more} more ${more === 1 ? 'seed' : 'seeds'} would decide (--seeds ${seeds + more}): an estimate from the spread of these.`
    : 'More than 100 more seeds would be needed to decide: an estimate from the spread of these. A wider --margin needs fewer.';
}

function verdictOf({ low, high }: Range, margin: number): Verdict {
  if (high <= margin) return 'not worse';
  return low > margin ? 'worse' : 'cannot tell';
}

/** Memory first, then time, as the device counts it. */
function cost(a: Group, b: Group): number {
  const [x, y] = [a, b].map(({ bytes = 0, bits = 0, products }) => [bytes, bits, products?.mean ?? 0]);
  return x.reduce((order, value, n) => order || value - y[n], 0);
}

/**
 * Those with all seeds of the fullest one: over fewer a mean may be good by chance, and of a single seed in common
 * there is no telling how sure a difference is.
 */
function ofTheSameSeeds(groups: readonly Judged[]): readonly Judged[] {
  const [fullest] = [...groups].sort((a, b) => errorsOf(b).size - errorsOf(a).size);
  const seeds = seedsOf(fullest);
  return groups.filter((group) => seeds.every((seed) => errorsOf(group).has(seed)));
}

function seedsOf(group: Group): readonly number[] {
  return [...errorsOf(group).keys()];
}

function errorsOf({ cells }: Group): ReadonlyMap<number, number> {
  return new Map(
    cells.flatMap(({ seed, testError, validationError }) =>
      testError === undefined || validationError === undefined ? [] : [[seed, validationError]],
    ),
  );
}

/** Points that one validation image makes, of the fewest there are. */
function resolutionOf(groups: readonly Group[]): number {
  const images = groups.flatMap(({ cells }) =>
    cells.flatMap(({ validationImages }) => validationImages ?? []),
  );
  return images.length === 0 ? 0 : 100 / Math.min(...images);
}

function described(group: Finished): string {
  // `i16 Q1.14`: the type that stores a weight, and its format, or one a connection.
  const { network, board, bits, weights, states, rounding, testError, gap, bytes, settings } = group;
  const told = new Set(['network', 'weights', 'states', 'rounding']);
  const others = Object.entries(settings).filter(([key]) => !told.has(key));
  const parts = [
    bits === undefined ? weights : `i${bits} ${weights.replaceAll(',', ' ')}`,
    `states ${states}`,
    rounding,
    ...others.map(([key, value]) => `${key} ${value}`),
  ].filter((part) => part);
  const error = `${withInterval(testError)} % test error`;
  const distance = gap && `, ${withInterval(gap, difference)} points from float64`;
  return `${network}${board ? ` on ${board}` : ''}: ${parts.join(', ')}: ${error}${distance ?? ''}, ${count(bytes)} bytes.`;
}
