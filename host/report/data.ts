import type { Preparation } from '../data/index.js';
import type { Picture, Shape, WeightArray } from '../model/index.js';

/** The contents of a report. Plain data: whoever trained fills it in; a part left out leaves its section out. */

/** A number of the device and, where one ran beside it, the float64 reference's. Errors are shares, 0 to 1. */
export interface Compared {
  readonly device: number;
  readonly reference?: number;
}

export interface Facts {
  /** Sizes of the layers, such as `784-500-10`. */
  readonly network: string;
  readonly preset?: string;
  readonly dataset: string;
  /** The device that trained, such as `simulated device`. */
  readonly device: string;
  /** In Q notation, such as `Q2.13`, or one a connection. */
  readonly weightFormat: string;
  readonly stateFormat: string;
  readonly relaxation: string;
  readonly nudging: string;
  /** A chain's ways back, where they have weights of their own. */
  readonly feedback?: string;
  /** The rule of connections between free layers, where the recipe says. */
  readonly rule?: string;
  /** Form, level and phases. */
  readonly noise?: string;
  readonly margin?: number;
  readonly beta: number;
  /** Learning rates, one a connection. */
  readonly rates: readonly number[];
  readonly seed: number;
  readonly epochs: number;
  /** When the report was written, ISO 8601: a run may have been interrupted and gone on with days later. */
  readonly written: string;
  /** Wall time of all that the run has done, seconds. */
  readonly duration: number;
  readonly samplesPerSecond?: number;
  readonly kernelHash: string;
  readonly hostVersion: string;
}

/** The run's last errors. *Persistent start*: from each example's last free state; it flatters. */
export interface Headline {
  readonly trainingError?: Compared;
  readonly validationErrorPersistent?: Compared;
  readonly validationErrorZeroStart?: Compared;
  readonly testErrorZeroStart?: Compared;
}

/** Tells what was learnt, by the answers to one set of examples. Errors are shares, 0 to 1. */
export interface Learnt {
  /** Training examples, answered while they were learnt, where no others were. */
  readonly set: 'test' | 'validation' | 'training';
  readonly start: 'zero' | 'persistent';
  readonly samples: number;
  readonly error: Compared;
  /** The error of always answering the set's commonest class. */
  readonly chance: { readonly error: number; readonly label: number };
  /** True where luck does not explain how much better than that it is. */
  readonly isBetterThanChance: boolean;
  /** A linear classifier, trained on so many of as many examples as the network was. */
  readonly linear?: {
    readonly error: number;
    readonly examples: number;
    readonly of: number;
    /** The network beside it; alike where luck may have made the difference. */
    readonly network: 'better' | 'alike' | 'worse';
  };
}

export interface Checks {
  /** Replies that equalled the twin's bit for bit, of those compared. */
  readonly repliesEqual: number;
  readonly replies: number;
  /** Steps held against the float64 reference. */
  readonly referenceSteps: number;
}

/** A sign that a run does not learn: what was seen after so many minibatches, its cause, and what to try. */
export interface Symptom {
  readonly step: number;
  readonly seen: string;
  readonly cause: string;
  readonly remedy: string;
}

/** Errors are shares, 0 to 1, from the starts that `Headline` explains. */
export interface EpochRecord {
  readonly epoch: number;
  readonly trainingError: number;
  readonly validationErrorPersistent?: number;
  readonly validationErrorZeroStart?: number;
  readonly testErrorZeroStart?: number;
  readonly referenceTrainingError?: number;
  readonly referenceValidationErrorPersistent?: number;
  readonly referenceValidationErrorZeroStart?: number;
  /** Mean of a sample after its free phase. */
  readonly cost: number;
  /** Mean of a sample. */
  readonly freeIterations: number;
  readonly nudgedIterations: number;
  /** Stores clipped since the run began. */
  readonly saturations: number;
  /** Share of samples whose free phase ran out of iterations before it settled, 0 to 1. */
  readonly unsettledShare: number;
  /** Share of samples that were nudged, 0 to 1, of a recipe with a margin. */
  readonly nudgedShare?: number;
}

/** One minibatch held against the reference. */
export interface DivergenceRecord {
  readonly step: number;
  /** Root mean square and largest absolute difference of the free states, 1.0 being a full rate. */
  readonly stateRms: number;
  readonly stateWorst: number;
  /** Cosine between the two contrasts, one a connection; null where one of them is zero. */
  readonly contrastCosines: readonly (number | null)[];
  /** Share of equal predictions, 0 to 1. */
  readonly predictionsAgree: number;
  /** Root mean square difference from a reference that trains on its own weights. */
  readonly shadowStateRms?: number;
}

