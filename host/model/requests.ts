/** A recipe as requests to a device, and the real numbers those requests stand for. */
import { significant, UserError } from '../ground/index.js';
import {
  LIMIT_BITS,
  NoiseForm,
  Nudging,
  Option,
  Relaxation,
  type RequestOf,
  Rounding,
} from '../wire/index.js';
import type { SharingMap } from './connections/kind.js';
import { inputScaleOf, QUARTERS } from './dropout.js';
import { formatsOf } from './formats.js';
import { graphOf } from './graph.js';
import { encodeGraph } from './graph-records.js';
import { connectionCount, ofConnections } from './joined-connections.js';
import { DRAWN_DEVIATION } from './noise.js';
import { type Rounded, roundDecay, roundFixed, roundGain } from './parameters.js';
import { randomKey, randomWord, Stream } from './random.js';
import { nudgeOf, type Recipe } from './recipe.js';

/** Fractional bits of ε and β on the wire, and of β_x. */
const PARAMETER_FRACTION = 12;
const PULL_FRACTION = 8;
const NOISE_FRACTION = 16;
const MOST_NOISE = 2 ** 16 - 1;
const LIMIT_FRACTION = 24;

export type NudgingName = keyof typeof Nudging;

/** The dynamics' parameters as rounded. `nudge` is β in the convention C = ½‖y − t‖². */
export interface RoundedDynamics {
  readonly relaxation: Recipe['relaxation'];
  /** The least change of a state that a spike tells of. */
  readonly leastSpike?: number;
  readonly epsilon: number;
  readonly nudge: number;
  readonly freeIterations: number;
  readonly nudgedIterations: number;
  /** Margin of the label's output over any other, from which on an example is not nudged; undefined where all are. */
  readonly margin?: number;
  /** β_x of an input that is free and pulled towards its image; undefined where it is held. */
  readonly inputPull?: number;
  readonly noise?: RoundedNoise;
}

/** Noise as a device draws it. */
export interface RoundedNoise {
  /** Standard deviation of a draw. */
  readonly deviation: number;
  readonly isLeaky: boolean;
  readonly isShared: boolean;
  /** The seed of all randomness. */
  readonly seed: number;
}

function rounded(recipe: Recipe): { readonly epsilon: Rounded; readonly nudge: Rounded } {
  return {
    epsilon: roundFixed(recipe.epsilon, PARAMETER_FRACTION, 13, 'epsilon', 1),
    nudge: roundFixed(
      nudgeOf(recipe),
      PARAMETER_FRACTION,
      16,
      'the nudge (beta, doubled by the full cost)',
      1,
    ),
  };
}

export function roundedDynamics(recipe: Recipe): RoundedDynamics {
  const { epsilon, nudge } = rounded(recipe);
  return {
    relaxation: recipe.relaxation,
    ...(recipe.relaxation === 'spiking' && { leastSpike: 2 ** -formatsOf(recipe).states.fraction }),
    epsilon: epsilon.value,
    nudge: nudge.value,
    freeIterations: recipe['free-iterations'],
    nudgedIterations: recipe['nudged-iterations'],
    ...(recipe['nudge-margin'] > 0 && { margin: marginOf(recipe).value }),
    ...(recipe['input-pull'] > 0 && { inputPull: inputPullOf(recipe).value }),
    ...(recipe.noise !== 'none' && {
      noise: {
        deviation: deviationOf(recipe).value * DRAWN_DEVIATION,
        isLeaky: recipe.noise === 'leaky',
        isShared: recipe['noise-phases'] === 'same',
        seed: recipe.seed,
      },
    }),
  };
}

function marginOf({ 'nudge-margin': margin }: Recipe): Rounded {
  return roundFixed(margin, PARAMETER_FRACTION, 13, 'nudge-margin', margin > 0 ? 1 : 0);
}

function inputPullOf({ 'input-pull': pull }: Recipe): Rounded {
  return roundFixed(pull, PULL_FRACTION, 16, 'input-pull', pull > 0 ? 1 : 0);
}

/** The deviation of noise in units of what is drawn. A step at temperature T adds √(2εT) (Scellier and Bengio 2016, Eq. 66). */
function deviationOf(recipe: Recipe): Rounded {
  const { noise, 'noise-level': level } = recipe;
  const deviation = noise === 'langevin' ? Math.sqrt(2 * rounded(recipe).epsilon.value * level) : level;
  const word = Math.round((deviation / DRAWN_DEVIATION) * 2 ** NOISE_FRACTION);
  if (word < 1 || word > MOST_NOISE) {
    const levelOf = (one: number) => {
      const bound = (one * DRAWN_DEVIATION) / 2 ** NOISE_FRACTION;
      return significant(noise === 'langevin' ? bound ** 2 / (2 * rounded(recipe).epsilon.value) : bound, 2);
    };
    throw new UserError(
      `noise ${noise} of noise-level ${level}`,
      `the device draws it for levels from about ${levelOf(1)} to ${levelOf(MOST_NOISE)}: give noise-level, the ${noise === 'langevin' ? 'temperature' : 'standard deviation'}`,
    );
  }
  return { word, value: word / 2 ** NOISE_FRACTION };
}

