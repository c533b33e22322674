/**
 * Symptoms of a run that does not learn, a function each: what was seen, its cause, and what to do. They stay silent on runs
 * that learn: a bound is far from what any preset shows on MNIST, or comes from statistics.
 */
import { classNameOf } from '../data/index.js';
import { count, excerpt, percent, rounded } from '../ground/index.js';
import { nudgeOf, type Recipe } from '../model/index.js';
import type { Answers, Evidence, SymptomMetrics } from '../records/index.js';
import type { LearningSubject } from './learning-subject.js';

/** Units of a hidden layer that were at 0 or at 1, the same for every example of a minibatch that was looked at. */
export interface LayerLook {
  readonly layer: number;
  readonly units: number;
  readonly stuck: number;
}

type Symptom = Omit<SymptomMetrics, 'kind' | 'step'>;
/** @param looks one a hidden layer, where the minibatch was looked at */
type Seen = (
  subject: LearningSubject,
  evidence: Evidence,
  looks: readonly LayerLook[],
) => Symptom | undefined;

/** Share of a layer's units that are stuck, from which on it is saturated. On MNIST the presets' first layers have half of them at most. */
const SATURATED = 0.9;
/** Share of chance's error: the rest of a network may learn beside a layer that is saturated. */
const NEAR_CHANCE = 0.8;
/** Looks in a row: a layer may be saturated for some minibatches, and recover. */
const LOOKS = 2;
/** Minibatches in a row without any change, and wrong answers among them: each should have changed something. */
const STILL = 50;
/** Share of chance's error: what little a network gets wrong that has learnt the rest may be out of its nudge's reach. */
const WORTH_CHANGING = 0.1;
/** Wrong answers beside one answer for everything: where nearly all examples are of a class, many in a row are right. */
const WRONG = 100;
/** Standard deviations of the errors that chance would make. A run that answers by chance is below in one window of 44. */
const DEVIATIONS = 2;

export function isSaturated({ units, stuck }: LayerLook): boolean {
  return stuck >= SATURATED * units;
}

/** True where fewer answers are wrong than chance explains, if all were the commonest class: a binomial bound. */
export function isBelowChance(
  { samples, wrong }: Answers,
  { commonest: { error } }: LearningSubject,
): boolean {
  const expected = samples * error;
  return wrong === 0 || wrong < expected - DEVIATIONS * Math.sqrt(expected * (1 - error));
}

const deadOutputs: Seen = ({ recipe, streak }, { dead }) =>
  dead < streak
    ? undefined
    : {
        symptom: 'dead-outputs',
        seen: `all outputs were 0 for each of the last ${count(dead)} examples`,
        cause:
          'what reaches them is below 0, and the nudge does not lift it: the updates overshoot, or the nudge is too small',
        remedy: `${smallerRates(recipe)}, or ${halfScale(recipe)}`,
      };

/** Outputs of an untied network, nudged below its targets too, that no nudge lifts while others learn. */
const deadUntiedOutputs: Seen = ({ recipe, graph, preparation, streak }, { missed }) => {
  const isUntied = graph.connections.some(({ ways }) => ways === 'back');
  if (!isUntied || recipe.nudging === 'positive' || recipe.nudging === 'clamped') return undefined;
  const dead = [...missed.keys()].filter((output) => missed[output] >= streak);
  if (dead.length === 0) return undefined;
  const names = dead.map((output) => excerpt(classNameOf(preparation, output))).join(', ');
  return {
    symptom: 'dead-outputs',
    seen: `${names} ${dead.length === 1 ? 'was' : 'were'} the answer to nothing, not to ${count(streak)} examples of ${dead.length === 1 ? 'it' : 'each'} in a row`,
    cause:
      'ways back have weights of their own, and outputs are nudged away from the target too: some are pushed so far below 0 that the nudge towards it may never lift them',
    remedy: '--nudging positive --beta 1',
  };
};

const stillUpdates: Seen = ({ recipe, commonest }, { still: { minibatches, wrong }, told }) => {
  if (minibatches < STILL || wrong < STILL || told.length > 0) return undefined;
  if (wrong < WORTH_CHANGING * commonest.error * minibatches * recipe.minibatch) return undefined;
  const isNearest = recipe.rounding === 'nearest';
  return {
    symptom: 'still-updates',
    seen: `the last ${count(minibatches)} minibatches changed no parameter, ${count(wrong)} of their answers were wrong`,
    cause: isNearest
      ? 'updates are smaller than half of a weight’s last bit, and rounding to nearest takes them away'
      : 'the nudge moves no state, so contrasts are 0; or rates are too small for the weights’ format',
    remedy: isNearest
      ? '--rounding stochastic, or --weights with more fractional bits'
      : `${largerNudge(recipe)}, or ${halfScale(recipe)}`,
  };
};

