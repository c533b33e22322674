/** What a trainer asks of an endpoint, in the recipe's terms. */
import type { Endpoint } from '../link/endpoint.js';
import { type ReplyOf, Tensor } from '../link/schema.js';
import { loadParameters, writeTensor } from '../link/tensors.js';
import { stateBits } from '../model/format.js';
import { type Formats, formatsOf } from '../model/formats.js';
import { integerArrays, type NetworkParameters } from '../model/network-parameters.js';
import { layerSizes, type Recipe } from '../model/recipe.js';
import { configureRequest, initialiseRequest, type StepRates, trainRequest } from '../model/requests.js';
import type { Minibatch, PersistentStates } from './minibatch.js';

export class Learner {
  readonly sizes: readonly number[];
  /** Units of all free layers. */
  readonly units: number;
  readonly formats: Formats;
  readonly #persistent: boolean;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly recipe: Recipe,
  ) {
    this.sizes = layerSizes(recipe.network);
    this.units = this.sizes.slice(1).reduce((sum, size) => sum + size, 0);
    this.formats = formatsOf(recipe);
    this.#persistent = recipe.start === 'persistent';
  }

  configure(): Promise<ReplyOf<'configure'>> {
    return this.endpoint.request('configure', configureRequest(this.recipe));
  }

  /** Draws the initial weights on the device. */
  initialise(): Promise<ReplyOf<'initialise'>> {
    return this.endpoint.request('initialise', initialiseRequest(this.recipe));
  }

  /** Sends parameters of which `digest` is known, and sets the step. */
  load(parameters: NetworkParameters, step: number, digest: bigint): Promise<void> {
    return loadParameters(this.endpoint, parameters, step, digest);
  }

  /** Puts a minibatch's examples into the slots, its starting states with them where the recipe keeps them. */
  async stage(batch: Minibatch, states?: PersistentStates): Promise<void> {
    const States = integerArrays[stateBits(this.formats.storage)];
    for (const [slot, image] of batch.packed.entries()) {
      if (this.#persistent) {
        const start = states?.of(batch.indices[slot]) ?? new States(this.units);
        await writeTensor(this.endpoint, Tensor.start, slot, start);
      }
      await this.endpoint.post('sample', { slot, label: batch.labels[slot], image });
    }
  }

  /** Multiply-accumulates since the device started: how it works, which is its own, and nothing of what it learns. */
  async products(): Promise<bigint> {
    return (await this.endpoint.request('statistics', {})).products;
  }

  /** Trains on the staged minibatch. */
  train(step: number, samples: number, rates: StepRates): Promise<ReplyOf<'train'>> {
    return this.endpoint.request('train', trainRequest(step, samples, rates));
  }

  /** Predicts the staged minibatch. */
  evaluate(samples: number, iterations: number): Promise<ReplyOf<'evaluate'>> {
    return this.endpoint.request('evaluate', { samples, iterations });
  }
}
