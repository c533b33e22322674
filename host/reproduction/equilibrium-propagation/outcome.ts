/** Outcomes of the runs of a reproduction, read from their folders. */
import type { Recipe } from '../../model/index.js';
import { type EpochMetrics, type Evaluation, RunFolder } from '../../records/index.js';
import type { ReproductionFolder } from './folder.js';
import { type PaperNetwork, paperNetwork } from './paper.js';
import { type ReproductionSettings, recipeOfNetwork } from './plan.js';
import { YARDSTICK_RATE, type YardstickRecord, yardstickEpochs } from './yardstick.js';

/** Errors in percent. */
export interface NetworkOutcome {
  readonly paper: PaperNetwork;
  readonly recipe: Recipe;
  readonly finished: boolean;
  readonly epochs: readonly EpochMetrics[];
  /** The least training error, and the first epoch that had it. */
  readonly bestTraining?: EpochError;
  /** The least validation error, from persistent states where the recipe keeps them. */
  readonly bestValidation?: EpochError;
  readonly evaluations: readonly Evaluation[];
  readonly seconds: number;
  readonly backpropagation: { readonly rate: number; readonly epochs: readonly YardstickRecord[] };
}

export interface EpochError {
  readonly error: number;
  readonly epoch: number;
}

export interface Reproduction {
  readonly settings: ReproductionSettings;
  /** Those with an epoch or more. */
  readonly networks: readonly NetworkOutcome[];
}

export function readOutcome(folder: ReproductionFolder): Reproduction {
  const networks = folder.networks.map((planned): NetworkOutcome => {
    const path = folder.runOf(planned.number);
    const recipe = recipeOfNetwork(folder.settings, planned);
    const metrics = new RunFolder(path).metrics();
    const epochs = metrics.filter((entry) => entry.kind === 'epoch');
    const final = metrics.find((entry) => entry.kind === 'final');
    const bestTraining = leastError(epochs, ({ trainingError }) => trainingError);
    const bestValidation = leastError(epochs, ({ validation }) => validation?.error);
    return {
      paper: paperNetwork(planned.number),
      recipe,
      finished: folder.isFinished(path, recipe),
      epochs,
      ...(bestTraining && { bestTraining }),
      ...(bestValidation && { bestValidation }),
      evaluations: final?.evaluations ?? [],
      seconds: final?.seconds ?? epochs.at(-1)?.seconds ?? 0,
      backpropagation: {
        rate: YARDSTICK_RATE,
        epochs: yardstickEpochs(folder.yardstickOf(planned.number)),
      },
    };
  });
  return { settings: folder.settings, networks: networks.filter(({ epochs }) => epochs.length > 0) };
}

function leastError(
  epochs: readonly EpochMetrics[],
  errorOf: (epoch: EpochMetrics) => number | undefined,
): EpochError | undefined {
  let least: EpochError | undefined;
  for (const metrics of epochs) {
    const error = errorOf(metrics);
    if (error !== undefined && error < (least?.error ?? Number.POSITIVE_INFINITY))
      least = { error, epoch: metrics.epoch };
  }
  return least;
}

export function evaluationOf(
  { evaluations }: NetworkOutcome,
  set: Evaluation['set'],
  start: Evaluation['start'],
): Evaluation | undefined {
  return evaluations.find((one) => one.set === set && one.start === start);
}