const saturatedLayer: Seen = (subject, { saturated, samples, whole, current }, looks) => {
  const look = looks.find((_, k) => saturated[k] >= LOOKS);
  if (!look || samples < subject.window) return undefined;
  const { recipe, commonest } = subject;
  const answers = together(whole, current);
  if (answers.wrong < NEAR_CHANCE * commonest.error * answers.samples) return undefined;
  return {
    symptom: 'saturated-layer',
    seen: `${count(look.stuck)} of the ${count(look.units)} units of layer ${look.layer} are at 0 or at 1, the same for every example`,
    cause: 'what reaches them is far from 0: the updates overshoot, or the initial weights are too large',
    remedy: `${smallerRates(recipe)}, or ${halfScale(recipe)}`,
  };
};

const oneAnswer: Seen = ({ recipe, preparation, streak }, { streak: { samples, wrong, answer }, told }) =>
  samples < streak || wrong < WRONG || told.length > 0
    ? undefined
    : {
        symptom: 'one-answer',
        seen: `each of the last ${count(samples)} examples got the answer ${excerpt(classNameOf(preparation, answer))}, ${count(wrong)} wrongly`,
        cause: recipe.shuffle
          ? 'one output outgrew the others: the updates overshoot'
          : 'one output outgrew the others: the updates overshoot, or the examples are in the order of their classes',
        remedy: `${smallerRates(recipe)}${shuffled(recipe)}`,
      };

const chance: Seen = (subject, { samples, whole, current, told }) => {
  const isWhole = current.samples === 0 && samples > whole.samples;
  if (!isWhole || told.length > 0 || isBelowChance(whole, subject)) return undefined;
  const { commonest, preparation, recipe } = subject;
  return {
    symptom: 'chance',
    seen: `${percent(whole.wrong / whole.samples)} of the last ${count(whole.samples)} answers were wrong; to answer ${excerpt(classNameOf(preparation, commonest.label))} always errs in ${percent(commonest.error)}`,
    cause: 'nothing has been learnt so far: the rates do not suit the data, or the labels are not theirs',
    remedy: `--auto-rates 0.1, ${smallerRates(recipe)}${shuffled(recipe)}`,
  };
};

/** Their cause, where others are told. */
const greyInputs: Seen = ({ recipe, grey }, { told }) =>
  grey === undefined || told.length === 0
    ? undefined
    : {
        symptom: 'grey-inputs',
        seen: `inputs are ${Math.round(grey.brightness)} of 255 on average, and ${percent(grey.share)} of their energy is the same in every example`,
        cause:
          'a zero that is grey drives all units of the first layer alike, and swamps what tells examples apart',
        remedy: calmer(recipe, grey.energy),
      };

/** In the order in which they are told: what follows from others comes after them. */
export const symptoms: readonly Seen[] = [
  deadOutputs,
  deadUntiedOutputs,
  saturatedLayer,
  oneAnswer,
  stillUpdates,
  chance,
  greyInputs,
];

export function together(a: Answers, b: Answers): Answers {
  return { samples: a.samples + b.samples, wrong: a.wrong + b.wrong };
}

/** How many times smaller rates are worth a try. */
const SMALLER = 10;
/** Rate of the first connection times the energy that inputs have in common, with which grey inputs were learnt. */
const CALM = 1.5;

/** A rate of the first connection that suits inputs with so much energy in common. */
function calmRate({ rates: [first] }: Recipe, energy: number): number {
  return rounded(Math.min(CALM / energy, (first || 1) / SMALLER), 1);
}

/** All rates, times the same. */
function ratesTimes(recipe: Recipe, factor: number): string {
  return `--rates ${recipe.rates.map((rate) => rounded(rate * factor, 2)).join(',')}`;
}

function calmer(recipe: Recipe, energy: number): string {
  const rate = calmRate(recipe, energy);
  const rates = ratesTimes(recipe, rate / (recipe.rates[0] || 1));
  return `${rates}, or --auto-rates ${rate}, or inputs whose zero is 0: signed values as two halves`;
}

function smallerRates(recipe: Recipe): string {
  return ratesTimes(recipe, 1 / SMALLER);
}

function halfScale(recipe: Recipe): string {
  const scales = [recipe['initial-scale']].flat();
  return `--initial-scale ${scales.map((scale) => rounded(scale / 2, 2)).join(',')}`;
}

/** Twice the nudge, or as much as sweeps allow. */
function largerNudge(recipe: Recipe): string {
  const { beta, relaxation, nudging } = recipe;
  const most = relaxation !== 'euler' && nudging !== 'positive' ? (0.9 * beta) / nudgeOf(recipe) : Infinity;
  return `--beta ${rounded(Math.min(2 * beta, most), 2)}`;
}

function shuffled({ shuffle }: Recipe): string {
  return shuffle ? '' : ', or --shuffle true';
}
