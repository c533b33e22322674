/** Runs what a comparison has left to run, each cell in a process of its own, references beside them. */
import {
  type Carrier,
  type DataPlace,
  doTask,
  type Ending,
  runConcurrently,
  runTask,
  type Task,
} from '../experiments/index.js';
import { reasonOf, UserError } from '../ground/index.js';
import type { Recipe } from '../model/index.js';
import { MinibatchPlan } from '../training/index.js';
import type { RunnableCell } from './cells.js';
import type { ComparisonPlan } from './comparison-folder.js';
import { Forecast } from './forecast.js';
import type { PreparedComparison } from './prepare.js';
import { trainReference } from './reference-run.js';

/** Progress of a job; cells and references alike. */
export interface JobProgress {
  readonly id: string;
  readonly kind: 'cell' | 'reference';
  /** Epochs done. */
  readonly epoch: number;
  readonly epochs: number;
  /** Who trains it elsewhere, for people. */
  readonly worker?: string;
  /** Until all jobs have ended, roughly; undefined where nothing tells yet. */
  readonly secondsLeft?: number;
}

export interface ComparisonEvents {
  onBegin(job: JobProgress): void;
  onProgress(job: JobProgress): void;
  onEnd(job: JobProgress, ending: Ending): void;
  /** A sentence for people, about those that train cells elsewhere. */
  onNotice(sentence: string): void;
}

/** How cells and references that were run have ended, by their ids. */
export interface Endings {
  readonly cells: ReadonlyMap<string, Ending>;
  readonly references: ReadonlyMap<string, Ending>;
}

interface Job {
  readonly kind: 'cell' | 'reference';
  readonly id: string;
  readonly recipe: Recipe;
}

/**
 * @param program what runs `eqprop`: an executable and its first arguments
 * @param signal when aborted, what is running saves, and nothing more is begun
 * @param carrier trains the cells, where this computer is not to
 */
export async function runComparison(
  prepared: PreparedComparison,
  program: readonly string[],
  events: ComparisonEvents,
  signal: AbortSignal,
  carrier?: Carrier,
): Promise<Endings> {
  const { folder, cellsToRun, referencesToRun, processes } = prepared;
  const course = new Course(prepared, events);
  folder.begin();
  const references = referencesToRun.map((reference): Job => ({ kind: 'reference', ...reference }));
  const cells = (carrier ? decidingFirst(cellsToRun) : cellsToRun).map(
    (cell): Job => ({ kind: 'cell', ...cell }),
  );
  const here = (jobs: readonly Job[], either: AbortSignal) =>
    runConcurrently(jobs, processes, either, async (job, signalOfAll) => {
      course.begin(job);
      const tell = (epoch: number) => course.tell(job, epoch);
      const ending =
        job.kind === 'cell'
          ? await runCell(prepared, program, job, tell, signalOfAll)
          : await runReference(prepared, job, tell, signalOfAll);
      course.end(job, ending);
    });
  if (!carrier) await here([...references, ...cells], signal);
  else {
    const elsewhere = (either: AbortSignal) => carry(prepared, carrier, cells, course, either);
    const both = [elsewhere, (either: AbortSignal) => here(references, either)];
    await runConcurrently(both, both.length, signal, (part, either) => part(either));
  }
  return course.endings;
}

/** Seed by seed: what there is of each group tells something at any time. */
function decidingFirst(cells: readonly RunnableCell[]): readonly RunnableCell[] {
  return cells.toSorted((a, b) => a.seed - b.seed);
}

async function carry(
  { folder }: PreparedComparison,
  carrier: Carrier,
  cells: readonly Job[],
  course: Course,
  signal: AbortSignal,
): Promise<void> {
  const jobs = new Map(cells.map((job) => [job.id, job]));
  const on = (id: string, tell: (job: Job) => void) => {
    const job = jobs.get(id);
    if (job) tell(job);
  };
  const place = dataPlace(folder.plan);
  await carrier.carry(
    cells.map((job) => ({ id: job.id, path: folder.cell(job.id), task: taskOf(folder.plan, job), ...place })),
    {
      onBegin: (id, worker) => on(id, (job) => course.begin(job, worker)),
      onEpoch: (id, epoch, worker) => on(id, (job) => course.tell(job, epoch, worker)),
      onEnd: (id, ending) => on(id, (job) => course.end(job, ending)),
      onNotice: (sentence) => course.events.onNotice(sentence),
    },
    signal,
  );
}

/** Tells how jobs go, and keeps how they ended. */
class Course {
  readonly endings = { cells: new Map<string, Ending>(), references: new Map<string, Ending>() };
  readonly #forecast: Forecast;

  constructor(
    { expected, processes, seconds }: PreparedComparison,
    readonly events: ComparisonEvents,
  ) {
    this.#forecast = new Forecast(expected, processes, seconds !== undefined);
  }

  begin(job: Job, worker?: string): void {
    this.#forecast.begin(job);
    this.events.onBegin(this.#progress(job, 0, worker));
  }

  tell(job: Job, epoch: number, worker?: string): void {
    this.events.onProgress(this.#progress(job, epoch, worker));
  }

  end(job: Job, ending: Ending): void {
    const { kind, id, recipe } = job;
    (kind === 'cell' ? this.endings.cells : this.endings.references).set(id, ending);
    this.#forecast.end(job, ending.kind === 'finished');
    this.events.onEnd(this.#progress(job, recipe.epochs), ending);
  }

  #progress({ kind, id, recipe }: Job, epoch: number, worker?: string): JobProgress {
    const { secondsLeft } = this.#forecast;
    return {
      ...{ kind, id, epoch, epochs: recipe.epochs },
      ...(worker !== undefined && { worker }),
      ...(secondsLeft !== undefined && { secondsLeft }),
    };
  }
}

function taskOf({ verification }: ComparisonPlan, { recipe }: Job): Task {
  return runTask({ recipe, verification, compareEvery: comparisonInterval(recipe) });
}

function dataPlace({ data, reading }: ComparisonPlan): DataPlace {
  return { data, reading: reading ?? {} };
}

function runCell(
  { folder }: PreparedComparison,
  program: readonly string[],
  job: Job,
  onEpoch: (epoch: number) => void,
  signal: AbortSignal,
): Promise<Ending> {
  const { plan } = folder;
  const options = { program, words: deviceArguments(plan), onEpoch, signal };
  return doTask(taskOf(plan, job), folder.cell(job.id), dataPlace(plan), options);
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
  { id, recipe }: Job,
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
