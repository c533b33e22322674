/** Measurements of a run, as they are logged: a JSON object a line. */
import type { ReplyOf } from '../wire/index.js';
import type { SymptomMetrics } from './symptoms.js';

/** Sums over the minibatches of an epoch so far. */
export interface Tally {
  samples: number;
  wrong: number;
  /** Σ ½‖y − t‖² at the free states. */
  cost: number;
  freeIterations: number;
  nudgedIterations: number;
  /** Free phases that had not settled when their iterations ended. */
  unsettled: number;
  /** Examples that were right by the recipe's margin, and not nudged. */
  spared: number;
  referenceWrong: number;
  /** Multiply-accumulates. */
  products: number;
}

export function emptyTally(): Tally {
  return {
    samples: 0,
    wrong: 0,
    cost: 0,
    freeIterations: 0,
    nudgedIterations: 0,
    unsettled: 0,
    spared: 0,
    referenceWrong: 0,
    products: 0,
  };
}

/** Adds what a minibatch's reply tells; the reference is not in it. */
export function addReply(
  tally: Tally,
  reply: ReplyOf<'train'>,
  labels: Uint8Array,
  stateFraction: number,
): void {
  tally.samples += labels.length;
  for (let n = 0; n < labels.length; n++) tally.wrong += Number(reply.predictions[n] !== labels[n]);
  // The device sums ‖y − t‖² with twice the states' fractional bits.
  tally.cost += Number(reply.cost) / 2 / 4 ** stateFraction;
  tally.freeIterations += reply.freeIterations;
  tally.nudgedIterations += reply.nudgedIterations;
  tally.unsettled += reply.unsettled;
  tally.spared += labels.length - reply.nudged;
}

/** One evaluation of a set; errors in percent. */
export interface Evaluation {
  readonly set: 'validation' | 'test';
  readonly start: 'zero' | 'persistent';
  readonly samples: number;
  readonly error: number;
  readonly referenceError?: number;
}

/** Errors in percent; iterations, cost, products and unsettled share are means a sample. */
export interface EpochMetrics {
  readonly kind: 'epoch';
  readonly epoch: number;
  /** Minibatches applied. */
  readonly step: number;
  readonly trainingError: number;
  readonly referenceTrainingError?: number;
  readonly cost: number;
  readonly freeIterations: number;
  readonly nudgedIterations: number;
  readonly unsettled: number;
  /** Share of the examples that were nudged, of a recipe with a margin. */
  readonly nudged?: number;
  /** Multiply-accumulates of relaxation and contrasts, validation left out. */
  readonly products: number;
  /** Parameters clipped to their format since the start. */
  readonly saturations: number;
  /** cos(W, Bᵀ) of each way back with weights of its own; null where one of the two is zero. */
  readonly alignments?: readonly (number | null)[];
  readonly validation?: Evaluation;
  /** Digest of all parameters, hexadecimal. */
  readonly digest: string;
  /** Replies compared with the twin's and found equal, since the start. */
  readonly checked: number;
  readonly seconds: number;
}

/** A minibatch compared with the reference, both from the device's weights. */
export interface DivergenceMetrics {
  readonly kind: 'divergence';
  readonly step: number;
  readonly samples: number;
  readonly stateRms: number;
  readonly stateWorst: number;
  /** Root mean square of the reference's free states. */
  readonly stateSignal: number;
  readonly nudgedRms: number;
  readonly nudgedWorst: number;
  readonly elsewhere: number;
  /** One a connection; null where device or reference had no contrast. */
  readonly contrastCosines: readonly (number | null)[];
  readonly predictionsAgree: number;
  /** Weights that were to change, and those of them that did not; nothing where weights decayed. */
  readonly updatesDue?: number;
  readonly updatesLost?: number;
}

/** The end of a run. */
export interface FinalMetrics {
  readonly kind: 'final';
  readonly step: number;
  readonly evaluations: readonly Evaluation[];
  readonly seconds: number;
  /** The speed of training since the run was last taken up; undefined where it was finished then. */
  readonly samplesPerSecond?: number;
}

/** The means of an epoch. */
export function means(
  tally: Tally,
  shadow: boolean,
  hasMargin: boolean,
): Pick<
  EpochMetrics,
  | 'trainingError'
  | 'referenceTrainingError'
  | 'cost'
  | 'freeIterations'
  | 'nudgedIterations'
  | 'unsettled'
  | 'nudged'
  | 'products'
> {
  const perSample = (sum: number) => sum / tally.samples;
  return {
    trainingError: 100 * perSample(tally.wrong),
    ...(shadow && { referenceTrainingError: 100 * perSample(tally.referenceWrong) }),
    cost: perSample(tally.cost),
    freeIterations: perSample(tally.freeIterations),
    nudgedIterations: perSample(tally.nudgedIterations),
    unsettled: perSample(tally.unsettled),
    ...(hasMargin && { nudged: 1 - perSample(tally.spared) }),
    products: perSample(tally.products),
  };
}

export type Metrics = EpochMetrics | DivergenceMetrics | SymptomMetrics | FinalMetrics;
