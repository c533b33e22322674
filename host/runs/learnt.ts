/** Holds what a run has learnt against what chance and a linear classifier make of the same examples. */
import { type Dataset, type Samples, split } from '../data/index.js';
import { parseRange, type Recipe } from '../model/index.js';
import {
  type EpochMetrics,
  type Evaluation,
  isBetterThanLuck,
  isWithinChance,
  type Position,
} from '../records/index.js';
import { LinearClassifier } from '../reference/index.js';
import type { Learnt } from '../report/index.js';
import type { TestResult } from '../training/index.js';

/** A run that is trained no more, as far as it is judged. */
interface Trained {
  readonly start: { readonly recipe: Recipe; readonly dataset: Dataset };
  readonly position: Position;
  readonly test?: TestResult;
}

type Measured = Pick<Evaluation, 'start' | 'samples' | 'error' | 'referenceError'> & Pick<Learnt, 'set'>;

/**
 * Judges by the test set; of a run without one, or unfinished, by validation examples; else by its answers while it trained.
 * @param last the last epoch, if one was finished
 * @returns nothing where no answer was counted
 */
export function learntBy(
  { start, test, position }: Trained,
  last: EpochMetrics | undefined,
): Learnt | undefined {
  const { recipe, dataset } = start;
  const measured = bestOf(test?.evaluations ?? []) ?? measuredSoFar(recipe, position, last);
  if (!measured) return undefined;
  const { set } = measured;
  const asked = examplesOf(set, recipe, dataset);
  return {
    ...besideChance(measured, asked, dataset),
    // On examples that it was trained on, it tells nothing.
    ...(set !== 'training' && { linear: besideLinear(measured, asked, recipe, dataset) }),
  };
}

/** The same of a run under way, chance alone beside it. */
export function learntSoFar(
  recipe: Recipe,
  dataset: Dataset,
  position: Position,
  last: EpochMetrics | undefined,
): Learnt | undefined {
  const measured = measuredSoFar(recipe, position, last);
  return measured && besideChance(measured, examplesOf(measured.set, recipe, dataset), dataset);
}

function measuredSoFar(
  recipe: Recipe,
  position: Position,
  last: EpochMetrics | undefined,
): Measured | undefined {
  return last?.validation ?? whileTraining(last, position, recipe);
}

function besideChance(measured: Measured, asked: Samples, { classes }: Dataset): Learnt {
  const { set, start: from, samples, error, referenceError } = measured;
  const commonest = commonestOf(asked, classes);
  return {
    set,
    start: from,
    samples,
    error: { device: error / 100, ...(referenceError !== undefined && { reference: referenceError / 100 }) },
    chance: { label: commonest.label, error: commonest.error / 100 },
    isBetterThanChance: isBetterThanLuck(measured, commonest.error),
  };
}

/** Evaluations from a zero start first: a persistent one flatters. */
function bestOf(evaluations: readonly Evaluation[]): Evaluation | undefined {
  const measured = evaluations.filter(({ samples }) => samples > 0);
  return (
    measured.find(({ set, start }) => set === 'test' && start === 'zero') ??
    measured.find(({ start }) => start === 'zero') ??
    measured[0]
  );
}

/** The error of answers that were learnt from as soon as they were given. */
function whileTraining(
  last: EpochMetrics | undefined,
  { tally }: Position,
  { training }: Recipe,
): Measured | undefined {
  const told = { set: 'training', start: 'zero' } as const;
  const [from, to] = parseRange(training);
  if (last) return { ...told, error: last.trainingError, samples: to - from };
  const { samples, wrong } = tally;
  return samples > 0 ? { ...told, error: (100 * wrong) / samples, samples } : undefined;
}

function examplesOf(set: Learnt['set'], { training, validation }: Recipe, dataset: Dataset): Samples {
  if (set === 'test') return dataset.test;
  const [from, to] = parseRange(set === 'training' ? training : validation);
  return split(dataset.training, from, to);
}

/** The class that most examples are of, the first of equals, and the error of always answering it, percent. */
function commonestOf({ labels, count }: Samples, classes: number) {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]++;
  const most = Math.max(...counts);
  return { label: counts.indexOf(most), error: 100 * (1 - most / count) };
}

function besideLinear(
  network: Measured,
  asked: Samples,
  recipe: Recipe,
  dataset: Dataset,
): NonNullable<Learnt['linear']> {
  const training = examplesOf('training', recipe, dataset);
  const classifier = new LinearClassifier(training, dataset.classes);
  const linear = { samples: asked.count, error: (100 * classifier.wrong(asked)) / asked.count };
  const differs = network.error < linear.error ? 'better' : 'worse';
  return {
    error: linear.error / 100,
    examples: classifier.examples,
    of: training.count,
    network: isWithinChance(network, linear) ? 'alike' : differs,
  };
}
