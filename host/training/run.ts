/** A run: opens everything, trains, tests, and leaves a folder with all of it. */
import { resolve } from 'node:path';
import { type Dataset, loadDataset } from '../data/dataset.js';
import type { LinkCounters } from '../link/link.js';
import type { ReplyOf } from '../link/schema.js';
import type { NetworkParameters } from '../model/network-parameters.js';
import { layerSizes, type Recipe } from '../model/recipe.js';
import { checkRecipe } from '../model/recipe-check.js';
import type { ReferenceThread } from '../verification/reference-thread.js';
import { Bench, type DeviceChoice } from './bench.js';
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from './checkpoint.js';
import { openReference, requireFit } from './fit.js';
import type { Evaluation, Metrics } from './metrics.js';
import { RunFolder } from './run-folder.js';
import { type Position, type Progress, type TestResult, Trainer } from './trainer.js';

export interface RunOptions {
  readonly recipe: Recipe;
  /** Where the recipe came from. */
  readonly preset: string;
  /** A folder of IDX files; MNIST if absent. */
  readonly data?: string;
  readonly device: DeviceChoice;
  /** The run's folder. */
  readonly folder: string;
  readonly shadow: boolean;
  readonly compareEvery: number;
  /** Milliseconds. */
  readonly checkpointInterval: number;
}

export interface RunEvents {
  onStart(start: RunStart): void;
  onProgress(progress: Progress): void;
  onMetrics(metrics: Metrics): void;
}

export interface RunStart {
  readonly folder: string;
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  readonly deviceName: string;
  readonly hello: ReplyOf<'hello'>;
  /** Minibatches that were applied before. */
  readonly step: number;
  /** Why not the newest checkpoint is taken. */
  readonly note?: string;
}

export interface RunResult {
  readonly finished: boolean;
  readonly preset: string;
  readonly folder: RunFolder;
  readonly start: RunStart;
  readonly position: Position;
  readonly parameters: NetworkParameters;
  readonly trainer: Trainer;
  readonly link: LinkCounters;
  readonly test?: TestResult;
  readonly samplesPerSecond: number;
  readonly bytesPerImage: number;
}

/** A run's settings as a checkpoint holds them. */
interface RunState {
  readonly preset: string;
  readonly data?: string;
  readonly recipe: Recipe;
  readonly shadow: boolean;
  readonly compareEvery: number;
  readonly position: Position;
  /** Hexadecimal hash of the kernel's source. */
  readonly kernel: string;
}

function hex(value: bigint): string {
  return value.toString(16).padStart(16, '0');
}

/** Parameters and states of a run as a checkpoint's arrays, and back. */
function parameterArrays({ weights, biases }: NetworkParameters): Checkpoint<unknown>['arrays'] {
  return Object.fromEntries([
    ...weights.map((matrix, k) => [`weights ${k}`, matrix] as const),
    ...biases.map((vector, k) => [`biases ${k}`, vector] as const),
  ]);
}

function parametersOf(arrays: Checkpoint<unknown>['arrays'], connections: number): NetworkParameters {
  const range = Array.from({ length: connections }, (_, k) => k);
  return {
    weights: range.map((k) => arrays[`weights ${k}`] as Int16Array),
    biases: range.map((k) => arrays[`biases ${k}`] as Int32Array),
  };
}

/** The recipe, step and parameters of the newest whole checkpoint of a run. */
export function loadRun(folder: string): {
  readonly state: RunState;
  readonly parameters: NetworkParameters;
  readonly arrays: Checkpoint<unknown>['arrays'];
  readonly note?: string;
} {
  const { checkpoint, note } = loadCheckpoint(folder);
  const state = checkpoint.state as RunState;
  const recipe = checkRecipe(state.recipe, folder);
  const parameters = parametersOf(checkpoint.arrays, layerSizes(recipe.network).length - 1);
  return { state: { ...state, recipe }, parameters, arrays: checkpoint.arrays, ...(note && { note }) };
}

/** Starts a run, or takes one up with `resumeRun`. Rejects with `UserError`; the folder keeps what was reached. */
export async function startRun(
  options: RunOptions,
  events: RunEvents,
  signal: AbortSignal,
): Promise<RunResult> {
  const data = options.data === undefined ? undefined : resolve(options.data);
  const dataset = await loadDataset(data);
  requireFit(options.recipe, dataset);
  const config = {
    preset: options.preset,
    data: data ?? dataset.name,
    device: options.device.device,
    shadow: options.shadow,
    compareEvery: options.compareEvery,
    recipe: options.recipe,
  };
  const create = () => RunFolder.create(options.folder, config);
  return conduct({ ...options, ...(data && { data }) }, dataset, create, undefined, events, signal);
}

/**
 * Takes a run up at its newest checkpoint, on any device, bit for bit.
 * @param movedData where the data set is now, if it is not where it was
 */
