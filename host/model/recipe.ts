/**
 * A recipe: everything that decides what is learnt. Presets are recipes in TOML; every key of one is also a flag
 * of the command line.
 */
import { distance } from 'fastest-levenshtein';
import * as v from 'valibot';
import { UserError } from '../errors.js';
import { MAX_LAYERS } from '../link/schema.js';
import { stateFormat, weightFormat } from './format.js';

const count = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const positive = v.pipe(v.number(), v.gtValue(0), v.finite());
const natural = v.pipe(v.number(), v.minValue(0), v.finite());

const fields = {
  description: v.pipe(v.optional(v.string(), ''), v.description('what the recipe is for')),
  network: v.pipe(
    v.string(),
    v.regex(/^\d+(-\d+)+$/, 'write the sizes of the layers, input first: 784-500-10'),
    v.description("sizes of the layers, the input's first"),
  ),
  weights: v.pipe(v.optional(v.string(), 'Q2.13'), v.description('format of the weights')),
  states: v.pipe(v.optional(v.string(), 'Q2.13'), v.description('format of the states')),
  rounding: v.pipe(
    v.optional(v.picklist(['stochastic', 'nearest']), 'stochastic'),
    v.description('rounding of the updates'),
  ),
  'initial-scale': v.pipe(
    v.optional(positive, 1),
    v.description("initial weights, in units of Glorot's limit"),
  ),
  relaxation: v.pipe(
    v.optional(v.picklist(['euler', 'exact']), 'exact'),
    v.description('euler (steps down the energy) or exact (minimises layer by layer)'),
  ),
  epsilon: v.pipe(v.optional(v.pipe(positive, v.maxValue(1)), 0.5), v.description('step size ε of euler')),
  'free-iterations': v.pipe(count(1, 65535), v.description('iterations of the free phase, at most')),
  'nudged-iterations': v.pipe(count(1, 65535), v.description('iterations of a nudged phase, at most')),
  'evaluation-iterations': v.pipe(
    v.optional(count(1, 65535)),
    v.description('iterations from a zero start when evaluating, at most (four times the free phase)'),
  ),
  start: v.pipe(
    v.optional(v.picklist(['zero', 'persistent']), 'zero'),
    v.description("where free phases start: zero, or the example's last free state"),
  ),
  nudging: v.pipe(
    v.optional(v.picklist(['positive', 'random-sign', 'centered']), 'centered'),
    v.description('nudged phases: +β, ±β at random for each minibatch, or both'),
  ),
  beta: v.pipe(positive, v.description('size β of the nudge')),
  cost: v.pipe(
    v.optional(v.picklist(['half', 'full']), 'half'),
    v.description('cost: half ‖y − t‖² (pull β(t − y)), or the full one (pull 2β(t − y))'),
  ),
  rates: v.pipe(v.array(natural), v.minLength(1), v.description('learning rates, one a connection')),
  schedule: v.pipe(
    v.optional(v.picklist(['constant', 'exponential', 'linear', 'cosine']), 'constant'),
    v.description('how the rates fall over the epochs'),
  ),
  'schedule-factor': v.pipe(
    v.optional(v.pipe(positive, v.maxValue(1)), 0.93),
    v.description('exponential: the factor of an epoch'),
  ),
  'weight-decay': v.pipe(
    v.optional(v.array(natural), []),
    v.description('fraction of each weight that a minibatch takes away, one a connection'),
  ),
  'decay-interval': v.pipe(
    v.optional(count(1, 10_000), 50),
    v.description('minibatches between decays, each as strong as all of them'),
  ),
  epochs: v.pipe(count(1, 100_000), v.description('passes over the training images')),
  minibatch: v.pipe(v.optional(count(1, 512), 20), v.description('examples an update')),
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

const schema = v.strictObject(fields);

export type Recipe = Readonly<v.InferOutput<typeof schema>>;
export type RecipeKey = keyof Recipe;

export const recipeKeys = Object.keys(fields) as readonly RecipeKey[];

/** What a key means, for help texts. */
export function describeKey(key: RecipeKey): string {
  return v.getDescription(fields[key]) ?? '';
}

/** How many characters may differ in a name that was probably meant. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const [best] = names.map((known) => ({ known, d: distance(name, known) })).sort((a, b) => a.d - b.d);
  return best && best.d <= Math.max(2, name.length / 3) ? best.known : undefined;
}

/** The layers' sizes, input first. */
export function layerSizes(network: string): readonly number[] {
  return network.split('-').map(Number);
}

/** The bounds of a range of images, the upper one not counted. */
export function parseRange(range: string): readonly [number, number] {
  const [from, to] = range.split('..').map(Number);
  return [from, to];
}

/** Checks a recipe from outside. `source` names where it came from, in errors. */
export function checkRecipe(values: Readonly<Record<string, unknown>>, source: string): Recipe {
  for (const key of Object.keys(values)) {
    if (key in fields) continue;
    const meant = nearest(key, recipeKeys);
    throw new UserError(
      `${source}: unknown key '${key}'`,
      meant ? `did you mean '${meant}'?` : `the keys are ${recipeKeys.join(', ')}`,
    );
  }
  const result = v.safeParse(schema, values);
  if (!result.success) {
    const [issue] = result.issues;
    const key = issue.path?.[0]?.key;
    throw new UserError(`${source}: ${String(key)}: ${issue.message}`, describeKey(key as RecipeKey));
  }
  checkTogether(result.output, source);
  return result.output;
}

/** What no single key can tell. */
function checkTogether(recipe: Recipe, source: string): void {
  const refuse = (message: string, hint: string) => {
    throw new UserError(`${source}: ${message}`, hint);
  };
  const sizes = layerSizes(recipe.network);
  const connections = sizes.length - 1;
  if (sizes.length > MAX_LAYERS)
    refuse(`network ${recipe.network} has ${sizes.length} layers`, `the kernel takes ${MAX_LAYERS} at most`);
  const odd = sizes.find((size) => size < 1 || size > 65535);
  if (odd !== undefined) refuse(`a layer of ${odd} units`, 'a layer has 1 to 65535 units');
  weightFormat(recipe.weights);
  stateFormat(recipe.states);
  if (recipe.rates.length !== connections)
    refuse(
      `${recipe.rates.length} rates for the ${connections} connections of ${recipe.network}`,
      'give one rate for each pair of neighbouring layers, the first from the input',
    );
  if (recipe['weight-decay'].length !== 0 && recipe['weight-decay'].length !== connections)
    refuse(
      `${recipe['weight-decay'].length} weight decays for the ${connections} connections of ${recipe.network}`,
      'give one for each connection, or none',
    );
  const nudge = recipe.beta * (recipe.cost === 'full' ? 2 : 1);
  if (recipe.relaxation === 'exact' && recipe.nudging !== 'positive' && nudge >= 1)
    refuse(
      `a negative nudge of ${nudge} with exact relaxation`,
      'the output minimises only while 1 + β > 0: choose a smaller beta, positive nudging, or euler',
    );
}
