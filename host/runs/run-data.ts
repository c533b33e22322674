import { resolve } from 'node:path';
import { type Dataset, loadDataset, type Preparation, type Reading } from '../data/index.js';

/** Data, and where they are, if they are in files. @param known what they are to be made by, if that is known */
export async function dataFrom(
  given: string | Dataset | undefined,
  reading: Reading,
  known?: Preparation,
): Promise<{ readonly data: string | undefined; readonly dataset: Dataset }> {
  if (typeof given === 'object') return { data: undefined, dataset: given };
  const data = given === undefined ? undefined : resolve(given);
  return { data, dataset: await loadDataset(data, reading, known) };
}
