/** A run: opens everything, trains, tests, and leaves a folder with all of it. */
import { type Dataset, loadDataset, type Preparation, preparationOf, withWholePaths } from '../data/index.js';
import type { ConnectionLost } from '../endpoint/index.js';
import { syncDirectory, withLock } from '../files/index.js';
import { requireDuration } from '../ground/index.js';
import { kernelName } from '../kernel/index.js';
import type { LinkCounters } from '../link/index.js';
import { type Graph, type NetworkParameters, nudgeNote, pictureOf, type Recipe } from '../model/index.js';
import type { Evaluation, Metrics, Position, Progress, SymptomMetrics } from '../records/index.js';
import {
  dataHash,
  loadOwnData,
  loadResult,
  loadRun,
  RunFolder,
  type RunOrigin,
  type RunSettings,
  type RunSurroundings,
  requireCheckpoint,
  restoreRun,
  type SavedRun,
  saveRun,
} from '../records/index.js';
import {
  type FirstWeights,
  MinibatchPlan,
  openReference,
  requireFit,
  type TestResult,
  Trainer,
} from '../training/index.js';
import type { LayerHeadroom, VerificationLevel } from '../verification/index.js';
import { compareParameters } from '../verification/index.js';
import type { ReplyOf } from '../wire/index.js';
import { Bench, type DeviceChoice } from './bench.js';
import { firstWeights, originOf, requireSameNetwork } from './first-weights.js';
import { describeEpochs, withEpochs } from './more-epochs.js';
import { type Attempt, reconnecting, reopen } from './reconnection.js';

export interface RunOptions
  extends Omit<RunSettings, 'picture' | 'data' | 'inMemory' | 'from' | keyof Preparation> {
  /** Folder of the run with whose weights this one begins; they are drawn if undefined. */
  readonly from?: string;
  /**
   * Where data are, or a data set: one that was made in memory must be given again to go on with the run, one that was read is
   * read again as it was. MNIST if undefined.
   */
  readonly data?: string | Dataset;
  readonly device: DeviceChoice;
  /** The run's folder. */
  readonly folder: string;
  /** Milliseconds: above 0, at most 24 days. */
  readonly checkpointInterval: number;
  readonly verification: VerificationLevel;
  /** True where the first symptom of a run that does not learn ends it; everything is saved. */
  readonly strict?: boolean;
}

type ConductedRun = Omit<RunOptions, 'data' | 'from'> & RunSettings;

/** Needed by the beginning of a run alone. */
interface NewRun {
  /** Its folder's. */
  readonly config: unknown;
  readonly first: FirstWeights | undefined;
}

export interface RunEvents {
  onStart(start: RunStart): void;
  onProgress(progress: Progress): void;
  /** Symptoms of a run that does not learn are among them. */
  onMetrics(metrics: Metrics): void;
  /** The device is about to be opened again; what came after the last checkpoint is trained again. */
  onLost(loss: ConnectionLost): void;
}

export interface RunStart {
  readonly folder: string;
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  readonly deviceName: string;
  readonly hello: ReplyOf<'hello'>;
  /** Minibatches that were applied before. */
  readonly step: number;
  /** Where its first weights came from, if they were not drawn. */
  readonly from?: RunOrigin;
  /** A note for the user: why the newest checkpoint is not taken, what the file system cannot do; or that the epochs have changed. */
  readonly note?: string;
}

