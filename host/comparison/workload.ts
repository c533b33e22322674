import type { Dataset } from '../data/index.js';
import { parseRange, type Recipe } from '../model/index.js';

/** Images that a run evaluates: for validation after every epoch and at the end, then the test set. */
export function evaluatedImages({ validation, epochs }: Recipe, { test }: Dataset): number {
  if (validation === 'none') return test.count;
  const [from, to] = parseRange(validation);
  return (epochs + 1) * (to - from) + test.count;
}
