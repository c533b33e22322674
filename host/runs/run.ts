/** Runs begun and taken up: which data, recipe and settings each is trained on. */
import { type Dataset, loadDataset, type Preparation, preparationOf, withWholePaths } from '../data/index.js';
import { withLock } from '../files/index.js';
import { pictureOf } from '../model/index.js';
import {
  dataHash,
  loadOwnData,
  loadResult,
  loadRun,
  RunFolder,
  type RunSettings,
  requireCheckpoint,
} from '../records/index.js';
import { requireFit } from '../training/index.js';
import { conduct, type RunConditions, type RunEvents, type RunResult } from './conduct.js';
import { firstWeights, originOf, requireSameNetwork } from './first-weights.js';
import { withEpochs } from './more-epochs.js';

export interface RunOptions
  extends RunConditions,
    Omit<RunSettings, 'picture' | 'data' | 'inMemory' | 'from' | keyof Preparation> {
  /** Folder of the run with whose weights this one begins; they are drawn if undefined. */
  readonly from?: string;
  /**
   * Where data are, or a data set: one that was made in memory must be given again to go on with the run, one that was read is
   * read again as it was. MNIST if undefined.
   */
  readonly data?: string | Dataset;
}

/** Starts a run, or takes one up with `resumeRun`. Rejects with `UserError`; the folder keeps what was reached. */
export async function startRun(
  options: RunOptions,
  events: RunEvents,
  signal: AbortSignal,
): Promise<RunResult> {
  const { data: given, reading, from, ...others } = options;
  const before = from === undefined ? undefined : loadResult(from);
  const dataset =
    typeof given === 'object'
      ? given
      : await loadDataset(given, reading, before && preparationOf(before.state));
  requireFit(options.recipe, dataset);
  if (before) requireSameNetwork(before, options.recipe, dataset);
  const settings = {
    ...foundAt(dataset),
    ...(before && { from: originOf(before) }),
    ...preparationOf(dataset),
    picture: pictureOf(dataset),
  };
  const config = {
    preset: options.preset,
    data: dataset.name,
    ...settings,
    device: options.device.device,
    shadow: options.shadow,
    compareEvery: options.compareEvery,
    recipe: options.recipe,
  };
  return withLock(options.folder, () =>
    conduct(
      { ...others, ...settings },
      dataset,
      dataHash(dataset),
      { config, first: before && firstWeights(before) },
      undefined,
      events,
      signal,
    ),
  );
}

/** Where a run finds its data again. */
function foundAt({ origin }: Dataset): Pick<RunSettings, 'data' | 'reading' | 'inMemory'> {
  if (!origin) return { inMemory: true };
  const { path, reading } = origin;
  return {
    ...(path !== undefined && { data: path }),
    ...(Object.keys(reading).length > 0 && { reading }),
  };
}

/** Conditions that a run is gone on with; `strict` ends nothing by what was told before. */
export interface ResumeOptions extends RunConditions {
  /** Where the data are now, if not where they were, or the data themselves. */
  readonly movedData?: string | Dataset | undefined;
  /** Where the test set is now, if that has a path of its own. */
  readonly movedTest?: string | undefined;
  /** Epochs of the whole run from now on, if not as before; what has been trained must be what a run begun with them would have trained. */
  readonly epochs?: number | undefined;
}

/** Takes a run up at its newest checkpoint, on any device, bit for bit. */
export async function resumeRun(
  { movedData, movedTest, epochs, ...others }: ResumeOptions,
  events: RunEvents,
  signal: AbortSignal,
): Promise<RunResult> {
  const { folder } = others;
  // Before there is a folder for its lock.
  requireCheckpoint(folder);
  return withLock(folder, async () => {
    const saved = loadRun(folder);
    const { state } = saved;
    const told = new RunFolder(folder).requireRecipe(state.recipe);
    const recipe = withEpochs(state.recipe, epochs ?? told, state.position.step, folder);
    const reading = withWholePaths({ ...state.reading, ...(movedTest !== undefined && { test: movedTest }) });
    const { dataset, hash } = await loadOwnData({ folder, state: { ...state, reading } }, movedData);
    requireFit(recipe, dataset);
    const found = dataset.origin && { inMemory: undefined, ...foundAt(dataset) };
    const options = { ...state, recipe, ...found, ...others };
    return conduct(options, dataset, hash, undefined, saved, events, signal);
  });
}
