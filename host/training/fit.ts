/** A recipe meets a data set. */
import type { Dataset } from '../data/dataset.js';
import { UserError } from '../errors.js';
import { packImage } from '../wire/image.js';
import { MAX_PAYLOAD, Messages, NO_STEP } from '../wire/schema.js';
import { drawFields, fieldsOf } from '../model/fields.js';
import { layerSizes, parseRange, type Recipe } from '../model/recipe.js';
import { initialLimits, roundedDynamics } from '../model/requests.js';
import { ReferenceThread } from '../verification/reference-thread.js';
import { MinibatchPlan } from './minibatch-plan.js';

/** Bytes of an image that any SAMPLE can carry, and so of one whose packing need not be tried. */
const SAMPLE_ROOM = MAX_PAYLOAD - Messages.sample.request.size;
const SURE_PIXELS = Math.floor(((SAMPLE_ROOM - 2) * 256) / 258);

/** Refuses images that do not fit a message. Most data sets have too few pixels for the question to arise. */
function requireRoom(dataset: Dataset): void {
  const { pixels } = dataset;
  if (pixels <= SURE_PIXELS) return;
  for (const [set, { images, count }] of [
    ['training', dataset.training],
    ['test', dataset.test],
  ] as const) {
    for (let n = 0; n < count; n++) {
      const { length } = packImage(images.subarray(n * pixels, (n + 1) * pixels));
      if (length > SAMPLE_ROOM)
        throw new UserError(
          `${set} image ${n} of ${dataset.name} packs into ${length} bytes, a message carries ${SAMPLE_ROOM}`,
          `images of up to ${SURE_PIXELS} pixels always fit, larger ones where they are mostly blank: scale them down`,
        );
    }
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
function labelAt({ training, test, classes }: Dataset): string {
  const at = training.labels.indexOf(classes - 1);
  return at >= 0
    ? `label ${classes - 1} of training image ${at}`
    : `label ${classes - 1} of test image ${test.labels.indexOf(classes - 1)}`;
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

/** Refuses a data set that the recipe's network cannot take. */
export function requireFit(recipe: Recipe, dataset: Dataset): void {
  requireRoom(dataset);
  const sizes = layerSizes(recipe.network);
  const outputs = sizes[sizes.length - 1];
  if (sizes[0] !== dataset.pixels)
    throw new UserError(
      `network ${recipe.network} has ${sizes[0]} inputs, ${dataset.name} has ${dataset.pixels} pixels`,
      `begin the network with ${dataset.pixels}`,
    );
  if (outputs < dataset.classes)
    throw new UserError(
      `network ${recipe.network} has ${outputs} outputs, ${dataset.name} has ${dataset.classes} classes`,
      `end the network with ${dataset.classes}, if ${labelAt(dataset)} is right`,
    );
  for (const key of ['training', 'validation'] as const) {
    if (recipe[key] === 'none') continue;
    const [from, to] = parseRange(recipe[key]);
    if (from >= to || to > dataset.training.count)
      throw new UserError(
        `${key} images ${recipe[key]}`,
        `${dataset.name} has training images 0..${dataset.training.count}; ranges go upwards`,
      );
  }
  requireUnseen(recipe);
  requireCountable(recipe);
}

/** Which pixels each unit of the first free layer sees; nothing where that is all of them. */
export function seenBy(recipe: Recipe): Uint8Array | undefined {
  const fields = fieldsOf(recipe);
  return fields && drawFields(fields, recipe.seed, layerSizes(recipe.network)[1]);
}

/** The reference of a run: the recipe's rounded parameters, weights of its own from the same seed. */
export function openReference(recipe: Recipe, dataset: Dataset): ReferenceThread {
  const sees = seenBy(recipe);
  return new ReferenceThread({
    ...(sees && { sees }),
    layers: layerSizes(recipe.network),
    seed: recipe.seed,
    limits: initialLimits(recipe).map(({ value }) => value),
    dynamics: roundedDynamics(recipe),
    persistentExamples: recipe.start === 'persistent' ? dataset.training.count : 0,
  });
}
