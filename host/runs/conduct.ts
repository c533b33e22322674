/** A run under way: device and folder opened, trained, evaluated, closed. */
import type { Dataset } from '../data/index.js';
import type { ConnectionLost } from '../endpoint/index.js';
import { syncDirectory } from '../files/index.js';
import { requireDuration } from '../ground/index.js';
import { kernelName } from '../kernel/index.js';
import type { LinkCounters } from '../link/index.js';
import { Broadcast } from '../live/index.js';
import { type Graph, type NetworkParameters, nudgeNote, type Recipe } from '../model/index.js';
import type { Evaluation, Metrics, Position, Progress, SymptomMetrics } from '../records/index.js';
import {
  RunFolder,
  type RunOrigin,
  type RunSettings,
  type RunSurroundings,
  restoreRun,
  type SavedRun,
  saveRun,
} from '../records/index.js';
import {
  type FirstWeights,
  MinibatchPlan,
  openReference,
  type TestResult,
  Trainer,
} from '../training/index.js';
import type { LayerHeadroom, VerificationLevel } from '../verification/index.js';
import { compareParameters } from '../verification/index.js';
import type { ReplyOf } from '../wire/index.js';
import { learntSoFar } from './learnt.js';
import { describeEpochs } from './more-epochs.js';
import { type DeviceChoice, openBench } from './open-bench.js';
import { type Attempt, reconnecting, reopen } from './reconnection.js';

/** Conditions that a run is trained under: others may be given each time that it is taken up. */
export interface RunConditions {
  readonly device: DeviceChoice;
  /** The run's folder. */
  readonly folder: string;
  /** Milliseconds: above 0, at most 24 days. */
  readonly checkpointInterval: number;
  readonly verification: VerificationLevel;
  /** True where the first symptom of a run that does not learn ends it; everything is saved. */
  readonly strict?: boolean;
}

export type ConductedRun = RunConditions & RunSettings;

/** Needed by the beginning of a run alone. */
export interface NewRun {
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
  /** The rate at which the device was found, in bits a second, where it was looked for. */
  readonly baud?: number;
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

/** Trains from the beginning or from where a run stood, the device opened again where it is lost. */
export async function conduct(
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
  const open = () => openBench(device, recipe, { level: options.verification });
  const bench = await (loss ? reopen(open, loss, options.folder, device.patience, signal) : open());
  const reference = openReference(recipe, dataset);
  let ending = () => {};
  try {
    const { device: hello } = bench.link;
    const surroundings: RunSurroundings = { kernel: kernelName(hello.kernel), dataHash: hash };
    const folder = saved ? new RunFolder(options.folder) : RunFolder.create(options.folder, fresh?.config);
    const strictly = new AbortController();
    let endedBy: SymptomMetrics | undefined;
    const log = (metrics: Metrics) => {
      folder.log(metrics);
      broadcast.metrics(metrics);
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
      onProgress: (progress) => {
        events.onProgress(progress);
        broadcast.progress(progress);
      },
      onAnswers: (answers) => broadcast.answers(answers),
      onParameters: (parameters) => broadcast.parameters(parameters),
      onMetrics: log,
      ...(options.verification.kind === 'all' && {
        onEpochEnd: async (parameters) => void (await compareParameters(bench.link, parameters)),
      }),
      onCheckpoint: (at) => saveRun(folder.path, options, surroundings, at, reference),
      signal: AbortSignal.any([signal, strictly.signal]),
    });
    const broadcast = new Broadcast({
      folder: folder.path,
      device: bench.deviceName,
      dataset,
      position: () => trainer.position,
      line: () => bench.link.counters,
      learnt: (last) => learntSoFar(recipe, dataset, trainer.position, last),
    });
    ending = () => broadcast.end();
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
      ...(bench.link.baud !== undefined && { baud: bench.link.baud }),
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
    ending();
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
