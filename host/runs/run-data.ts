import { resolve } from 'node:path';
import { type Dataset, loadDataset, type Reading } from '../data/index.js';

/** Data, and where they are, if they are in files. */
export async function dataFrom(
  given: string | Dataset | undefined,
  reading: Reading,
): Promise<{ readonly data: string | undefined; readonly dataset: Dataset }> {
  if (typeof given === 'object') return { data: undefined, dataset: given };
  const data = given === undefined ? undefined : resolve(given);
  return { data, dataset: await loadDataset(data, reading) };
}
