/** Parts of the kernel that a network needs of a device, and how firmware with them is made. */
import * as v from 'valibot';
import { DEFAULT_STORAGE, UserError } from '../ground/index.js';
import { type PartName, partNames } from '../wire/index.js';
import { formatsOf } from './formats.js';
import { graphOf } from './graph.js';
import type { GraphKeys } from './joined-connections.js';
import { describeKey, type Recipe, recipeSchema } from './recipe.js';

/** In the order of their codes. Throws `UserError` where the layers cannot be joined so. */
export function partsOf(
  recipe: GraphKeys & Partial<Pick<Recipe, 'nudging' | 'noise' | 'relaxation' | 'pixel-spikes' | 'penalty'>>,
): readonly PartName[] {
  const { connections } = graphOf(recipe);
  const used = new Set<PartName>(connections.map(({ kind }) => kind));
  if (connections.some(({ ways, rule }) => ways !== 'both' || rule !== 'contrast')) used.add('oneWay');
  if (connections.some(({ pre, rule }) => pre > 0 && rule === 'rates')) used.add('rates');
  if (recipe.nudging === 'clamped') used.add('clamped');
  if ((recipe.noise ?? 'none') !== 'none') used.add('noise');
  if (recipe['centred-input']) used.add('centred');
  if (recipe.relaxation === 'spiking' || (recipe['pixel-spikes'] ?? 0) > 0) used.add('spikes');
  if ((recipe['input-pull'] ?? 0) > 0) used.add('pulledInput');
  if (recipe.penalty === 'L1') used.add('l1');
  return partNames.filter((name) => used.has(name));
}

/** As `partsOf`, of a network in the short notation. Throws `UserError` where it is none. */
export function partsOfNetwork(network: string): readonly PartName[] {
  const { success } = v.safeParse(recipeSchema.entries.network, network);
  if (!success) throw new UserError(`network: ${network} is none`, describeKey('network'));
  return partsOf({ network, connections: [], 'receptive-fields': 'all', seed: 0 });
}

/** The command that puts firmware on a board with what a recipe needs; with all, where the network cannot tell them. */
export function flashCommand(recipe: Recipe): string {
  const { storage } = formatsOf(recipe);
  const needed = partsOf(recipe);
  const told = partsOfNetwork(recipe.network);
  return [
    'eqprop flash <board>',
    ...(needed.every((part) => told.includes(part)) ? [`--network ${recipe.network}`] : []),
    ...(storage === DEFAULT_STORAGE ? [] : [`--storage ${storage}`]),
  ].join(' ');
}
