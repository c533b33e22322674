/** The float64 reference trained alone, on a recipe's minibatches in their order: what its integers are held against. */
import { join } from 'node:path';
import * as v from 'valibot';
import type { Dataset } from '../data/index.js';
import { appendJsonLine, readJsonLines, writeJsonLines } from '../files/index.js';
import { evaluationIterations, graphOf, pictured, type Recipe, realRates } from '../model/index.js';
import {
  CheckpointClock,
  dataHash,
  hasCheckpoint,
  loadCheckpoint,
  namedArrays,
  requireSameData,
  SavedArrays,
  saveCheckpoint,
  savedState,
} from '../records/index.js';
import { gather, MinibatchPlan, openReference, Pipeline } from '../training/index.js';
import type { ReferenceThread } from '../verification/index.js';

/** Lines of a reference's metrics.jsonl; errors in percent. */
export type ReferenceMetrics =
  | { readonly kind: 'epoch'; readonly epoch: number; readonly step: number; readonly trainingError: number }
  | { readonly kind: 'final'; readonly step: number; readonly testError: number };

const metricsSchema: v.GenericSchema<unknown, ReferenceMetrics> = v.variant('kind', [
  v.object({ kind: v.literal('epoch'), epoch: v.number(), step: v.number(), trainingError: v.number() }),
  v.object({ kind: v.literal('final'), step: v.number(), testError: v.number() }),
]);

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positionSchema = v.object({ dataHash: v.string(), step: natural, wrong: natural });

interface Position {
  readonly recipe: Recipe;
  readonly dataHash: string;
  step: number;
  /** Examples of the epoch so far that were classified wrongly. */
  wrong: number;
}

const METRICS = 'metrics.jsonl';
const ANEW = 'take its folder away: it is trained anew';
/** Milliseconds. */
const CHECKPOINT_INTERVAL = 60_000;

/** Reads the metrics of a reference; a last line cut short is left out. */
export function readReference(folder: string): readonly ReferenceMetrics[] {
  return [...readJsonLines(join(folder, METRICS), metricsSchema)];
}

export function isReferenceFinished(folder: string): boolean {
  return readReference(folder).some(({ kind }) => kind === 'final');
}

/**
 * Trains to the recipe's end, from the folder's checkpoint if it has one, and tests from a zero start. Interrupted it
 * saves and resolves to false. Rejects with `UserError` where the folder cannot be used.
 */
export async function trainReference(
  folder: string,
  recipe: Recipe,
  dataset: Dataset,
  onEpoch: (epoch: number) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const thread = openReference(recipe, dataset);
  try {
    const run = new ReferenceRun(folder, recipe, dataset, thread, signal);
    await run.begin();
    await run.train(onEpoch);
    return await run.test();
  } finally {
    await thread.close();
  }
}

class ReferenceRun {
  /** The recipe with the images' rows and columns in its network. */
  readonly #shown: Recipe;
  readonly #plan: MinibatchPlan;
  readonly #clock = new CheckpointClock(CHECKPOINT_INTERVAL);
  #position: Position;

  constructor(
    private readonly folder: string,
    readonly recipe: Recipe,
    private readonly dataset: Dataset,
    private readonly thread: ReferenceThread,
    private readonly signal: AbortSignal,
  ) {
    this.#shown = pictured(recipe, dataset);
    this.#plan = new MinibatchPlan(this.#shown);
    this.#position = { recipe, dataHash: dataHash(dataset), step: 0, wrong: 0 };
  }

  async begin(): Promise<void> {
    const { folder, recipe, thread } = this;
    const examples = recipe.start === 'persistent' ? this.dataset.training.count : 0;
    if (!hasCheckpoint(folder)) {
      this.#write([]);
      return;
    }
    const { position, parameters, states } = loadCheckpoint(folder, ({ state, arrays }, path) => {
      const saved = new SavedArrays(arrays, graphOf(this.#shown), path);
      return {
        position: savedState(state, positionSchema, path, 'reference', ANEW),
        parameters: saved.realParameters(),
        states: saved.states(Float64Array, '', examples),
      };
    }).checkpoint;
    requireSameData(folder, position.dataHash, this.dataset, this.#position.dataHash);
    this.#position = { recipe, ...position };
    await thread.run({ kind: 'load', parameters, states });
    // Drop the metrics after the checkpoint: they are about to be measured again.
    this.#write(readReference(folder).filter(({ kind, step }) => kind !== 'final' && step <= position.step));
  }

  async train(onEpoch: (epoch: number) => void): Promise<void> {
    const plan = this.#plan;
    while (this.#position.step < plan.steps && !this.signal.aborted) {
      await this.#trainOn();
      const { step, wrong } = this.#position;
      if (step % plan.perEpoch === 0) {
        const epoch = step / plan.perEpoch;
        const trainingError = 100 * (wrong / plan.examples);
        this.#position.wrong = 0;
        this.#log({ kind: 'epoch', epoch, step, trainingError });
        onEpoch(epoch);
      }
      await this.#clock.save(() => this.#save());
    }
  }

  /** Trains to the epoch's end, or until a checkpoint is due or it is interrupted. */
  async #trainOn(): Promise<void> {
    const { dataset, thread, signal } = this;
    const plan = this.#plan;
    const pipeline = new Pipeline();
    const first = this.#position.step;
    const end = plan.perEpoch * (Math.floor(first / plan.perEpoch) + 1);
    for (let step = first; step < end && !signal.aborted; step++) {
      if (step > first && this.#clock.isDue) break;
      const batch = plan.batchOf(step, dataset);
      const rates = plan.ratesOf(step, batch.labels.length);
      const work = thread.run({
        kind: 'train',
        batch,
        nudging: rates.nudging,
        rates: realRates(rates),
      });
      await pipeline.add(work, (wrong) => {
        this.#position.wrong += wrong;
        this.#position.step++;
      });
    }
    await pipeline.drain();
  }

  /** Returns whether it was not interrupted. */
  async test(): Promise<boolean> {
    const { recipe, dataset, thread, signal } = this;
    const { count } = dataset.test;
    const iterations = evaluationIterations(recipe);
    const pipeline = new Pipeline();
    let sum = 0;
    for (let at = 0; at < count && !signal.aborted; at += recipe.minibatch) {
      const length = Math.min(recipe.minibatch, count - at);
      const batch = gather(
        dataset.test,
        dataset.pixels,
        Uint32Array.from({ length }, (_, n) => at + n),
      );
      const work = thread.run({ kind: 'evaluate', batch, iterations, start: 'zero' });
      await pipeline.add(work, (wrong) => {
        sum += wrong;
      });
    }
    await pipeline.drain();
    if (signal.aborted) return false;
    this.#log({ kind: 'final', step: this.#position.step, testError: (100 * sum) / count });
    return true;
  }

  async #save(): Promise<void> {
    const { parameters, states } = await this.thread.run({ kind: 'read' });
    const arrays = { ...namedArrays(parameters), states };
    saveCheckpoint(this.folder, { state: this.#position, arrays });
  }

  #write(metrics: readonly ReferenceMetrics[]): void {
    writeJsonLines(join(this.folder, METRICS), metrics);
  }

  #log(metrics: ReferenceMetrics): void {
    appendJsonLine(join(this.folder, METRICS), metrics);
  }
}
