/** Runs on simulated devices; one that a folder holds finished is read from there. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkRecipe, loadModel, readPreset, startRun } from '../../dist/host/index.js';
import { hasCheckpoint, loadResult, RunFolder } from '../../dist/host/records/index.js';
import { changesOf } from './recipes.mjs';

const DEVICE = { device: 'simulated', options: { baudRate: 115_200, arena: 2 ** 24 }, patience: 60_000 };
const DAY = 24 * 3600 * 1000;

/** The run that has learnt upright digits, in its folder. */
export async function uprightRun(network, seed, work) {
  const folder = join(work, `${network.id}-upright-${seed}`);
  await finished({ folder, preset: network.preset, recipe: recipeOf(network, { ...network.upright, seed }) });
  return folder;
}

/** Percent of the test images that an upright network is wrong about. */
export function errorBefore(folder, { test, pixels }) {
  const model = loadModel(folder);
  let wrong = 0;
  for (let n = 0; n < test.count; n++) {
    const { label } = model.predictInputs(test.images.subarray(n * pixels, (n + 1) * pixels));
    if (label !== test.labels[n]) wrong++;
  }
  return (100 * wrong) / test.count;
}

/** The recipe of a way to adapt; seeds are others than the upright run's, so that other fractions are drawn. */
export function adaptingRecipe(network, way, seed, factor) {
  const { values } = readPreset(network.preset);
  return recipeOf(network, { ...changesOf(network, way, values, factor), seed: seed + 100 });
}

/** Digest that a run had after its first epoch. */
export function digestAfterEpoch(folder) {
  return new RunFolder(folder).metrics().find(({ kind }) => kind === 'epoch').digest;
}

/** The folder of a run that adapts. */
export function folderOf(network, named, way, seed, work) {
  return join(work, `${network.id}-${named}-${way}-${seed}`);
}

/** Percent of the test images that are wrong after a run of so many epochs. */
export async function errorAfter(network, way, seed, data, work, { named, factor }) {
  const from = await uprightRun(network, seed, work);
  const folder = folderOf(network, named, way, seed, work);
  const run = { folder, preset: network.preset, recipe: adaptingRecipe(network, way, seed, factor), data };
  return finished(way === 'scratch' ? run : { ...run, from });
}

function recipeOf(network, changes) {
  const { values, source } = readPreset(network.preset);
  return checkRecipe({ ...values, ...changes }, source);
}

/** Test error of the whole run, in percent. */
async function finished({ folder, recipe, ...run }) {
  if (!(hasCheckpoint(folder) && isOf(folder, recipe))) {
    if (existsSync(folder)) rmSync(folder, { recursive: true });
    const options = {
      ...run,
      folder,
      recipe,
      device: DEVICE,
      shadow: false,
      compareEvery: 0,
      checkpointInterval: DAY,
      verification: { kind: 'off' },
    };
    const silent = () => undefined;
    const events = { onStart: silent, onProgress: silent, onMetrics: silent, onLost: silent };
    await startRun(options, events, new AbortController().signal);
  }
  const last = new RunFolder(folder).metrics().find(({ kind }) => kind === 'final');
  return last.evaluations.find(({ set }) => set === 'test').error;
}

/** Returns whether a folder holds the whole of a run by this recipe. */
function isOf(folder, recipe) {
  const isEqual = JSON.stringify(loadResult(folder).state.recipe) === JSON.stringify(recipe);
  return isEqual && new RunFolder(folder).isFinished();
}