export function configureRequest(recipe: Recipe): RequestOf<'configure'> {
  const { epsilon, nudge } = rounded(recipe);
  const { weights, states } = formatsOf(recipe);
  return {
    seed: recipe.seed,
    epsilon: epsilon.word,
    nudge: nudge.word,
    freeIterations: recipe['free-iterations'],
    nudgedIterations: recipe['nudged-iterations'],
    batch: recipe.minibatch,
    stateFraction: states.fraction,
    relaxation: Relaxation[recipe.relaxation],
    rounding: Rounding[recipe.rounding],
    options:
      (recipe.start === 'persistent' ? Option.persistent : 0) |
      (recipe['centred-input'] ? Option.centred : 0) |
      (recipe.penalty === 'L1' ? Option.l1 : 0),
    inputScale: inputScaleOf(recipe) * QUARTERS,
    shift: recipe.shift,
    noise: recipe.noise === 'none' ? 0 : deviationOf(recipe).word,
    margin: marginOf(recipe).word,
    inputPull: inputPullOf(recipe).word,
    noiseForm:
      (recipe.noise === 'leaky' ? NoiseForm.leaky : 0) |
      (recipe['noise-phases'] === 'same' ? NoiseForm.shared : 0),
    pixelSpikes: recipe['pixel-spikes'],
    ...encodeGraph(
      graphOf(recipe),
      weights.map(({ fraction }) => fraction),
    ),
  };
}

/** Glorot and Bengio's limit of uniform initial weights of units with so many connections into and out of them. */
export function glorotLimit(into: number, outOf: number): number {
  return Math.sqrt(6 / (into + outOf));
}

/** One a connection; a single one is that of all. */
function initialScales(recipe: Recipe): readonly number[] {
  const scale = recipe['initial-scale'];
  return typeof scale === 'number'
    ? new Array<number>(connectionCount(recipe)).fill(scale)
    : ofConnections(recipe, scale);
}

/** Initial weights are uniform within ± these, rounded: Glorot & Bengio 2010, times the recipe's scale. */
export function initialLimits(recipe: Recipe): readonly Rounded[] {
  const scales = initialScales(recipe);
  return graphOf(recipe).connections.map(({ map, ways }, k) => {
    const scale = scales[k] * (ways === 'back' ? recipe['feedback-scale'] : 1);
    const limit = (glorotLimit(...map.fan) * scale) / meanScale(map);
    return roundFixed(limit, LIMIT_FRACTION, 26, `the limit of the initial weights ${k + 1} (initial-scale)`);
  });
}

export function initialiseRequest(recipe: Recipe): RequestOf<'initialise'> {
  const { connections } = graphOf(recipe);
  const limits = initialLimits(recipe).map(({ word }, k) => {
    const { drawnAs = k } = connections[k];
    return word + (k - drawnAs) * 2 ** LIMIT_BITS;
  });
  return { limits };
}

/** Factors of one minibatch's update. */
export interface StepRates {
  readonly nudging: NudgingName;
  /** α/(β B), or half of it for two nudged phases; one a connection. */
  readonly gains: readonly Rounded[];
  /** Fraction of the weights to take away first, by L1 of a weight of size 1; one a connection. */
  readonly decays: readonly Rounded[];
  readonly penalty: Recipe['penalty'];
  /** As `gains`, of the biases; one a free layer. */
  readonly biasGains: readonly Rounded[];
}

/** The same as the real numbers that they stand for. */
export interface RealRates {
  readonly gains: readonly number[];
  readonly decays: readonly number[];
  readonly penalty: Recipe['penalty'];
  readonly biasGains: readonly number[];
}

export function realRates({ gains, decays, penalty, biasGains }: StepRates): RealRates {
  const values = (words: readonly Rounded[]) => words.map(({ value }) => value);
  return { gains: values(gains), decays: values(decays), penalty, biasGains: values(biasGains) };
}

/** Fractional bits of the cosine schedule's factor. */
const COSINE_FRACTION = 24;

