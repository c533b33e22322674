/** Recipes from outside, checked once: what passes can be trained without a number leaving its format. */
import * as v from 'valibot';
import { several, UserError } from '../ground/index.js';
import { inputScaleOf } from './dropout.js';
import { PIXEL_FRACTION } from './format.js';
import { formatsOf, requireExactSums } from './formats.js';
import { graphOf } from './graph.js';
import { ofConnections } from './joined-connections.js';
import {
  describeKey,
  nearest,
  nudgeOf,
  parseRange,
  type Recipe,
  type RecipeKey,
  recipeKeys,
  recipeSchema,
} from './recipe.js';
import { configureRequest, initialiseRequest, ratesAt, roundedDynamics } from './requests.js';

/**
 * Throws `UserError` where a key is unknown or missing, or a value impossible, alone or beside the others.
 * @param source where the values came from, in errors
 */
export function checkRecipe(values: Readonly<Record<string, unknown>>, source: string): Recipe {
  const refuse = (message: string, hint?: string, cause?: unknown): never => {
    throw new UserError(`${source}: ${message}`, hint, { cause });
  };
  const unknown = Object.keys(values).find((key) => !recipeKeys.some((known) => known === key));
  if (unknown !== undefined) {
    const meant = nearest(unknown, recipeKeys);
    refuse(
      `unknown key '${unknown}'`,
      meant ? `did you mean '${meant}'?` : `the keys are ${recipeKeys.join(', ')}`,
    );
  }
  const result = v.safeParse(recipeSchema, values);
  if (!result.success) {
    const [issue] = result.issues;
    const [first, ...inside] = (issue.path ?? []).map(({ key }) => key);
    const key = String(first) as RecipeKey;
    const missing = !(key in values);
    // Tables are counted from 1, as everywhere.
    const place = inside.map((one) => (typeof one === 'number' ? ` ${one + 1}` : `, ${one}`)).join('');
    return refuse(missing ? `'${key}' is missing` : `${key}${place}: ${issue.message}`, describeKey(key));
  }
  const recipe = result.output;
  try {
    checkTogether(recipe);
    requireFormats(recipe);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    refuse(error.message, error.hint, error);
  }
  return recipe;
}

/** Quarters of a pixel need two bits more than a pixel. */
const LEAST_FOR_DROPOUT = PIXEL_FRACTION + 2;

