/** Runs what a comparison has left to run, each cell in a process of its own, references beside them. */
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { readingWords } from '../data/index.js';
import { runConcurrently } from '../experiments/index.js';
import { reasonOf, UserError } from '../ground/index.js';
import type { Recipe } from '../model/index.js';
import { hasCheckpoint } from '../records/index.js';
import { MinibatchPlan } from '../training/index.js';
import type { ReferenceJob, RunnableCell } from './cells.js';
import type { ComparisonPlan } from './comparison-folder.js';
import { Forecast } from './forecast.js';
import type { PreparedComparison } from './prepare.js';
import { trainReference } from './reference-run.js';
import { type Ending, train } from './train-process.js';

/** Progress of a job; cells and references alike. */
export interface JobProgress {
  readonly id: string;
  readonly kind: 'cell' | 'reference';
  /** Epochs done. */
  readonly epoch: number;
  readonly epochs: number;
  /** Until all jobs have ended, roughly; undefined where nothing tells yet. */
  readonly secondsLeft?: number;
}

export interface ComparisonEvents {
  onBegin(job: JobProgress): void;
  onProgress(job: JobProgress): void;
  onEnd(job: JobProgress, ending: Ending): void;
}

/** How cells and references that were run have ended, by their ids. */
export interface Endings {
  readonly cells: ReadonlyMap<string, Ending>;
  readonly references: ReadonlyMap<string, Ending>;
}

type Job =
  | { readonly kind: 'cell'; readonly id: string; readonly recipe: Recipe; readonly cell: RunnableCell }
  | {
      readonly kind: 'reference';
      readonly id: string;
      readonly recipe: Recipe;
      readonly reference: ReferenceJob;
    };

/**
 * @param program what runs `eqprop`: an executable and its first arguments
 * @param signal when aborted, what is running saves, and nothing more is begun
 */
export async function runComparison(
  prepared: PreparedComparison,
  program: readonly string[],
  events: ComparisonEvents,
  signal: AbortSignal,
): Promise<Endings> {
  const { folder, cellsToRun, referencesToRun, processes, expected, seconds } = prepared;
  const forecast = new Forecast(expected, processes, seconds !== undefined);
  folder.begin();
  const endings = { cells: new Map<string, Ending>(), references: new Map<string, Ending>() };
  const jobs: readonly Job[] = [
    ...referencesToRun.map((reference): Job => ({ kind: 'reference', ...reference, reference })),
    ...cellsToRun.map((cell): Job => ({ kind: 'cell', ...cell, cell })),
  ];
  await runConcurrently(jobs, processes, signal, async (job, either) => {
    const { kind, id, recipe } = job;
    const { epochs } = recipe;
    const progress = (epoch: number): JobProgress => {
      const { secondsLeft } = forecast;
      return { kind, id, epoch, epochs, ...(secondsLeft !== undefined && { secondsLeft }) };
    };
    const tell = (epoch: number) => events.onProgress(progress(epoch));
    forecast.begin(job);
    events.onBegin(progress(0));
    const ending =
      job.kind === 'cell'
        ? await runCell(prepared, program, job.cell, tell, either)
        : await runReference(prepared, job.reference, tell, either);
    (kind === 'cell' ? endings.cells : endings.references).set(id, ending);
    forecast.end(job, ending.kind === 'finished');
    events.onEnd(progress(epochs), ending);
  });
  return endings;
}

function runCell(
  { folder }: PreparedComparison,
  program: readonly string[],
  { id, recipe }: RunnableCell,
  tell: (epoch: number) => void,
  signal: AbortSignal,
): Promise<Ending> {
  const { data, reading, verification } = folder.plan;
  const path = folder.cell(id);
  const common = [...deviceArguments(folder.plan), '--verify', verification];
  const where = data === undefined ? [] : ['--data', data];
  const fresh = () => {
    const preset = folder.write(join('cells', id, 'recipe.toml'), stringify(recipe));
    const interval = String(comparisonInterval(recipe));
    return ['--preset', preset, '--out', path, '--compare-every', interval, ...readingWords(reading ?? {})];
  };
  const begin = hasCheckpoint(path) ? ['--resume', path] : fresh();
  return train(
    program,
    [...begin, ...where, ...common],
    (metrics) => {
      if (metrics.kind === 'epoch') tell(metrics.epoch);
    },
    signal,
  );
}

/** The options of `train` that reach the plan's device. */
function deviceArguments({ device, deviceOptions, patience }: ComparisonPlan): readonly string[] {
  const { baudRate, paced, ...numbers } = deviceOptions;
  const baud = baudRate === undefined ? {} : { baud: baudRate };
  const valued = Object.entries({ device, ...baud, ...numbers, patience });
  return [...valued.flatMap(([name, value]) => [`--${name}`, String(value)]), ...(paced ? ['--paced'] : [])];
}

/** Minibatches compared with the reference in a run, at least; and between them, at most. */
const COMPARED = 20;
const LONGEST_INTERVAL = 250;

function comparisonInterval(recipe: Recipe): number {
  const { steps } = new MinibatchPlan(recipe);
  return Math.max(1, Math.min(LONGEST_INTERVAL, Math.floor(steps / COMPARED)));
}

async function runReference(
  { folder, dataset }: PreparedComparison,
  { id, recipe }: ReferenceJob,
  tell: (epoch: number) => void,
  signal: AbortSignal,
): Promise<Ending> {
  try {
    const finished = await trainReference(folder.reference(id), recipe, dataset, tell, signal);
    return { kind: finished ? 'finished' : 'interrupted' };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: 'stopped', reason: reasonOf(error) };
  }
}
