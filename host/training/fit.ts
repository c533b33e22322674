/** A recipe meets a data set. */
import { type Dataset, highest, type ImageSet, setOf } from '../data/index.js';
import { UserError } from '../ground/index.js';
import {
  graphOf,
  isSamePicture,
  parseRange,
  pictured,
  pictureNotation,
  pixelsOf,
  type Recipe,
  requireExactSums,
  shapeName,
} from '../model/index.js';
import type { RunSettings } from '../records/index.js';
import { requireSamePicture } from '../records/index.js';
import { ReferenceThread } from '../verification/index.js';
import { MAX_PAYLOAD, Messages, NO_STEP, packImage } from '../wire/index.js';
import { MinibatchPlan } from './minibatch-plan.js';

/** Bytes of an image that any SAMPLE can carry, and so of one whose packing need not be tried. */
const SAMPLE_ROOM = MAX_PAYLOAD - Messages.sample.request.size;
const SURE_PIXELS = Math.floor(((SAMPLE_ROOM - 2) * 256) / 258);

/** Refuses images that do not fit a message. Most data sets have too few pixels for the question to arise. */
function requireRoom({ samples: { images, count }, ...of }: ImageSet): void {
  const { name, set } = of;
  const pixels = pixelsOf(of);
  if (pixels <= SURE_PIXELS) return;
  for (let n = 0; n < count; n++) {
    const { length } = packImage(images.subarray(n * pixels, (n + 1) * pixels));
    if (length > SAMPLE_ROOM)
      throw new UserError(
        `${set} image ${n} of ${name} packs into ${length} bytes, a message carries ${SAMPLE_ROOM}`,
        `images of up to ${SURE_PIXELS} pixels always fit, larger ones where they are mostly blank: scale them down`,
      );
  }
}

/** Refuses to validate on images that are trained on. */
function requireUnseen({ training, validation }: Recipe): void {
  if (validation === 'none') return;
  const [from, to] = parseRange(training);
  const [first, end] = parseRange(validation);
  if (first < to && from < end)
    throw new UserError(
      `validation images ${validation} overlap training images ${training}`,
      'what was trained on validates nothing: give --training and --validation ranges that do not meet',
    );
}

/** Where the greatest label is. */
function greatestLabel({ name, set, samples }: ImageSet): string {
  const label = highest(samples);
  return `${set} image ${samples.labels.indexOf(label)} of ${name} has label ${label}`;
}

/** Refuses more minibatches than a device counts. */
function requireCountable(recipe: Recipe): void {
  const { steps } = new MinibatchPlan(recipe);
  if (steps >= NO_STEP)
    throw new UserError(
      `${steps} minibatches, a device counts ${NO_STEP - 1}`,
      'choose fewer epochs or larger minibatches',
    );
}

/** Refuses a range of training images that there are not. */
function requireRange(recipe: Recipe, key: 'training' | 'validation', { name, training }: Dataset): void {
  if (recipe[key] === 'none') return;
  const [from, to] = parseRange(recipe[key]);
  const { count } = training;
  if (from >= to)
    throw new UserError(`${key} images ${recipe[key]}`, `a range begins below its end: 0..${count}`);
  if (to > count)
    throw new UserError(
      `${key} images ${recipe[key]} of ${name}, which has ${count} training images`,
      `give --${key} a range within 0..${count}`,
    );
}

/** Refuses a data set that the recipe cannot be trained on. */
export function requireFit(recipe: Recipe, dataset: Dataset): void {
  requireExactSums(pictured(recipe, dataset));
  const sets = [setOf(dataset, 'training'), setOf(dataset, 'test')];
  sets.forEach(requireRoom);
  const { name, pixels, classes } = dataset;
  const { layers, inputs, outputs } = graphOf(pictured(recipe, dataset));
  const [given, ...hidden] = recipe.network.split('-').slice(0, -1);
  const input = given.includes('x') ? pictureNotation(dataset) : `${pixels}`;
  const fitting = [input, ...hidden, Math.max(outputs, classes)].join('-');
  if (inputs !== pixels)
    throw new UserError(
      `network ${recipe.network} has ${inputs} inputs, ${name} has ${pixels} pixels, ${shapeName(dataset)}`,
      `begin the network with ${input}: ${fitting}`,
    );
  const [{ shape }] = layers;
  if (!isSamePicture(shape, dataset))
    throw new UserError(
      `network ${recipe.network} begins with another picture than ${name} has, ${shapeName(dataset)}`,
      `begin the network with ${pictureNotation(dataset)}, or with ${pixels} and no shape`,
    );
  if (outputs < classes) {
    const [odd] = sets.filter(({ samples }) => highest(samples) === classes - 1);
    throw new UserError(
      `network ${recipe.network} has ${outputs} outputs, for labels up to ${outputs - 1}; ${greatestLabel(odd)}`,
      `mend the label, or end the network with ${classes}: ${fitting}`,
    );
  }
  requireRange(recipe, 'training', dataset);
  requireRange(recipe, 'validation', dataset);
  requireUnseen(recipe);
  requireCountable(recipe);
}

/**
 * Refuses images that what a run has learnt cannot take: its network stays as it is, so the images must suit it.
 * @param picture of those that it was trained on
 */
export function requireSuited(
  folder: string,
  { recipe, picture }: Pick<RunSettings, 'recipe' | 'picture'>,
  images: ImageSet,
): void {
  requireSamePicture(folder, picture, images);
  const { outputs } = graphOf(recipe);
  if (highest(images.samples) >= outputs)
    throw new UserError(
      `${greatestLabel(images)}; ${folder} has learnt to tell ${outputs} classes, 0 to ${outputs - 1}`,
      'mend the label, or leave out the images of other classes',
    );
  requireRoom(images);
}

/** The reference of a run: the recipe's rounded parameters, weights of its own from the same seed. */
export function openReference(recipe: Recipe, dataset: Dataset): ReferenceThread {
  return new ReferenceThread({
    recipe: pictured(recipe, dataset),
    persistentExamples: recipe.start === 'persistent' ? dataset.training.count : 0,
  });
}