export interface RunResult {
  readonly finished: boolean;
  readonly preset: string;
  readonly folder: RunFolder;
  readonly start: RunStart;
  readonly position: Position;
  readonly parameters: NetworkParameters;
  /** The tightest unit of every free layer, of the weights that the run last looked at. */
  readonly drives: readonly LayerHeadroom[];
  /** With the images' rows and columns. */
  readonly graph: Graph;
  readonly link: LinkCounters;
  readonly test?: TestResult;
  /** The symptom that ended a run that is strict. */
  readonly endedBy?: SymptomMetrics;
  /** Nothing where this process trained on no minibatch. */
  readonly samplesPerSecond?: number;
  /** On the line. Nothing where no training image was sent. */
  readonly bytesPerImage?: number;
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
export interface ResumeOptions
  extends Pick<RunOptions, 'folder' | 'device' | 'checkpointInterval' | 'verification' | 'strict'> {
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

async function conduct(
  options: ConductedRun,
  dataset: Dataset,
  hash: string,
  fresh: NewRun | undefined,
  saved: SavedRun | undefined,
  events: RunEvents,
  signal: AbortSignal,
): Promise<RunResult> {
  requireDuration(options.checkpointInterval, 'the interval between checkpoints');
  return reconnecting(
    options.folder,
    saved,
    (attempt) => runFrom(attempt, options, dataset, hash, fresh, events, signal),
    (loss) => events.onLost(loss),
    signal,
  );
}

/**
 * Opens device and folder, and trains from where a run stood.
 */
async function runFrom(
  { saved, fruitless, loss }: Attempt,
  options: ConductedRun,
  dataset: Dataset,
  hash: string,
  fresh: NewRun | undefined,
  events: RunEvents,
  signal: AbortSignal,
): Promise<RunResult> {
  const { recipe, device } = options;
  const openBench = () => Bench.open(device, recipe, { level: options.verification });
  const bench = await (loss ? reopen(openBench, loss, options.folder, device.patience, signal) : openBench());
  const reference = openReference(recipe, dataset);
  try {
    const { device: hello } = bench.link;
    const surroundings: RunSurroundings = { kernel: kernelName(hello.kernel), dataHash: hash };
    const folder = saved ? new RunFolder(options.folder) : RunFolder.create(options.folder, fresh?.config);
    const strictly = new AbortController();
    let endedBy: SymptomMetrics | undefined;
    const log = (metrics: Metrics) => {
      folder.log(metrics);
      events.onMetrics(metrics);
      if (!options.strict || metrics.kind !== 'symptom') return;
      endedBy ??= metrics;
      strictly.abort();
    };
    const trainer = new Trainer({
      recipe,
      dataset,
      endpoint: bench.endpoint,
      tensors: bench.tensors,
      reference,
      shadow: options.shadow,
      compareEvery: options.compareEvery,
      // A line that breaks sooner than a checkpoint is due would never get further.
      checkpointInterval: options.checkpointInterval / 2 ** fruitless,
      onProgress: (progress) => events.onProgress(progress),
      onMetrics: log,
      ...(options.verification.kind === 'all' && {
        onEpochEnd: async (parameters) => void (await compareParameters(bench.link, parameters)),
      }),
      onCheckpoint: (at) => saveRun(folder.path, options, surroundings, at, reference),
      signal: AbortSignal.any([signal, strictly.signal]),
    });
    const notes = [
      ...(saved ? [] : [...(dataset.notes ?? []), nudgeNote(recipe)]),
      saved && describeEpochs(saved.state.recipe, recipe),
      saved?.note,
      saved && saved.state.kernel !== surroundings.kernel
        ? 'the checkpoint was made by another kernel: the run goes on, but not bit for bit as it would have'
        : undefined,
      saved && folder.lossOf(epochsDone(recipe, saved.state.position)),
      syncDirectory(folder.path)
        ? undefined
        : `the file system of ${folder.path} cannot make sure of renamed files: where the power goes off, what was saved last may be lost`,
    ].filter((note) => note !== undefined);
    const start: RunStart = {
      folder: folder.path,
      recipe,
      dataset,
      deviceName: bench.deviceName,
      hello,
      step: saved?.state.position.step ?? 0,
      ...(options.from && { from: options.from }),
      ...(notes.length > 0 && { note: notes.join('; ') }),
    };
    if (!loss) events.onStart(start);
    if (saved) {
      folder.setEpochs(recipe.epochs);
      folder.rewind(saved.state.position);
      await restoreRun(saved, trainer, reference);
    } else await trainer.begin(fresh?.first);

    const began = performance.now();
    const stepBefore = trainer.position.step;
    const finished = await trainer.train();
    const seconds = (performance.now() - began) / 1000;
    const { position } = trainer;
    const trained = position.step - stepBefore;
    const speed = trained > 0 ? { samplesPerSecond: (trained * recipe.minibatch) / seconds } : {};
    const test = finished ? await trainer.test() : undefined;
    if (test) log(finalMetrics(position, test.evaluations, speed));
    const { bytesPerImage } = trainer.source;
    return {
      finished: test !== undefined,
      preset: options.preset,
      folder,
      start,
      position: trainer.position,
      parameters: await trainer.parameters(),
      drives: trainer.headroom.layers,
      graph: trainer.learner.graph,
      link: bench.link.counters,
      ...(test && { test }),
      ...(endedBy && { endedBy }),
      ...speed,
      ...(bytesPerImage !== undefined && { bytesPerImage }),
    };
  } finally {
    await Promise.all([bench.close(), reference.close()]);
  }
}

/** The last one's line may not be written: then its tally is open. */
function epochsDone(recipe: Recipe, { step, tally }: Position): number {
  const last = tally.samples > 0 ? step - 1 : step;
  return Math.floor(last / new MinibatchPlan(recipe).perEpoch);
}

function finalMetrics(
  position: Position,
  evaluations: readonly Evaluation[],
  speed: Pick<RunResult, 'samplesPerSecond'>,
): Metrics {
  return { kind: 'final', step: position.step, evaluations, seconds: position.seconds, ...speed };
}