/** Parameters of one connection or layer; integers with `fraction` fractional bits. */
export interface Tensor<Values extends WeightArray = WeightArray> {
  readonly name: string;
  readonly format: string;
  readonly values: Values;
  readonly fraction: number;
}

/** An example's inputs and class. */
export interface LabelledExample {
  readonly image: Uint8Array;
  readonly label: number;
}

export interface Mistake extends LabelledExample {
  readonly predicted: number;
  /** Place in its set. */
  readonly index: number;
}

/** A convolution's kernels, side × side weights from each channel to each: [pixel][from][to]. */
export interface Kernels extends Pick<Tensor, 'name' | 'values' | 'fraction'> {
  readonly side: number;
  /** Channels that they look at, and that they make. */
  readonly from: number;
  readonly to: number;
}

/** States in [0, 1] of the layers shown, after so many iterations of a free phase. */
export interface SettlingStage {
  readonly iterations: number;
  /** The units of each layer, channels last. */
  readonly states: readonly Float64Array[];
}

/** An example as it settles. */
export interface Settling {
  /** `test example 7`, for instance. */
  readonly name: string;
  readonly label: number;
  readonly image: Uint8Array;
  readonly layers: readonly { readonly name: string; readonly shape: Shape }[];
  /** The last one is where it stays, or where its iterations end. */
  readonly stages: readonly SettlingStage[];
  /** True where its last iteration changed nothing. */
  readonly settled: boolean;
}

/** Shares of a layer's units, 0 to 1, at the ends of a rate's range. */
export interface Occupancy {
  readonly zero: number;
  readonly one: number;
}

/** How near the tightest unit of a layer can come to the end of its drive's format. */
export interface DriveHeadroom {
  readonly layer: string;
  /** Largest absolute drive that its weights and bias allow. */
  readonly bound: number;
  /** Where drives wrap. */
  readonly range: number;
  /** Shares over a few examples' free states. */
  readonly occupancy?: Occupancy;
}

/** A stretch of minibatches, means over its examples. */
export interface StretchRecord {
  /** Minibatches applied at its end. */
  readonly step: number;
  /** Share of wrong answers, 0 to 1, each given before it was learnt from. */
  readonly error: number;
  readonly cost: number;
  readonly freeIterations: number;
  readonly nudgedIterations: number;
}

/** A run that is not over, between two lines of its log. */
export interface UnderWay {
  /** True while a process trains it. */
  readonly isRunning: boolean;
  readonly phase: 'training' | 'validation' | 'test';
  readonly epoch: number;
  /** Examples of this epoch or evaluation: answered, in all, and wrongly. */
  readonly done: number;
  readonly total: number;
  readonly wrong: number;
  /** Bytes on the line, and frames that were sent again, or arrived damaged; nothing where that is not known. */
  readonly line?: Readonly<Record<'bytesSent' | 'bytesReceived' | 'resent' | 'damaged', number>>;
  readonly stretches: readonly StretchRecord[];
  /** Training examples answered wrongly before they were learnt from, the newest first. */
  readonly missed: readonly Mistake[];
}

export interface ReportData extends Preparation {
  readonly facts: Facts;
  /** Nothing where no answer was counted. */
  readonly learnt?: Learnt;
  readonly headline: Headline;
  readonly checks: Checks;
  /** Shape of an example's inputs. */
  readonly inputs: Picture;
  readonly symptoms?: readonly Symptom[];
  readonly underWay?: UnderWay;
  readonly epochs: readonly EpochRecord[];
  readonly divergence: readonly DivergenceRecord[];
  /** One a connection. */
  readonly weights: readonly Tensor[];
  /** One a convolution, in the network's order. */
  readonly kernels?: readonly Kernels[];
  readonly settling?: Settling;
  /** Weights from the inputs to the units of one layer, row-major [input][unit]; those of the output stand for classes. */
  readonly fields?: Pick<Tensor, 'values' | 'fraction'> & { readonly isOutput: boolean };
  readonly biases?: readonly Tensor<Int32Array>[];
  /** An example of each class. */
  readonly examples?: readonly LabelledExample[];
  /** Misclassified test examples; the first 60 are shown. */
  readonly mistakes: readonly Mistake[];
  /** Test examples by true class (row) and predicted class (column). */
  readonly confusion?: readonly (readonly number[])[];
  readonly drives?: readonly DriveHeadroom[];
}