export async function resumeRun(
  folder: string,
  movedData: string | undefined,
  device: DeviceChoice,
  checkpointInterval: number,
  events: RunEvents,
  signal: AbortSignal,
): Promise<RunResult> {
  const saved = loadRun(folder);
  const { state } = saved;
  const data = movedData === undefined ? state.data : resolve(movedData);
  const dataset = await loadDataset(data);
  requireFit(state.recipe, dataset);
  const options: RunOptions = {
    recipe: state.recipe,
    preset: state.preset,
    ...(data !== undefined && { data }),
    device,
    folder,
    shadow: state.shadow,
    compareEvery: state.compareEvery,
    checkpointInterval,
  };
  return conduct(options, dataset, () => new RunFolder(folder), saved, events, signal);
}

async function conduct(
  options: RunOptions,
  dataset: Dataset,
  openFolder: () => RunFolder,
  saved: ReturnType<typeof loadRun> | undefined,
  events: RunEvents,
  signal: AbortSignal,
): Promise<RunResult> {
  const { recipe } = options;
  const bench = await Bench.open(options.device);
  const reference = openReference(recipe, dataset);
  try {
    const { device: hello } = bench.link;
    const folder = openFolder();
    const log = (metrics: Metrics) => {
      folder.log(metrics);
      events.onMetrics(metrics);
    };
    const trainer = new Trainer({
      recipe,
      dataset,
      endpoint: bench.lockstep,
      twin: bench.twin,
      reference,
      shadow: options.shadow,
      compareEvery: options.compareEvery,
      checkpointInterval: options.checkpointInterval,
      onProgress: (progress) => events.onProgress(progress),
      onMetrics: log,
      onCheckpoint: (at) => checkpoint(at, options, hex(hello.kernel), folder, reference),
      signal,
    });
    const notes = [
      saved?.note,
      saved && saved.state.kernel !== hex(hello.kernel)
        ? 'the checkpoint was made by another kernel: the run goes on, but not bit for bit as it would have'
        : undefined,
    ].filter((note) => note !== undefined);
    const start: RunStart = {
      folder: folder.path,
      recipe,
      dataset,
      deviceName: bench.deviceName,
      hello,
      step: saved?.state.position.step ?? 0,
      ...(notes.length > 0 && { note: notes.join('; ') }),
    };
    events.onStart(start);
    if (saved) await restore(saved, trainer, options, reference, folder);
    else await trainer.begin();

    const began = performance.now();
    const stepBefore = trainer.position.step;
    const finished = await trainer.train();
    const seconds = (performance.now() - began) / 1000;
    const { position } = trainer;
    const samplesPerSecond = ((position.step - stepBefore) * recipe.minibatch) / seconds;
    const test = finished ? await trainer.test() : undefined;
    if (test) log(finalMetrics(position, test.evaluations, samplesPerSecond));
    return {
      finished: test !== undefined,
      preset: options.preset,
      folder,
      start,
      position: trainer.position,
      parameters: await trainer.parameters(),
      trainer,
      link: bench.link.counters,
      ...(test && { test }),
      samplesPerSecond,
      bytesPerImage: trainer.source.bytesPerImage,
    };
  } finally {
    await Promise.all([bench.close(), reference.close()]);
  }
}

function finalMetrics(
  position: Position,
  evaluations: readonly Evaluation[],
  samplesPerSecond: number,
): Metrics {
  return { kind: 'final', step: position.step, evaluations, seconds: position.seconds, samplesPerSecond };
}

async function checkpoint(
  trainer: Trainer,
  options: RunOptions,
  kernel: string,
  folder: RunFolder,
  reference: ReferenceThread,
): Promise<void> {
  const { preset, data, recipe, shadow, compareEvery } = options;
  const { position } = trainer;
  const state: RunState = {
    preset,
    ...(data !== undefined && { data }),
    recipe,
    shadow,
    compareEvery,
    position,
    kernel,
  };
  const shadowState = shadow ? await reference.run({ kind: 'read' }) : undefined;
  saveCheckpoint(folder.path, {
    state,
    arrays: {
      ...parameterArrays(await trainer.parameters()),
      ...(trainer.states && { states: trainer.states.states }),
      ...(shadowState && { 'shadow states': shadowState.states }),
      ...Object.fromEntries(
        (shadowState?.parameters.weights ?? []).map((matrix, k) => [`shadow weights ${k}`, matrix]),
      ),
      ...Object.fromEntries(
        (shadowState?.parameters.biases ?? []).map((vector, k) => [`shadow biases ${k}`, vector]),
      ),
    },
  });
}

async function restore(
  { state, parameters, arrays }: ReturnType<typeof loadRun>,
  trainer: Trainer,
  options: RunOptions,
  reference: ReferenceThread,
  folder: RunFolder,
): Promise<void> {
  folder.rewind(state.position.step);
  if (trainer.states) trainer.states.states.set(arrays.states as Int16Array);
  if (options.shadow) {
    const connections = parameters.weights.map((_, k) => k);
    await reference.run({
      kind: 'load',
      parameters: {
        weights: connections.map((k) => arrays[`shadow weights ${k}`] as Float64Array),
        biases: connections.map((k) => arrays[`shadow biases ${k}`] as Float64Array),
      },
      states: arrays['shadow states'] as Float64Array,
    });
  }
  await trainer.resume(state.position, parameters);
}
