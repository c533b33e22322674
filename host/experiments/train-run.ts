/** A run of an experiment in its folder, begun or gone on with, by the `train` command. */
import { stringify } from 'smol-toml';
import { type Reading, readingWords } from '../data/index.js';
import { writeWhole } from '../files/index.js';
import type { Recipe } from '../model/index.js';
import { hasCheckpoint } from '../records/index.js';
import { type Ending, train } from './train-process.js';

export interface PlannedRun {
  readonly recipe: Recipe;
  /** Path of the data; MNIST if absent. */
  readonly data?: string | undefined;
  readonly reading: Reading;
  /** Minibatches between comparisons with the reference. */
  readonly compareEvery: number;
  readonly verification: string;
}

export interface TrainOptions {
  /** Runs `eqprop`: an executable and its first arguments. */
  readonly program: readonly string[];
  /** Options of `train` that name the device, and how often it saves. */
  readonly words: readonly string[];
  /** Called with the number of epochs done. */
  readonly onEpoch: (epoch: number) => void;
  /** Aborted, the run saves and ends. */
  readonly signal: AbortSignal;
}

/** @param path the run's folder */
export function trainRun(path: string, run: PlannedRun, options: TrainOptions): Promise<Ending> {
  const { recipe, data, reading, compareEvery, verification } = run;
  const { program, words, onEpoch, signal } = options;
  const fresh = () => {
    const preset = writeWhole(path, 'recipe.toml', stringify(recipe));
    const often = ['--compare-every', String(compareEvery)];
    return ['--preset', preset, '--out', path, ...often, ...readingWords(reading)];
  };
  const moved = reading.test === undefined ? [] : ['--test', reading.test];
  const begin = hasCheckpoint(path) ? ['--resume', path, ...moved] : fresh();
  const where = data === undefined ? [] : ['--data', data];
  return train(
    program,
    [...begin, ...where, ...words, '--verify', verification],
    (metrics) => {
      if (metrics.kind === 'epoch') onEpoch(metrics.epoch);
    },
    signal,
  );
}