/** Checks what no single key can tell. */
function checkTogether(recipe: Recipe): void {
  const { layers, connections: joined } = graphOf(recipe);
  const connections = joined.length;
  if (ofConnections(recipe, recipe.rates).length !== connections)
    throw new UserError(
      `${several(recipe.rates.length, 'rate')} for ${several(connections, 'connection')} of ${recipe.network}`,
      recipe.feedback === 'tied'
        ? 'give one rate a connection, in their order: of a chain the first is from the input'
        : 'give one rate a connection, the ways forth first, from the input on, then the ways back; or the ways forth alone, and each way back has the same',
    );
  const biasRates = recipe['bias-rates'];
  if (biasRates.length !== 0 && biasRates.length !== layers.length - 1)
    throw new UserError(
      `${several(biasRates.length, 'bias rate')} for ${several(layers.length - 1, 'layer')} after the input of ${recipe.network}`,
      'give one for each of them, or none',
    );
  const decays = recipe['weight-decay'];
  if (decays.length !== 0 && ofConnections(recipe, decays).length !== connections)
    throw new UserError(
      `${several(decays.length, 'weight decay')} for ${several(connections, 'connection')} of ${recipe.network}`,
      'give one for each connection, or none',
    );
  if (recipe.penalty !== 'L2' && decays.length === 0)
    throw new UserError(
      `a penalty by ${recipe.penalty} without weight-decay`,
      'say how much of a weight of size 1 a minibatch takes away: weight-decay, one a connection',
    );
  if (recipe['centred-input'] && decays.length > 0 && decays[0] > 0)
    throw new UserError(
      `a weight decay of ${decays[0]} of the connection whose input is centred`,
      'what it has learnt along the mean stands elsewhere, and does not decay: give it a decay of 0',
    );
  const scales = recipe['initial-scale'];
  if (typeof scales !== 'number' && ofConnections(recipe, scales).length !== connections)
    throw new UserError(
      `${several(scales.length, 'initial scale')} for ${several(connections, 'connection')} of ${recipe.network}`,
      'give one for all of them, or one each, in their order: of a chain the first is from the input',
    );
  const most = 1 / recipe['decay-interval'];
  const strong = decays.find((decay) => decay >= most);
  if (strong !== undefined)
    throw new UserError(
      `a weight decay of ${strong} every ${recipe['decay-interval']} minibatches`,
      `nothing would be left: it must stay below ${most}`,
    );
  const nudge = nudgeOf(recipe);
  const lateral = joined.findIndex(({ kind }) => kind === 'lateral');
  if (recipe.relaxation !== 'euler' && lateral >= 0)
    throw new UserError(
      `connection ${lateral + 1} joins the units of layer ${joined[lateral].pre} with each other, and relaxation is ${recipe.relaxation}`,
      `${recipe.relaxation} relaxation minimises a layer at once: choose euler`,
    );
  if (recipe.relaxation !== 'euler' && recipe.noise !== 'none')
    throw new UserError(
      `noise ${recipe.noise} with ${recipe.relaxation} relaxation`,
      "noise is added to euler's steps: choose euler, or leave noise out",
    );
  if (recipe.noise === 'none' && recipe['noise-level'] !== 0)
    throw new UserError(
      `a noise-level of ${recipe['noise-level']} without noise`,
      'say which: noise langevin, whose level is its temperature, or leaky, whose level is a deviation',
    );
  if (recipe.noise === 'none' && recipe['noise-phases'] !== 'independent')
    throw new UserError(
      `noise-phases ${recipe['noise-phases']} without noise`,
      'say which: noise langevin or leaky, and its noise-level',
    );
  if (recipe['feedback-scale'] !== 1 && !joined.some(({ ways }) => ways === 'back'))
    throw new UserError(
      `a feedback-scale of ${recipe['feedback-scale']} without ways back of their own`,
      'leave it out, or ask for them: feedback untied, symmetric or fixed',
    );
  const pull = roundedDynamics(recipe).inputPull ?? 0;
  if (recipe.relaxation === 'euler' && recipe.epsilon * (1 + pull) >= 2)
    throw new UserError(
      `an input-pull of ${pull} with steps of epsilon ${recipe.epsilon}`,
      'the input would swing about its image for ever: epsilon · (1 + input-pull) must stay below 2, or choose exact relaxation',
    );
  const goesBelow = recipe.nudging === 'centered' || recipe.nudging === 'random-sign';
  if (recipe.relaxation !== 'euler' && goesBelow && nudge >= 1)
    throw new UserError(
      `a negative nudge of ${nudge} with ${recipe.relaxation} relaxation`,
      `the output minimises only while 1 + β > 0: choose a beta below ${recipe.beta / nudge}, positive nudging, or euler`,
    );
  const { states } = formatsOf(recipe);
  requireExactSums(recipe);
  if (inputScaleOf(recipe) !== 1 && states.fraction < LEAST_FOR_DROPOUT)
    throw new UserError(
      `an input-dropout of ${recipe['input-dropout']} with states in ${states.name}`,
      `the pixels that are kept are stronger by quarters: states need ${LEAST_FOR_DROPOUT} fractional bits or more`,
    );
}

/** Every number that a run will send must have its place in a format: spells the widest ones. */
function requireFormats(recipe: Recipe): void {
  configureRequest(recipe);
  initialiseRequest(recipe);
  const [from, to] = parseRange(recipe.training);
  const samples = Math.max(to - from, 1);
  const perEpoch = Math.ceil(samples / recipe.minibatch);
  // Gains are greatest in the first epoch, and where the last minibatch is cut short.
  ratesAt(recipe, 0, perEpoch, samples % recipe.minibatch || recipe.minibatch);
}
