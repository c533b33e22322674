/** What the runs of a reproduction came to, read from their folders. */
import type { Recipe } from '../model/recipe.js';
import type { EpochMetrics, Evaluation, FinalMetrics } from '../training/metrics.js';
import { RunFolder } from '../training/run-folder.js';
import type { ReproductionFolder } from './folder.js';
import { type PaperNetwork, paperNetwork } from './paper.js';
import { type ReproductionSettings, recipeOfNetwork } from './plan.js';
import { isRunFinished } from './run-once.js';
import { YARDSTICK_RATE, type YardstickRecord, yardstickEpochs } from './yardstick.js';

/** Errors in percent. */
export interface NetworkOutcome {
  readonly paper: PaperNetwork;
  readonly recipe: Recipe;
  readonly finished: boolean;
  readonly epochs: readonly EpochMetrics[];
  /** The least validation error of all epochs, from persistent states where the recipe keeps them. */
  readonly best?: { readonly error: number; readonly epoch: number };
  /** The first epoch whose training error, to two decimals, is 0.00 %. */
  readonly learntBy?: number;
  readonly evaluations: readonly Evaluation[];
  readonly seconds: number;
  readonly backpropagation: { readonly rate: number; readonly epochs: readonly YardstickRecord[] };
}

export interface Reproduction {
  readonly settings: ReproductionSettings;
  /** Those with an epoch or more. */
  readonly networks: readonly NetworkOutcome[];
}

/** Below it two decimals show 0.00. */
const NOUGHT = 0.005;

export function readOutcome(folder: ReproductionFolder): Reproduction {
  const networks = folder.networks.map((planned): NetworkOutcome => {
    const path = folder.runOf(planned.number);
    const metrics = new RunFolder(path).metrics();
    const epochs = metrics.filter((entry): entry is EpochMetrics => entry.kind === 'epoch');
    const final = metrics.find((entry): entry is FinalMetrics => entry.kind === 'final');
    const best = bestValidation(epochs);
    const learntBy = epochs.find(({ trainingError }) => trainingError < NOUGHT)?.epoch;
    return {
      paper: paperNetwork(planned.number),
      recipe: recipeOfNetwork(folder.settings, planned),
      finished: isRunFinished(path),
      epochs,
      ...(best && { best }),
      ...(learntBy !== undefined && { learntBy }),
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

function bestValidation(epochs: readonly EpochMetrics[]): NetworkOutcome['best'] {
  const validated = epochs.flatMap(({ epoch, validation }) =>
    validation ? [{ error: validation.error, epoch }] : [],
  );
  const [first, ...others] = validated;
  return first && others.reduce((best, one) => (one.error < best.error ? one : best), first);
}

export function evaluationOf(
  { evaluations }: NetworkOutcome,
  set: Evaluation['set'],
  start: Evaluation['start'],
): Evaluation | undefined {
  return evaluations.find((one) => one.set === set && one.start === start);
}
