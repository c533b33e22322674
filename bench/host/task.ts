/** A contender's task: the flags of its process. */
import { parseArgs } from 'node:util';
import { UserError } from '#host/ground/errors';
import { readPreset } from '#host/model/presets';
import { type Recipe, recipeKeys } from '#host/model/recipe';
import { checkRecipe } from '#host/model/recipe-check';

/** Values of a recipe that differ from its preset's. */
export type Overrides = Readonly<Record<string, unknown>>;

export interface Task {
  readonly preset: string;
  readonly overrides: Overrides;
  /** Minibatches at the start whose training error is told; not part of the measurement. */
  readonly check: number;
  /** Seconds of the same work before the measurement. */
  readonly warmUp: number;
  /** Wall seconds of the measurement, at least; none is made for 0. */
  readonly seconds: number;
}

/** The images everyone trains on: the paper's, in order. */
export const TRAINING_IMAGES = 50_000;

export const taskFlags = {
  preset: { type: 'string', default: 'paper-1' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  check: { type: 'string', default: '0' },
  'warm-up': { type: 'string', default: '1' },
  seconds: { type: 'string', default: '3' },
} as const;

interface TaskFlags {
  readonly preset: string;
  readonly set: readonly string[];
  readonly check: string;
  readonly 'warm-up': string;
  readonly seconds: string;
}

/** The flags that spell a task. */
export function taskArguments({ preset, overrides, check, warmUp, seconds }: Task): readonly string[] {
  const settings = Object.entries(overrides).flatMap(([key, value]) => [
    '--set',
    `${key}=${JSON.stringify(value)}`,
  ]);
  const numbers = { check, 'warm-up': warmUp, seconds };
  const flags = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return ['--preset', preset, ...settings, ...flags];
}

export function readTask(flags: TaskFlags): Task {
  return {
    preset: flags.preset,
    overrides: Object.fromEntries(flags.set.map(readSetting)),
    check: readNumber('check', flags.check),
    warmUp: readNumber('warm-up', flags['warm-up']),
    seconds: readNumber('seconds', flags.seconds),
  };
}

/** A process's own task, where it has no flags but these. */
export function ownTask(): Task {
  return readTask(parseArgs({ options: taskFlags }).values);
}

export function recipeOf({ preset, overrides }: Pick<Task, 'preset' | 'overrides'>): Recipe {
  const { values, source } = readPreset(preset);
  return checkRecipe({ ...values, ...overrides }, source);
}

export function readNumber(flag: string, text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value < 0)
    throw new UserError(`--${flag} is '${text}'`, 'give a number, zero or more');
  return value;
}

function readSetting(text: string): readonly [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new UserError(`--set ${text}`, `write key=value; the keys are ${recipeKeys.join(', ')}`);
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), JSON.parse(value)];
  } catch {
    // A bare word stands for itself.
    return [text.slice(0, at), value];
  }
}
