/** Work that a process of `eqprop` does in a folder of its own, on this computer or another; taken up where it stood. */
import type { Reading } from '../data/index.js';
import type { Recipe } from '../model/index.js';
import { type Ending, runProgram } from './process.js';

/** Where the data of a task are, on the computer that does it. */
export interface DataPlace {
  /** Path of the data; MNIST if absent. */
  readonly data?: string | undefined;
  readonly reading: Reading;
}

export interface Task {
  /** The name of its kind. */
  readonly kind: string;
  /** Decides its result: plain data, of which its kind makes the task again. */
  readonly plan: unknown;
  /** The network that a device must have room for; absent where only a device without a bound of memory will do. */
  readonly recipe?: Recipe;
  /** Puts what the process begins with into the folder, unless it goes on there; returns the process's arguments. */
  begin(path: string, place: DataPlace): readonly string[];
  /** Names of the files from which it goes on, and of what it told, in an order in which they may be copied meanwhile. */
  files(path: string): readonly string[];
  /** Tells what was saved from what was before; nothing where nothing was. */
  mark(path: string): string | undefined;
  /** Moves what was saved elsewhere into the task's folder, which may be looked at meanwhile. */
  replace(from: string, path: string): void;
  /** @throws `UserError` where its result is not in the folder */
  requireResult(path: string): void;
}

export interface TaskKind {
  readonly name: string;
  /**
   * @param plan as it came from elsewhere
   * @throws `UserError` where it is none
   */
  open(plan: unknown, id: string): Task;
}

export interface TaskOptions {
  /** Runs `eqprop`: an executable and its first arguments. */
  readonly program: readonly string[];
  /** Options that name the device, and how often it saves. */
  readonly words: readonly string[];
  /** Called with the number of epochs done. */
  readonly onEpoch: (epoch: number) => void;
  /** Aborted, the process saves and ends. */
  readonly signal: AbortSignal;
}

/** @param path the task's folder */
export function doTask(task: Task, path: string, place: DataPlace, options: TaskOptions): Promise<Ending> {
  const { program, words, onEpoch, signal } = options;
  return runProgram(
    program,
    [...task.begin(path, place), ...words],
    (metrics) => {
      if (metrics.kind === 'epoch') onEpoch(metrics.epoch);
    },
    signal,
  );
}
