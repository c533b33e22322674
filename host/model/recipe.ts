/**
 * A recipe: everything that decides what is learnt. Presets are recipes in TOML; every key of one is also a flag
 * of the command line.
 */
import { distance } from 'fastest-levenshtein';
import * as v from 'valibot';
import {
  ConnectionKind,
  MAX_BATCH,
  MAX_CONNECTIONS,
  MAX_LAYERS,
  MAX_SHIFT,
  Rule,
  type RuleName,
} from '../wire/index.js';
import type { ConnectionKindName } from './connections/kind.js';
import { misread, networkPattern } from './network-notation.js';

const count = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const MOST_ITERATIONS = 65535;
const positive = v.pipe(v.number(), v.gtValue(0), v.finite());
const natural = v.pipe(v.number(), v.minValue(0), v.finite());
const layerIndex = count(0, MAX_LAYERS - 1);

/** As names in TOML; whatever else a table holds is of its kind. */
const connection = v.objectWithRest(
  {
    from: layerIndex,
    to: layerIndex,
    kind: v.optional(v.picklist(Object.keys(ConnectionKind) as ConnectionKindName[]), 'dense'),
    fixed: v.optional(v.boolean(), false),
    'one-way': v.optional(v.boolean(), false),
    rule: v.optional(v.picklist(Object.keys(Rule) as RuleName[])),
    'drawn-as': v.optional(count(1, MAX_CONNECTIONS)),
  },
  count(0, 65535),
);

