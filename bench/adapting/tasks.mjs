/** Data to adapt to: MNIST's first training images, rotated, and its test images alike. */
import { loadDataset, split } from '../../dist/host/data/index.js';
import { ADAPTED, CHOSEN_ON } from './recipes.mjs';
import { rotated } from './rotation.mjs';

let upright;

/** The data of an angle; tested on MNIST's test images, or on the training images that recipes are chosen on. */
export async function taskOf(degrees, isChoosing = false) {
  upright ??= await loadDataset();
  const { training, test, columns } = upright;
  const turn = (samples) => ({ ...samples, images: rotated(samples.images, columns, degrees) });
  return {
    ...upright,
    name: `mnist rotated by ${degrees}°`,
    training: turn(split(training, 0, ADAPTED)),
    test: turn(isChoosing ? split(training, ADAPTED, ADAPTED + CHOSEN_ON) : test),
  };
}
