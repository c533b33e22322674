/** The outcome of a cell, read from its run folder. */
import { mean } from '../ground/index.js';
import { type DivergenceMetrics, type Evaluation, type Metrics, RunFolder } from '../records/index.js';
import type { CellOutcome } from '../report/index.js';
import { signalToNoise } from './statistics.js';

export type Measured = Omit<CellOutcome, 'id' | 'seed' | 'state' | 'reason'>;

export function measuredIn(folder: string): Measured {
  return measured(new RunFolder(folder).metrics());
}

export function measured(metrics: readonly Metrics[]): Measured {
  const epochs = metrics.filter((entry) => entry.kind === 'epoch');
  const final = metrics.find((entry) => entry.kind === 'final');
  const last = epochs.at(-1);
  // From a zero start: states that have seen the images before flatter.
  const ofSet = (name: Evaluation['set']) =>
    final?.evaluations.find(({ set, start }) => set === name && start === 'zero');
  const [test, validation] = [ofSet('test'), ofSet('validation')];
  return {
    ...(last && {
      trainingError: last.trainingError,
      saturations: last.saturations,
    }),
    ...(last && { products: mean(epochs.map(({ products }) => products)) }),
    ...(test && { testError: test.error }),
    ...(validation && { validationError: validation.error, validationImages: validation.samples }),
    ...arithmetic(metrics.filter((entry) => entry.kind === 'divergence')),
    epochs: epochs.map(({ epoch, trainingError, validation }) => ({
      epoch,
      trainingError,
      ...(validation && { validationError: validation.error }),
    })),
  };
}

/** Summarises the compared minibatches: how exact the arithmetic was. */
function arithmetic(
  steps: readonly DivergenceMetrics[],
): Pick<Measured, 'contrastCosine' | 'signalToNoise' | 'lostUpdates'> {
  if (steps.length === 0) return {};
  const sum = (of: (step: DivergenceMetrics) => number) => steps.reduce((total, step) => total + of(step), 0);
  const signal = sum(({ samples, stateSignal }) => samples * stateSignal ** 2);
  const decibels = signalToNoise(
    signal,
    sum(({ samples, stateRms }) => samples * stateRms ** 2),
  );
  const due = sum(({ updatesDue = 0 }) => updatesDue);
  const cosines = steps.flatMap(({ contrastCosines }) => {
    const known = contrastCosines.filter((cosine) => cosine !== null);
    return known.length > 0 ? [mean(known)] : [];
  });
  return {
    ...(cosines.length > 0 && { contrastCosine: mean(cosines) }),
    // JSON knows no infinity.
    ...(signal > 0 && { signalToNoise: Number.isFinite(decibels) ? decibels : null }),
    ...(due > 0 && { lostUpdates: sum(({ updatesLost = 0 }) => updatesLost) / due }),
  };
}
