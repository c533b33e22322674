/** The reference's thread: trains the shadow, compares single steps. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Recipe } from '../model/index.js';
import { roundedDynamics, spared } from '../model/index.js';
import type { Dynamics, LearningRates, ReferenceNetwork } from '../reference/index.js';
import { type Batch, type Nudging, relaxMinibatch, trainMinibatch } from '../reference/index.js';
import { initialReference, type RealParameters, referenceWith } from './reference-of.js';
import {
  compareStep,
  type SettledStates,
  type StepComparison,
  type WeightChange,
} from './step-comparison.js';

export interface ReferenceOptions {
  readonly recipe: Recipe;
  /** Examples whose states are kept from epoch to epoch; 0 where phases start at zero. */
  readonly persistentExamples: number;
}

/** Images and labels with the examples' indices, by which persistent states are kept. */
export interface IndexedBatch extends Batch {
  readonly indices: Uint32Array;
}

export type ReferenceTask =
  | {
      readonly kind: 'train';
      readonly batch: IndexedBatch;
      readonly nudging: Nudging;
      readonly rates: LearningRates;
    }
  | {
      readonly kind: 'evaluate';
      readonly batch: IndexedBatch;
      readonly iterations: number;
      readonly start: 'zero' | 'persistent';
    }
  | {
      readonly kind: 'compare';
      readonly parameters: RealParameters;
      readonly batch: Batch;
      readonly nudging: Nudging;
      readonly settled: SettledStates;
      /** After the minibatch, if that is to be compared. */
      readonly change?: Omit<WeightChange, 'before'>;
    }
  | { readonly kind: 'read' }
  | { readonly kind: 'load'; readonly parameters: RealParameters; readonly states: Float64Array };

export interface ReferenceAnswers {
  /** Wrong predictions. */
  train: number;
  evaluate: number;
  compare: StepComparison;
  read: { readonly parameters: RealParameters; readonly states: Float64Array };
  load: undefined;
}

class Shadow {
  #network: ReferenceNetwork;
  /** examples · units: the free states each example last settled in. */
  #states: Float64Array;

  readonly #recipe: Recipe;
  readonly #dynamics: Dynamics;

  constructor({ recipe, persistentExamples }: ReferenceOptions) {
    this.#recipe = recipe;
    this.#dynamics = roundedDynamics(recipe);
    this.#network = initialReference(recipe);
    this.#states = new Float64Array(persistentExamples * this.#network.units);
  }

  run(task: ReferenceTask): ReferenceAnswers[keyof ReferenceAnswers] {
    const dynamics = this.#dynamics;
    switch (task.kind) {
      case 'train': {
        const { nudging, rates } = task;
        const batch = this.#started(task.batch);
        const relaxed = trainMinibatch(this.#network, dynamics, batch, nudging, rates);
        this.#keep(task.batch.indices, relaxed.free);
        return wrong(relaxed.predictions, batch.labels);
      }
      case 'evaluate': {
        const persistent = task.start === 'persistent';
        const given = persistent ? this.#started(task.batch) : task.batch;
        const batch = { ...given, images: spared(given.images, this.#recipe) };
        const longer = { ...dynamics, freeIterations: task.iterations };
        const relaxed = relaxMinibatch(this.#network, longer, batch, undefined);
        if (persistent) this.#keep(task.batch.indices, relaxed.free);
        return wrong(relaxed.predictions, batch.labels);
      }
      case 'compare': {
        const network = referenceWith(this.#recipe, task.parameters);
        const change = task.change && { ...task.change, before: task.parameters.weights };
        return compareStep(network, dynamics, task.batch, task.nudging, task.settled, change);
      }
      case 'read':
        return {
          parameters: { weights: this.#network.weights, biases: this.#network.biases },
          states: this.#states,
        };
      case 'load':
        this.#network = referenceWith(this.#recipe, task.parameters);
        this.#states = task.states;
        return undefined;
    }
  }

  #started(batch: IndexedBatch): Batch {
    if (this.#states.length === 0) return batch;
    const { units } = this.#network;
    const start = new Float64Array(batch.indices.length * units);
    batch.indices.forEach((example, n) => {
      start.set(this.#states.subarray(example * units, (example + 1) * units), n * units);
    });
    return { ...batch, start };
  }

  #keep(indices: Uint32Array, free: Float64Array): void {
    if (this.#states.length === 0) return;
    const { units } = this.#network;
    indices.forEach((example, n) => {
      this.#states.set(free.subarray(n * units, (n + 1) * units), example * units);
    });
  }
}

function wrong(predictions: Uint8Array, labels: Uint8Array): number {
  return predictions.reduce((sum, prediction, n) => sum + Number(prediction !== labels[n]), 0);
}

const port = parentPort;
if (port) {
  const shadow = new Shadow(workerData as ReferenceOptions);
  port.on('message', (task: ReferenceTask) => port.postMessage(shadow.run(task)));
}
