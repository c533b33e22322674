/** A run's report from its folder alone, read again where the folder has changed: whichever process trains it, or none. */
import { join } from 'node:path';
import { preparationOf } from '../data/index.js';
import { isLocked, markOf, timeOf } from '../files/index.js';
import { LIVE, type LiveState, readLive } from '../live/index.js';
import {
  formatsOf,
  type Graph,
  graphOf,
  type Picture,
  pictured,
  pixelsOf,
  type Recipe,
} from '../model/index.js';
import {
  CHECKPOINT,
  checkpointMark,
  hasCheckpoint,
  loadRun,
  METRICS,
  type Position,
  REPORT,
  RunFolder,
  type SavedRun,
} from '../records/index.js';
import type { ReportData, StretchRecord, UnderWay } from '../report/index.js';
import { HeadroomWatch, MinibatchPlan } from '../training/index.js';
import { readLog } from './run-log.js';
import { standingData } from './standing.js';

type Reached = Pick<UnderWay, 'phase' | 'epoch' | 'done' | 'total' | 'wrong'>;

export class FolderReport {
  readonly #folder: RunFolder;
  #saved: { readonly mark: string | undefined; readonly run: SavedRun; readonly graph: Graph } | undefined;

  constructor(readonly path: string) {
    this.#folder = new RunFolder(path);
  }

  /** True while a process trains it. */
  get isRunning(): boolean {
    return isLocked(this.path);
  }

  /** Changes whenever there may be something new to read. */
  get mark(): string {
    const files = [CHECKPOINT, LIVE, METRICS, REPORT].map((name) => markOf(join(this.path, name)));
    return [...files, this.isRunning].join(' ');
  }

  /** When the run saved or measured something last, in milliseconds; 0 before it has. */
  get changed(): number {
    return Math.max(0, ...[METRICS, CHECKPOINT].map((name) => timeOf(join(this.path, name)) ?? 0));
  }

  /** Nothing before the run's first checkpoint. Throws `UserError` where the folder holds what cannot be read. */
  read(): ReportData | undefined {
    if (!hasCheckpoint(this.path)) return undefined;
    const { run, graph } = this.#load();
    const { state } = run;
    const { recipe, picture } = state;
    const found = readLive(this.path, graph, formatsOf(recipe).storage);
    const newest = found && found.state.position.step >= state.position.step ? found : undefined;
    // One that saves often has saved since: nothing of it is newer than the line and the answers that it told of.
    const live = this.isRunning ? found : newest;
    const position = newest?.state.position ?? state.position;
    const parameters = newest?.parameters ?? run.parameters;
    const log = readLog(this.#folder);
    const headroom = new HeadroomWatch(pictured(recipe, picture));
    headroom.look(parameters);
    const samplesPerSecond = log.final?.samplesPerSecond ?? live?.state.samplesPerSecond;
    const data = standingData(
      {
        recipe,
        preset: state.preset,
        dataset: live?.state.dataset ?? state.data ?? (state.inMemory ? 'data in memory' : 'MNIST'),
        preparation: preparationOf(state),
        picture,
        device: live?.state.device ?? this.#folder.device ?? 'device',
        kernel: state.kernel,
        written: new Date(timeOf(join(this.path, newest ? LIVE : CHECKPOINT)) ?? Date.now()),
        position,
        parameters,
        graph,
        drives: headroom.layers,
        evaluations: log.final?.evaluations ?? [],
        ...(samplesPerSecond !== undefined && { samplesPerSecond }),
      },
      log,
    );
    const learnt = live?.state.learnt;
    const { phase, epoch, done, total, wrong } = newest?.state.progress ?? progressAt(position, recipe);
    const underWay: UnderWay = {
      ...{ isRunning: this.isRunning, phase, epoch, done, total, wrong },
      ...(live ? toldLive(live.state, picture) : { stretches: [], missed: [] }),
    };
    return { ...data, ...(learnt && { learnt }), ...(!log.final && { underWay }) };
  }

  #load() {
    const mark = checkpointMark(this.path);
    if (!this.#saved || this.#saved.mark !== mark) {
      const run = loadRun(this.path);
      const graph = graphOf(pictured(run.state.recipe, run.state.picture));
      this.#saved = { mark, run, graph };
    }
    return this.#saved;
  }
}

/** As far as a checkpoint tells. */
function progressAt({ step, tally: { samples, wrong } }: Position, recipe: Recipe): Reached {
  const { perEpoch, examples } = new MinibatchPlan(recipe);
  const epoch = Math.min(recipe.epochs, Math.ceil((step + (samples > 0 ? 0 : 1)) / perEpoch));
  return { phase: 'training', epoch, done: samples, total: examples, wrong };
}

function toldLive(
  { line, stretches, missed }: LiveState,
  picture: Picture,
): Pick<UnderWay, 'line' | 'stretches' | 'missed'> {
  return {
    line,
    stretches: stretches.map(
      (one): StretchRecord => ({
        step: one.step,
        error: one.wrong / one.samples,
        cost: one.cost / one.samples,
        freeIterations: one.freeIterations / one.samples,
        nudgedIterations: one.nudgedIterations / one.samples,
      }),
    ),
    // Whoever writes a file there may write anything: what is no example cannot be drawn.
    missed: missed
      .map((one) => ({ ...one, image: new Uint8Array(Buffer.from(one.image, 'base64')) }))
      .filter(({ image }) => image.length === pixelsOf(picture))
      .reverse(),
  };
}

/**
 * The path of the report in a folder, where nobody trains there, or any of its runs, any more and it was written after all
 * that they have saved.
 */
export function reportOf(folder: string, runs: readonly FolderReport[]): string | undefined {
  const path = join(folder, REPORT);
  const written = timeOf(path);
  const isLast = ({ isRunning, changed }: FolderReport) => !isRunning && changed <= Number(written);
  const isOver = runs.length > 0 && runs.every(isLast) && !isLocked(folder);
  return written !== undefined && isOver ? path : undefined;
}
