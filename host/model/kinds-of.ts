/** Kinds of connections that a network needs of a device, and how firmware with them is made. */
import * as v from 'valibot';
import { DEFAULT_STORAGE, UserError } from '../ground/index.js';
import { type ConnectionKindName, kindNames } from '../wire/index.js';
import { formatsOf } from './formats.js';
import { type GraphKeys, graphOf } from './graph.js';
import { describeKey, type Recipe, recipeSchema } from './recipe.js';

/** In the order of their codes. Throws `UserError` where the layers cannot be joined so. */
export function kindsOf(recipe: GraphKeys): readonly ConnectionKindName[] {
  const used = new Set(graphOf(recipe).connections.map(({ kind }) => kind));
  return kindNames.filter((name) => used.has(name));
}

/** As `kindsOf`, of a network in the short notation. Throws `UserError` where it is none. */
export function kindsOfNetwork(network: string): readonly ConnectionKindName[] {
  const { success } = v.safeParse(recipeSchema.entries.network, network);
  if (!success) throw new UserError(`network: ${network} is none`, describeKey('network'));
  return kindsOf({ network, connections: [], 'receptive-fields': 'all', seed: 0 });
}

/** The command that puts firmware on a board with the kinds that a recipe needs; with all, where the network cannot tell them. */
export function flashCommand(recipe: Recipe): string {
  const { storage } = formatsOf(recipe);
  const needed = kindsOf(recipe);
  const told = kindsOfNetwork(recipe.network);
  return [
    'eqprop flash <board>',
    ...(needed.every((kind) => told.includes(kind)) ? [`--network ${recipe.network}`] : []),
    ...(storage === DEFAULT_STORAGE ? [] : [`--storage ${storage}`]),
  ].join(' ');
}
