/** What a trainer asks of an endpoint, in the recipe's terms. */
import type { Endpoint } from '../link/endpoint.js';
import { MAX_PAYLOAD, Messages, type ReplyOf, Tensor } from '../link/schema.js';
import type { NetworkParameters } from '../model/network-parameters.js';
import { layerSizes, type Recipe } from '../model/recipe.js';
import { configureRequest, initialiseRequest, type StepRates, trainRequest } from '../model/requests.js';
import type { Minibatch, PersistentStates } from './minibatch.js';

/** Bytes of a tensor that one WRITE carries. */
const WRITE_BYTES = (MAX_PAYLOAD - Messages.write.request.size) & ~3;

function bytesOf(array: Int16Array | Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

export class Learner {
  readonly sizes: readonly number[];
  /** Units of all free layers. */
  readonly units: number;
  readonly #persistent: boolean;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly recipe: Recipe,
  ) {
    this.sizes = layerSizes(recipe.network);
    this.units = this.sizes.slice(1).reduce((sum, size) => sum + size, 0);
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
  async load({ weights, biases }: NetworkParameters, step: number, digest: bigint): Promise<void> {
    for (const [k, matrix] of weights.entries()) await this.#write(Tensor.weights, k, matrix);
    for (const [k, vector] of biases.entries()) await this.#write(Tensor.biases, k + 1, vector);
    await this.endpoint.request('load', { digest, step });
  }

  /** Puts a minibatch's examples into the slots, its starting states with them where the recipe keeps them. */
  async stage(batch: Minibatch, states?: PersistentStates): Promise<void> {
    for (const [slot, image] of batch.packed.entries()) {
      if (this.#persistent) {
        const start = states?.of(batch.indices[slot]) ?? new Int16Array(this.units);
        await this.#write(Tensor.start, slot, start);
      }
      await this.endpoint.post('sample', { slot, label: batch.labels[slot], image });
    }
  }

  /** Trains on the staged minibatch. */
  train(step: number, samples: number, rates: StepRates): Promise<ReplyOf<'train'>> {
    return this.endpoint.request('train', trainRequest(step, samples, rates));
  }

  /** Predicts the staged minibatch. */
  evaluate(samples: number, iterations: number): Promise<ReplyOf<'evaluate'>> {
    return this.endpoint.request('evaluate', { samples, iterations });
  }

  async #write(tensor: number, index: number, values: Int16Array | Int32Array): Promise<void> {
    const bytes = bytesOf(values);
    for (let at = 0; at < bytes.length; at += WRITE_BYTES) {
      const data = bytes.subarray(at, at + WRITE_BYTES);
      const offset = at / values.BYTES_PER_ELEMENT;
      await this.endpoint.post('write', { offset, index, tensor, padding: 0, data });
    }
  }
}