/**
 * The factor of the schedule after `step` minibatches, `perEpoch` of them an epoch. The same number on every host:
 * it decides what is learnt.
 */
export function scheduleFactor(recipe: Recipe, step: number, perEpoch: number): number {
  const progress = step / (perEpoch * recipe.epochs);
  switch (recipe.schedule) {
    case 'constant':
      return 1;
    case 'linear':
      return 1 - progress;
    case 'halving':
      return powerWithin(1 - progress);
    case 'cosine':
      // JavaScript leaves the last bits of Math.cos to the engine: rounding takes them away.
      return (
        Math.round(((1 + Math.cos(Math.PI * progress)) / 2) * 2 ** COSINE_FRACTION) / 2 ** COSINE_FRACTION
      );
    case 'exponential':
      return power(recipe['schedule-factor'], Math.floor(step / perEpoch));
  }
}

/** Returns whether the rates of every minibatch depend on how many epochs there are. */
export function dependsOnLength({ schedule }: Recipe): boolean {
  return schedule === 'linear' || schedule === 'halving' || schedule === 'cosine';
}

/** Returns the greatest power of two that is not above 0 < share ≤ 1. */
function powerWithin(share: number): number {
  let power = 1;
  while (power > share) power /= 2;
  return power;
}

/** base^exponent by multiplications, which IEEE 754 rounds one way; `**` is left to the engine. */
function power(base: number, exponent: number): number {
  let product = 1;
  for (let i = 0; i < exponent; i++) product *= base;
  return product;
}

function nudgingAt(recipe: Recipe, step: number): NudgingName {
  if (recipe.nudging !== 'random-sign') return recipe.nudging;
  return randomWord(randomKey(recipe.seed, Stream.sign, step), 0) < 0 ? 'negative' : 'positive';
}

/** Divisor of a minibatch's contrast: its examples, and β of each nudged phase, which clamping has not. */
export function contrastDivisor(
  { beta }: Pick<Recipe, 'beta'>,
  nudging: NudgingName,
  samples: number,
): number {
  return (nudging === 'centered' ? 2 * beta : nudging === 'clamped' ? 1 : beta) * samples;
}

/** The rates of one minibatch: they depend on the step alone, so a run can be taken up anywhere. */
export function ratesAt(recipe: Recipe, step: number, perEpoch: number, samples: number): StepRates {
  const factor = scheduleFactor(recipe, step, perEpoch);
  const nudging = nudgingAt(recipe, step);
  const interval = recipe['decay-interval'];
  const decays = ofConnections(recipe, recipe['weight-decay']);
  const rates = ofConnections(recipe, recipe.rates);
  const decaysNow = decays.length > 0 && step % interval === interval - 1;
  const divisor = contrastDivisor(recipe, nudging, samples);
  const gain = (rate: number, what: string, scale = 1) =>
    roundGain(
      ((rate / scale ** 2) * factor) / divisor,
      what,
      () =>
        `rates below ${significant(divisor * scale ** 2)} do with minibatches of ${samples} and β ${recipe.beta}`,
    );
  return {
    nudging,
    gains: graphOf(recipe).connections.map(({ map }, k) => gain(rates[k], `rate ${k + 1}`, meanScale(map))),
    penalty: recipe.penalty,
    decays: rates.map((_, k) => roundDecay(decaysNow ? decays[k] * factor * interval : 0)),
    biasGains: biasRates(recipe).map((rate, k) => gain(rate, `the rate of the biases ${k + 1}`)),
  };
}

/**
 * How many times the weights of a mean are as large as those of the sum that the device has in its place. A recipe's rates,
 * and Glorot's limit, are those of the mean: of the sum's weights the limit is as many times smaller, the rate by its square.
 */
export function meanScale({ pooled }: SharingMap): number {
  return pooled?.by === 'sum' ? pooled.places : 1;
}

/** One a free layer: the recipe's, or else that of the first connection that ends there and learns, 0 where none does. */
function biasRates(recipe: Recipe): readonly number[] {
  const rates = recipe['bias-rates'];
  if (rates.length > 0) return rates;
  const { layers, connections } = graphOf(recipe);
  const learns = (layer: number) =>
    connections.findIndex(({ post, fixed, ways }) => post === layer && !fixed && ways !== 'back');
  return layers.slice(1).map((_, k) => recipe.rates[learns(k + 1)] ?? 0);
}

export function trainRequest(step: number, samples: number, rates: StepRates): RequestOf<'train'> {
  const words = [...rates.gains, ...rates.decays, ...rates.biasGains].map(({ word }) => word);
  return { step, samples, nudging: Nudging[rates.nudging], rates: words };
}
