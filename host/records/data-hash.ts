/** Data sets by their content: a folder's name says nothing about the files in it. */
import { createHash } from 'node:crypto';
import type { Dataset } from '../data/index.js';
import { UserError } from '../ground/index.js';
import { isSamePicture, type Picture, pixelsOf, shapeName } from '../model/index.js';

/** SHA-256 of all images and labels, hexadecimal. */
export function dataHash({ rows, columns, channels = 1, training, test }: Dataset): string {
  const shape = channels === 1 ? [rows, columns] : [channels, rows, columns];
  const hash = createHash('sha256').update(JSON.stringify([...shape, training.count, test.count]));
  for (const { images, labels } of [training, test]) hash.update(images).update(labels);
  return hash.digest('hex');
}

/**
 * Throws `UserError` where images have not the shape of those that a run was trained on.
 * @param picture of the run's images
 */
export function requireSamePicture(
  folder: string,
  picture: Picture,
  found: Picture & Pick<Dataset, 'name'>,
): void {
  if (isSamePicture(picture, found)) return;
  const wanted = shapeName(picture);
  const isSameCount = pixelsOf(picture) === pixelsOf(found);
  const rewrite = `; if these are such, pixel by pixel, write their files as count × ${wanted}`;
  throw new UserError(
    `${found.name} has images of ${shapeName(found)} pixels, ${folder} was trained on ${wanted}`,
    `name a folder of ${wanted} images with --data${isSameCount ? rewrite : ''}`,
  );
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
