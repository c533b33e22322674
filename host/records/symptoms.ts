/** Symptoms of a run that does not learn: as they are told, and the evidence of them that a checkpoint keeps. */

export const SYMPTOMS = [
  'dead-outputs',
  'still-updates',
  'saturated-layer',
  'one-answer',
  'chance',
  'grey-inputs',
] as const;

export type SymptomName = (typeof SYMPTOMS)[number];

/** A symptom, told once a run. Plain sentences without an end. */
export interface SymptomMetrics {
  readonly kind: 'symptom';
  /** Minibatches applied when it was seen. */
  readonly step: number;
  readonly symptom: SymptomName;
  /** The observation, in words. */
  readonly seen: string;
  readonly cause: string;
  /** Flags, with values that would do. */
  readonly remedy: string;
}

/** Answers to some examples. */
export interface Answers {
  readonly samples: number;
  readonly wrong: number;
}

/** Whatever the symptoms are told from: it depends on the minibatches alone. */
export interface Evidence {
  /** Examples so far. */
  readonly samples: number;
  /** Answers in the last whole window of examples, and in the one that is not yet whole. */
  readonly whole: Answers;
  readonly current: Answers;
  /** The last examples in a row that got the same answer. */
  readonly streak: Answers & { readonly answer: number };
  /** The last examples in a row, by whole minibatches, whose outputs were all 0. */
  readonly dead: number;
  /** Examples of its own class, one number an output, since it was last the answer to any. */
  readonly missed: readonly number[];
  /** The last minibatches in a row that changed no parameter, and the wrong answers among their examples. */
  readonly still: { readonly minibatches: number; readonly wrong: number };
  /** Looks in a row that found a hidden layer saturated, one number each. */
  readonly saturated: readonly number[];
  readonly told: readonly SymptomName[];
}

const none: Answers = { samples: 0, wrong: 0 };

export function noEvidence(hiddenLayers: number, outputs: number): Evidence {
  return {
    samples: 0,
    whole: none,
    current: none,
    streak: { ...none, answer: 0 },
    dead: 0,
    missed: new Array<number>(outputs).fill(0),
    still: { minibatches: 0, wrong: 0 },
    saturated: new Array<number>(hiddenLayers).fill(0),
    told: [],
  };
}
