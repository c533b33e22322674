/** What a cell's run folder tells. */
import { layerSizes, type Recipe } from '../model/recipe.js';
import type { CellOutcome } from '../report/comparison/data.js';
import type { DivergenceMetrics, EpochMetrics, Metrics } from '../training/metrics.js';
import { RunFolder } from '../training/run-folder.js';
import { mean, signalToNoise } from './statistics.js';

export function isCellFinished(folder: string): boolean {
  return new RunFolder(folder).metrics().some(({ kind }) => kind === 'final');
}

export type Measured = Omit<CellOutcome, 'id' | 'seed' | 'state' | 'reason'>;

export function measuredIn(folder: string, recipe: Recipe): Measured {
  return measured(new RunFolder(folder).metrics(), recipe);
}

export function measured(metrics: readonly Metrics[], recipe: Recipe): Measured {
  const epochs = metrics.filter((entry) => entry.kind === 'epoch');
  const final = metrics.find((entry) => entry.kind === 'final');
  const last = epochs.at(-1);
  const test = final?.evaluations.find(({ set, start }) => set === 'test' && start === 'zero');
  return {
    ...(last && {
      trainingError: last.trainingError,
      saturations: last.saturations,
      products: productsPerSample(recipe, epochs),
    }),
    ...(test && { testError: test.error }),
    ...arithmetic(metrics.filter((entry) => entry.kind === 'divergence')),
    epochs: epochs.map(({ epoch, trainingError, validation }) => ({
      epoch,
      trainingError,
      ...(validation && { validationError: validation.error }),
    })),
  };
}

/** What the minibatches that were compared say of the arithmetic. */
function arithmetic(
  steps: readonly DivergenceMetrics[],
): Pick<Measured, 'contrastCosine' | 'signalToNoise' | 'lostUpdates'> {
  if (steps.length === 0) return {};
  const sum = (of: (step: DivergenceMetrics) => number) => steps.reduce((total, step) => total + of(step), 0);
  const decibels = signalToNoise(
    sum(({ samples, stateSignal = 0 }) => samples * stateSignal ** 2),
    sum(({ samples, stateRms }) => samples * stateRms ** 2),
  );
  const due = sum(({ updatesDue = 0 }) => updatesDue);
  return {
    contrastCosine: mean(steps.map(({ contrastCosines }) => mean(contrastCosines))),
    // JSON knows no infinity.
    signalToNoise: Number.isFinite(decibels) ? decibels : null,
    ...(due > 0 && { lostUpdates: sum(({ updatesLost = 0 }) => updatesLost) / due }),
  };
}

/**
 * Multiply-accumulates a training sample, at most: what the dense form would take for the iterations that were run.
 * What is event-driven takes fewer.
 */
function productsPerSample(recipe: Recipe, epochs: readonly EpochMetrics[]): number {
  const sizes = layerSizes(recipe.network);
  const weights = sizes.slice(1).map((post, k) => sizes[k] * post);
  const [input, ...hidden] = weights;
  const between = hidden.reduce((sum, count) => sum + count, 0);
  const iterations = mean(
    epochs.map(({ freeIterations, nudgedIterations }) => freeIterations + nudgedIterations),
  );
  // The image's drive and its contrast once; between free layers both ways in each iteration, both states in the contrast.
  return 2 * input + 2 * between * (iterations + 1);
}
