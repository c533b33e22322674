/** The group to choose: the smallest that is as good as the best, as far as the seeds can tell. */
import { count, difference, inPercent, withInterval } from '../ground/index.js';
import type { Advice, Group } from '../report/index.js';
import { pairedDifference, upperBound } from './statistics.js';

/** Points of test error. */
export const DEFAULT_TOLERANCE = 0.25;

type Finished = Group & Required<Pick<Group, 'testError' | 'bytes'>>;

function finished(groups: readonly Group[]): readonly Finished[] {
  return groups.filter(
    (group): group is Finished => group.testError !== undefined && group.bytes !== undefined,
  );
}

/** Those of which no other has fewer bytes at no higher error, or a lower error in no more bytes. */
export function paretoFront(groups: readonly Group[]): ReadonlySet<string> {
  const candidates = finished(groups);
  const beats = (a: Finished, b: Finished) =>
    a.bytes <= b.bytes &&
    a.testError.mean <= b.testError.mean &&
    (a.bytes < b.bytes || a.testError.mean < b.testError.mean);
  return new Set(
    candidates.filter((one) => !candidates.some((other) => beats(other, one))).map(({ id }) => id),
  );
}

/** @param tolerance points of test error above the best that are put up with */
export function advise(groups: readonly Group[], tolerance: number): Advice | undefined {
  const all = finished(groups);
  const candidates = ofTheSameSeeds(all);
  const [best] = [...candidates].sort((a, b) => a.testError.mean - b.testError.mean || a.bytes - b.bytes);
  if (!best) return undefined;
  const asGood = candidates.filter((group) => {
    const above = pairedDifference(errors(group), errors(best));
    return group === best || (above !== undefined && upperBound(above) <= tolerance);
  });
  const [chosen] = asGood.sort((a, b) => a.bytes - b.bytes || a.testError.mean - b.testError.mean);
  return {
    group: chosen.id,
    sentence: sentence(chosen),
    rule: rule(best, tolerance, all.length - candidates.length),
  };
}

/**
 * Those with all seeds of the fullest one: over fewer a mean may be good by chance, and of a single seed in common
 * there is no telling how sure a difference is.
 */
function ofTheSameSeeds(groups: readonly Finished[]): readonly Finished[] {
  const [fullest] = [...groups].sort((a, b) => errors(b).size - errors(a).size);
  if (!fullest) return [];
  const seeds = [...errors(fullest).keys()];
  return groups.filter((group) => seeds.every((seed) => errors(group).has(seed)));
}

function errors({ cells }: Group): ReadonlyMap<number, number> {
  return new Map(
    cells.flatMap(({ seed, testError }) => (testError === undefined ? [] : [[seed, testError]])),
  );
}

function sentence(group: Finished): string {
  // `i16 Q1.14`: the type that stores a weight, and its format, or one a connection.
  const { network, board, bits, weights, states, rounding, testError, gap, bytes, settings } = group;
  const described = new Set(['network', 'weights', 'states', 'rounding']);
  const others = Object.entries(settings).filter(([key]) => !described.has(key));
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

/** @param leftOut how many have fewer seeds */
function rule({ testError }: Finished, tolerance: number, leftOut: number): string {
  const known =
    testError.count > 1
      ? `with 97.5 % confidence over the ${testError.count} seeds; ± is the 95 % interval of a mean`
      : 'judged by one seed, which says nothing of chance: give several (--seeds 5)';
  const others = leftOut === 0 ? '' : ` Not judged, for want of seeds that these have: ${leftOut}.`;
  return `Chosen: the fewest bytes among what is at most ${tolerance} points of test error above the best (${inPercent(testError.mean)}), ${known}.${others}`;
}
