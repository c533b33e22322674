/** Looks at a comparison before anything is run: which cells there are, which cannot work, how long the rest will take. */
import { cpus } from 'node:os';
import { loadDataset } from '../data/index.js';
import { DEFAULT_BAUD_RATE, LIKELIEST_RATE } from '../devices/index.js';
import { timeTaken } from '../experiments/index.js';
import { type Board, boardNamed } from '../firmware/index.js';
import { UserError } from '../ground/index.js';
import { hasCheckpoint } from '../records/index.js';
import { type Cell, cellsOf, type ReferenceJob, type RunnableCell, referencesOf } from './cells.js';
import type { ComparisonFolder, ComparisonPlan } from './comparison-folder.js';
import { expectedJobs, type JobsLeft } from './expected-jobs.js';
import type { ExpectedJob } from './forecast.js';
import { secondsOnLine } from './line-time.js';
import { misfit } from './memory.js';
import { isReferenceFinished } from './reference-run.js';
import { Trial } from './trial.js';

export interface PreparedComparison extends JobsLeft {
  /** All of the grid. */
  readonly cells: readonly Cell[];
  readonly references: readonly ReferenceJob[];
  /** All that is to be run, in that order. */
  readonly expected: readonly ExpectedJob[];
  /** Roughly; nothing for devices whose speed is their own. */
  readonly seconds?: number;
  /** The least time that images take on the line at its speed; undefined where it has none. */
  readonly line?: { readonly baud: number; readonly seconds: number };
}

/**
 * @param processes at a time; as many as there are cores if undefined
 * @throws `UserError` where no cell can be run
 */
export async function prepareComparison(
  folder: ComparisonFolder,
  processes?: number,
): Promise<PreparedComparison> {
  const { plan } = folder;
  const dataset = await loadDataset(plan.data, plan.reading);
  const board = boardNamed(plan.device)?.board;
  const trial = new Trial(dataset);
  try {
    const cells: Cell[] = [];
    for (const cell of cellsOf(plan.grid)) {
      const { recipe } = cell;
      const begun = recipe && hasCheckpoint(folder.cell(cell.id));
      const impossible =
        !recipe || begun
          ? cell.impossible
          : ((board && misfit(recipe, board)) ?? (await trial.objection(recipe)));
      cells.push(impossible === undefined ? cell : { ...cell, impossible });
    }
    const runnable = cells.filter(isRunnable);
    if (runnable.length === 0)
      throw new UserError(
        `none of the ${cells.length} cells can be run, the first because: ${cells[0]?.impossible}`,
        'change the preset or the values to compare',
      );
    const references = plan.reference ? referencesOf(runnable) : [];
    const cellsToRun = runnable.filter(({ id, recipe }) => !folder.resultOf(folder.cell(id), recipe));
    const referencesToRun = references.filter(({ id }) => !isReferenceFinished(folder.reference(id)));
    const ownDevice = ['simulated', 'native'].includes(plan.device) || board !== undefined;
    const atOnce = ownDevice ? (processes ?? cpus().length) : 1;
    if (!ownDevice && (processes ?? 1) > 1)
      throw new UserError(
        `${processes} processes cannot share the device ${plan.device}`,
        'leave --processes out: a real device runs one cell after the other',
      );
    const baud = baudOf(plan, board);
    const left = { folder, dataset, cellsToRun, referencesToRun, processes: atOnce };
    const expected = await expectedJobs(left, trial);
    const costs = expected.map(({ cost }) => cost);
    return {
      ...left,
      cells,
      references,
      expected,
      ...(plan.device === 'simulated' && { seconds: timeTaken(costs, atOnce) }),
      ...(baud !== undefined && {
        line: { baud, seconds: timeTaken(secondsOnLine(recipesOf(cellsToRun), dataset, baud), atOnce) },
      }),
    };
  } finally {
    await trial.close();
  }
}

function isRunnable(cell: Cell): cell is RunnableCell {
  return cell.recipe !== undefined && cell.impossible === undefined;
}

function recipesOf(jobs: readonly (RunnableCell | ReferenceJob)[]) {
  return jobs.map(({ recipe }) => recipe);
}

/** Returns the line's speed: for an emulated board the real one's, the likeliest where it is to be found; an address, a native or an unpaced simulated device has none. */
function baudOf({ device, deviceOptions }: ComparisonPlan, board: Board | undefined): number | undefined {
  if (board) return board.uart.baud;
  if (device === 'native' || device.startsWith('tcp:')) return undefined;
  const isSimulated = device === 'simulated';
  if (isSimulated && !deviceOptions.paced) return undefined;
  return deviceOptions.baudRate ?? (isSimulated ? DEFAULT_BAUD_RATE : LIKELIEST_RATE);
}
