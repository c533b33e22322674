/** The data set of a run, found again. */
import { type Dataset, loadDataset, preparationOf } from '../data/index.js';
import { UserError } from '../ground/index.js';
import { dataHash, requireSameData, requireSamePicture } from './data-hash.js';
import type { SavedRun } from './saved-run.js';

export interface OwnData {
  readonly dataset: Dataset;
  readonly hash: string;
}

/**
 * Loads the data set that a run was trained on.
 * @param moved where it is now, if it is not where it was, or the data themselves
 * @throws `UserError` where it is gone, or other data are in its place
 */
export async function loadOwnData(
  { folder, state }: Pick<SavedRun, 'folder' | 'state'>,
  moved?: string | Dataset,
): Promise<OwnData> {
  const { data, inMemory, reading, picture } = state;
  if (moved === undefined && inMemory)
    throw new UserError(
      `${folder} was trained on data that a program had in memory`,
      "give that program's data set again, as `movedData`; or name a file that holds the same with --data",
    );
  const dataset =
    typeof moved === 'object' ? moved : await loadDataset(moved ?? data, reading, preparationOf(state));
  requireSamePicture(folder, picture, dataset);
  const hash = dataHash(dataset);
  requireSameData(folder, state.dataHash, dataset, hash);
  return { dataset, hash };
}