const fields = {
  description: v.pipe(v.optional(v.string(), ''), v.description('what the recipe is for')),
  network: v.pipe(
    v.string(),
    v.regex(networkPattern, ({ input }) => misread(input)),
    v.description(
      'layers, the input first: units, rows x columns, channels x rows x columns, or conv5x16m (docs/using.md)',
    ),
  ),
  connections: v.pipe(
    v.optional(v.array(connection), []),
    v.description(
      'tables from, to (layers; the input is 0), kind, fixed, one-way, rule, drawn-as and what a kind takes; a chain if there are none',
    ),
  ),
  feedback: v.pipe(
    v.optional(v.picklist(['tied', 'untied', 'symmetric', 'fixed']), 'tied'),
    v.description(
      "a chain's ways back: by the weights of the ways forth (tied), or by their own: drawn apart, at first the same, or drawn apart and fixed",
    ),
  ),
  'feedback-scale': v.pipe(
    v.optional(positive, 1),
    v.description("initial weights of a chain's own ways back, in units of the ways forth"),
  ),
  rule: v.pipe(
    v.optional(v.picklist(Object.keys(Rule) as RuleName[])),
    v.description(
      "what a chain's connections between free layers learn by: contrast (of tied ones, unless told), presynaptic (of ways of their own), or rates, step by step along the nudged phases",
    ),
  ),
  fixed: v.pipe(
    v.optional(v.array(count(1, MAX_CONNECTIONS))),
    v.description(
      'connections whose weights stay as they are, by number, the first being 1 (those alone whose table says so)',
    ),
  ),
  weights: v.pipe(
    v.optional(v.string(), 'Q2.13'),
    v.description('format of the weights, or one a connection: 8, 16 or 32 bits (Q0.7, Q1.14, Q7.24)'),
  ),
  states: v.pipe(
    v.optional(v.string(), 'Q2.13'),
    v.description('format of the states: 16 bits, beside weights of 32 bits 32 (Q3.12, Q13.18)'),
  ),
  'receptive-fields': v.pipe(
    v.optional(
      v.pipe(v.string(), v.regex(/^(\d+\.\.\d+|all)$/, 'write a range of sides, 8..18, or all')),
      'all',
    ),
    v.description(
      'windows of the image that the first hidden units see: sides in pixels, from..to, or all of it',
    ),
  ),
  'input-dropout': v.pipe(
    v.optional(v.picklist([0, 0.2, 0.5]), 0),
    v.description('share of the pixels that a minibatch does not see, drawn anew each time: 0, 0.2 or 0.5'),
  ),
  shift: v.pipe(
    v.optional(count(0, MAX_SHIFT), 0),
    v.description(
      `rows and columns that a minibatch sees each image moved by, at most, drawn anew each time: 0 to ${MAX_SHIFT}`,
    ),
  ),
  'pixel-spikes': v.pipe(
    v.optional(count(0, 8), 0),
    v.description('powers of two that a pixel is sent as, at most, the greatest first; 0: all of it'),
  ),
  'input-pull': v.pipe(
    v.optional(v.pipe(natural, v.maxValue(255)), 0),
    v.description(
      'size β_x of the pull on an input that is free as other units are, towards the image; 0: it is held at the image',
    ),
  ),
  'centred-input': v.pipe(
    v.optional(v.boolean(), false),
    v.description(
      'whether what the examples have in common, their mean, is taken out of what a dense first connection learns',
    ),
  ),
  rounding: v.pipe(
    v.optional(v.picklist(['stochastic', 'nearest']), 'stochastic'),
    v.description('rounding of the updates'),
  ),
  'initial-scale': v.pipe(
    v.optional(
      v.union(
        [positive, v.pipe(v.array(positive), v.minLength(1))],
        'write a positive number, or one a connection',
      ),
      1,
    ),
    v.description("initial weights, in units of Glorot's limit, or one a connection"),
  ),
  relaxation: v.pipe(
    v.optional(v.picklist(['euler', 'exact', 'spiking']), 'exact'),
    v.description(
      'euler (steps down the energy), exact (minimises layer by layer) or spiking (the same, a power of two at a time)',
    ),
  ),
  epsilon: v.pipe(v.optional(v.pipe(positive, v.maxValue(1)), 0.5), v.description('step size ε of euler')),
  noise: v.pipe(
    v.optional(v.picklist(['none', 'langevin', 'leaky']), 'none'),
    v.description(
      "noise of euler's steps: none, langevin's of temperature noise-level, or of units that send their states with noise of deviation noise-level",
    ),
  ),
  'noise-level': v.pipe(
    v.optional(natural, 0),
    v.description('temperature of langevin, or standard deviation of leaky'),
  ),
  'noise-phases': v.pipe(
    v.optional(v.picklist(['independent', 'same']), 'independent'),
    v.description('whether both nudged phases of an example see the same noise'),
  ),
  'free-iterations': v.pipe(
    count(1, MOST_ITERATIONS),
    v.description('iterations of the free phase, at most'),
  ),
  'nudged-iterations': v.pipe(
    count(1, MOST_ITERATIONS),
    v.description('iterations of a nudged phase, at most'),
  ),
  'evaluation-iterations': v.pipe(
    v.optional(count(1, MOST_ITERATIONS)),
    v.description('iterations from a zero start when evaluating, at most (four times the free phase)'),
  ),
  start: v.pipe(
    v.optional(v.picklist(['zero', 'persistent']), 'zero'),
    v.description("where free phases start: zero, or the example's last free state"),
  ),
  nudging: v.pipe(
    v.optional(v.picklist(['positive', 'random-sign', 'centered', 'clamped']), 'centered'),
    v.description(
      'nudged phases: +β, ±β at random for each minibatch, both, or the output clamped to the target (β without effect)',
    ),
  ),
  beta: v.pipe(positive, v.description('size β of the nudge')),
  'nudge-margin': v.pipe(
    v.optional(v.pipe(natural, v.maxValue(1)), 0),
    v.description(
      "how much greater than any other its label's output must be for an example not to be nudged, up to 1; 0: all are",
    ),
  ),
  cost: v.pipe(
    v.optional(v.picklist(['half', 'full']), 'half'),
    v.description('cost: half ‖y − t‖² (pull β(t − y)), or the full one (pull 2β(t − y))'),
  ),
  rates: v.pipe(v.array(natural), v.minLength(1), v.description('learning rates, one a connection')),
  'bias-rates': v.pipe(
    v.optional(v.array(natural), []),
    v.description(
      'learning rates of the biases, one a layer after the input; else those of the first connections that end there and learn',
    ),
  ),
  schedule: v.pipe(
    v.optional(v.picklist(['constant', 'exponential', 'linear', 'halving', 'cosine']), 'constant'),
    v.description('how the rates fall over the epochs; halving: by halves, never above linear'),
  ),
  'schedule-factor': v.pipe(
    v.optional(v.pipe(positive, v.maxValue(1)), 0.93),
    v.description('exponential: the factor of an epoch'),
  ),
  'weight-decay': v.pipe(
    v.optional(v.array(natural), []),
    v.description('fraction of each weight that a minibatch takes away, one a connection'),
  ),
  penalty: v.pipe(
    v.optional(v.picklist(['L2', 'L1']), 'L2'),
    v.description(
      'what weight-decay takes away: a fraction of each weight (L2), or as much of every weight, down to 0, as of one of size 1 (L1)',
    ),
  ),
  'decay-interval': v.pipe(
    v.optional(count(1, 10_000), 50),
    v.description('minibatches between decays, each as strong as all of them'),
  ),
  epochs: v.pipe(count(1, 100_000), v.description('passes over the training images')),
  minibatch: v.pipe(v.optional(count(1, MAX_BATCH), 20), v.description('examples an update')),
  shuffle: v.pipe(v.optional(v.boolean(), true), v.description('a new order every epoch')),
  seed: v.pipe(v.optional(count(0, 0xffff_ffff), 1), v.description('seed of all randomness')),
  training: v.pipe(
    v.optional(v.pipe(v.string(), v.regex(/^\d+\.\.\d+$/, 'write a range of images: 0..50000')), '0..60000'),
    v.description('images to train on'),
  ),
  validation: v.pipe(
    v.optional(
      v.pipe(v.string(), v.regex(/^(\d+\.\.\d+|none)$/, 'write a range of images, or none')),
      'none',
    ),
    v.description('training images to validate on'),
  ),
};

export const recipeSchema = v.strictObject(fields);

export type Recipe = Readonly<v.InferOutput<typeof recipeSchema>>;
export type RecipeKey = keyof Recipe;

export const recipeKeys = Object.keys(fields) as readonly RecipeKey[];

/** Describes a key, for help texts. */
export function describeKey(key: RecipeKey): string {
  return v.getDescription(fields[key]) ?? '';
}

/** The known name that was probably meant: few of its characters may differ. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const [best] = names.map((known) => ({ known, d: distance(name, known) })).sort((a, b) => a.d - b.d);
  return best && best.d <= Math.max(2, name.length / 3) ? best.known : undefined;
}

/** The bounds of a range of images, the upper one not counted. */
export function parseRange(range: string): readonly [number, number] {
  const [from, to] = range.split('..').map(Number);
  return [from, to];
}

/** Iterations from a zero start when evaluating, at most. */
export function evaluationIterations(recipe: Recipe): number {
  return recipe['evaluation-iterations'] ?? Math.min(4 * recipe['free-iterations'], MOST_ITERATIONS);
}

/** β in the convention C = ½‖y − t‖², whatever the recipe's own. */
export function nudgeOf({ beta, cost }: Recipe): number {
  return cost === 'full' ? 2 * beta : beta;
}
