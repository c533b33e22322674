/** Every key of a recipe as a flag. */
import type { Command } from 'commander';
import { UserError } from '../ground/index.js';
import {
  checkRecipe,
  connectionCount,
  describeKey,
  presetNames,
  type Recipe,
  type RecipeKey,
  readPreset,
  recipeKeys,
} from '../model/index.js';

/** Keys that no word of a command line can spell stay in the preset. */
const keys = recipeKeys.filter((key) => key !== 'description' && key !== 'connections');
const lists: ReadonlySet<RecipeKey> = new Set(['fixed', 'rates', 'bias-rates', 'weight-decay']);

/** One number for all connections, or one each. */
const numberOrList: ReadonlySet<RecipeKey> = new Set(['initial-scale']);

/** Words to type where the value is not a number. */
const placeholders: Partial<Record<RecipeKey, string>> = {
  network: '784-500-10',
  fixed: 'n,…|none',
  weights: 'Qm.n,…',
  states: 'Qm.n',
  'receptive-fields': 'from..to|all',
  'initial-scale': 'a,…',
  rounding: 'stochastic|nearest',
  relaxation: 'euler|exact|spiking',
  start: 'zero|persistent',
  nudging: 'positive|random-sign|centered|clamped',
  noise: 'none|langevin|leaky',
  'noise-phases': 'independent|same',
  rule: 'contrast|presynaptic|rates',
  feedback: 'tied|untied|symmetric|fixed',
  cost: 'half|full',
  rates: 'a,b,…',
  'bias-rates': 'a,b,…',
  'weight-decay': 'a,b,…',
  penalty: 'L2|L1',
  schedule: 'constant|exponential|linear|halving|cosine',
  shuffle: 'true|false',
  'centred-input': 'true|false',
  training: 'from..to',
  validation: 'from..to|none',
};

/** `initial-scale` as commander names it: `initialScale`. */
function property(key: RecipeKey): string {
  return key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function parseValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function parseFlag(key: RecipeKey, text: string): unknown {
  if (key === 'network') return text;
  if (!lists.has(key) && !(numberOrList.has(key) && text.includes(','))) return parseValue(text);
  return text === 'none' ? [] : text.split(',').map(parseValue);
}

export function addRecipeFlags(command: Command, preset: string): Command {
  command.option(
    '--preset <name>',
    `recipe to start from: ${presetNames().join(', ')}, or a .toml file; train with --data takes one that comes from the data`,
    preset,
  );
  command.optionsGroup('Recipe (each overrides the preset):');
  for (const key of keys) {
    command.option(`--${key} <${placeholders[key] ?? 'number'}>`, describeKey(key), (text: string) =>
      parseFlag(key, text),
    );
  }
  return command.optionsGroup('Options:');
}

/** Every key of a recipe as a flag that takes several values. */
export function addGridFlags(command: Command): Command {
  command.optionsGroup(
    'Recipe (several values, separated by spaces, are compared; each overrides the preset):',
  );
  for (const key of keys) {
    command.option(
      // Commander takes dots after a letter for several values.
      `--${key} <${(placeholders[key] ?? 'number').replace(/\W+$/, '')}...>`,
      describeKey(key),
      (text: string, before: readonly unknown[] | undefined) => [...(before ?? []), parseFlag(key, text)],
    );
  }
  return command.optionsGroup('Options:');
}

/** Returns the values of each key of a recipe that the command line names. */
export function alternativesOf(flags: Flags): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const values = flags[property(key)];
      return Array.isArray(values) ? [[key, values]] : [];
    }),
  );
}

export interface NamedRecipe {
  readonly recipe: Recipe;
  /** The preset that it starts from. */
  readonly preset: string;
}

type Flags = Readonly<Record<string, unknown>>;

/**
 * As `recipeOf`, where the layers alone count: neither memory nor firmware depends on rates, and another number of
 * layers than the preset's would need others.
 */
export function layersOf(flags: Flags): NamedRecipe {
  const anyRates = (connections: number) => ({
    ...(flags.rates === undefined && { rates: new Array<number>(connections).fill(0.1) }),
    ...(flags.biasRates === undefined && { 'bias-rates': [] }),
    ...(flags.weightDecay === undefined && { 'weight-decay': [] }),
    ...(flags.initialScale === undefined && { 'initial-scale': 1 }),
  });
  return recipeOf(flags, flags.network === undefined ? undefined : anyRates);
}

/** The values of a recipe that the command line names, by its keys. */
export function givenIn(flags: Flags): Flags {
  return Object.fromEntries(
    keys.flatMap((key) => (flags[property(key)] === undefined ? [] : [[key, flags[property(key)]]])),
  );
}

/**
 * The recipe that the flags of a command line spell.
 * @param instead what stands in the place of the recipe's own values, by its number of connections
 */
export function recipeOf(flags: Flags, instead?: (connections: number) => Flags): NamedRecipe {
  const name = String(flags.preset);
  const { values, source } = readPreset(name);
  return { recipe: changedBy(flags, values, source, instead), preset: name };
}

/** A recipe's values with what the command line names in their place, checked. @param source of the values, in errors */
export function changedBy(
  flags: Flags,
  values: Flags,
  source: string,
  instead?: (connections: number) => Flags,
): Recipe {
  const given = givenIn(flags);
  const names = Object.keys(given).map((key) => `--${key}`);
  const where = names.length > 0 ? `${source} with ${names.join(', ')}` : source;
  const all: Flags = { ...values, ...given };
  return checkRecipe({ ...all, ...instead?.(connectionsIn(all)) }, where);
}

/**
 * Refuses the recipe's flags, and others named as commander names them, where a run that exists decides.
 * @param free keys of a recipe that may change all the same
 */
export function refuseDecidedFlags(
  command: Command,
  others: readonly string[],
  free: readonly RecipeKey[] = [],
): void {
  const decided = keys.filter((key) => !free.includes(key));
  refuseGivenFlags(command, ['preset', ...decided.map(property), ...others]);
}

/** Refuses flags, named as commander names them, beside --resume. */
export function refuseGivenFlags(command: Command, decided: readonly string[]): void {
  const given = command.options.find((option) => {
    const name = option.attributeName();
    return decided.includes(name) && command.getOptionValueSource(name) === 'cli';
  });
  if (given)
    throw new UserError(
      `--resume goes on as the run began: ${given.long} cannot be changed`,
      'leave the flag out, or start a new run',
    );
}

/** As `connectionCount`, of values that are not yet checked. */
function connectionsIn({ network, connections }: Flags): number {
  return connectionCount({
    network: String(network),
    connections: Array.isArray(connections) ? connections : [],
  });
}
