/** Data sets by their content: a folder's name says nothing about the files in it. */
import { createHash } from 'node:crypto';
import type { Dataset } from '../data/dataset.js';
import { UserError } from '../errors.js';

/** SHA-256 of all images and labels, hexadecimal. */
export function dataHash({ rows, columns, training, test }: Dataset): string {
  const hash = createHash('sha256').update(JSON.stringify([rows, columns, training.count, test.count]));
  for (const { images, labels } of [training, test]) hash.update(images).update(labels);
  return hash.digest('hex');
}

/**
 * Throws `UserError` where a data set is not the one that a run was trained on.
 * @param hash of the run's data set
 */
export function requireSameData(folder: string, hash: string, dataset: Dataset, found: string): void {
  if (hash === found) return;
  const brief = (text: string) => `${text.slice(0, 16)}…`;
  throw new UserError(
    `${dataset.name} is not the data set that ${folder} was trained on: SHA-256 ${brief(found)}, not ${brief(hash)}`,
    'restore its images and labels, or name the folder that holds them with --data',
  );
}
