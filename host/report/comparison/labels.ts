/** Labels of groups in charts: the values in which they differ. */
import type { ComparisonData, Group } from './data.js';

export function labelling({
  keys,
  groups,
}: Pick<ComparisonData, 'keys' | 'groups'>): (group: Group) => string {
  const varied = keys.filter((key) => new Set(groups.map(({ settings }) => settings[key])).size > 1);
  const plain = new Set(['network', 'weights', 'states', 'rounding', 'relaxation', 'nudging', 'schedule']);
  const formats = varied.includes('weights') && varied.includes('states');
  const write = (key: string, value: string) => {
    if (formats && (key === 'weights' || key === 'states')) return `${key[0]} ${value}`;
    return plain.has(key) ? value : `${key} ${value}`;
  };
  return ({ settings, network }) =>
    varied.length === 0 ? network : varied.map((key) => write(key, settings[key])).join(' · ');
}

/** The error that groups are compared by, in words. */
export function errorName({ measure }: Pick<ComparisonData, 'measure'>): string {
  return measure === 'validationError' ? 'validation error' : 'test error';
}

/** The group that the advice chose, then those on the front, then the others by their error; unfinished ones last. */
export function byInterest({ groups, advice, measure }: ComparisonData): readonly Group[] {
  const rank = ({ id, onFront }: Group) => (id === advice?.group ? 0 : onFront ? 1 : 2);
  const error = ({ [measure]: of }: Group) => of?.mean ?? Number.POSITIVE_INFINITY;
  // Infinities have no difference.
  const compare = (a: number, b: number) => (a === b ? 0 : a - b);
  return [...groups].sort((a, b) => rank(a) - rank(b) || compare(error(a), error(b)));
}
