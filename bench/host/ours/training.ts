/** Our kernel, told what to train without a link: as the twin is. */
import { loadDataset, type Samples } from '#host/data/index';
import { UserError } from '#host/ground/errors';
import { stateBits } from '#host/ground/index';
import type { Job } from '#host/kernel/twin-worker';
import { type Formats, formatsOf } from '#host/model/formats';
import { type Graph, graphOf } from '#host/model/graph';
import type { Recipe } from '#host/model/recipe';
import { configureRequest, initialiseRequest, ratesAt, trainRequest } from '#host/model/requests';
import { packImage } from '#host/wire/image';
import { Option, Tensor } from '#host/wire/schema';
import { TRAINING_IMAGES } from '../task.js';
import { encoded, type Requests, readTensor, run, type TensorAddress, writeTensor } from './tensors.js';

/** All that the next minibatch depends on, beside the recipe. */
export interface State {
  /** Minibatches trained. */
  readonly step: number;
  readonly digest: bigint;
  /** Values of each of the network's parameter tensors, in one order. */
  readonly parameters: readonly Uint8Array[];
  /** The bytes of every example's states, examples · units; nothing where free phases start from zero. */
  readonly persistent: Uint8Array | undefined;
}

/** Counts of a minibatch's reply: sums over its samples. */
export interface Trained {
  readonly samples: number;
  readonly wrong: number;
  /** ‖y − t‖² after the free phase. */
  readonly cost: number;
  readonly freeIterations: number;
  readonly nudgedIterations: number;
}

export class Training {
  /** Minibatches trained. */
  step = 0;
  /** SAMPLE requests: in the files' order, an example always has the same slot. */
  readonly #staging: (Job | undefined)[] = [];
  readonly #parameters: readonly (TensorAddress & { readonly bytes: number })[];
  /** Bytes of a state, and of all of an example's. */
  readonly #stateWidth: number;
  readonly #exampleBytes: number;
  readonly #perEpoch: number;
  readonly #costUnit: number;
  #persistent: Uint8Array | undefined;
  #digest: bigint;

  private constructor(
    readonly recipe: Recipe,
    private readonly kernel: Requests,
    private readonly samples: Samples,
    private readonly pixels: number,
    dense: boolean,
  ) {
    const graph = graphOf(recipe);
    const formats = formatsOf(recipe);
    this.#parameters = describeParameters(graph, formats);
    this.#stateWidth = stateBits(formats.storage) / 8;
    this.#exampleBytes = this.#stateWidth * graph.units;
    this.#perEpoch = Math.floor(TRAINING_IMAGES / recipe.minibatch);
    this.#costUnit = 4 ** -formats.states.fraction;
    const request = configureRequest(recipe);
    kernel.execute('configure', { ...request, options: request.options | (dense ? Option.dense : 0) });
    this.#digest = kernel.execute('initialise', initialiseRequest(recipe)).digest;
    if (recipe.start === 'persistent')
      this.#persistent = new Uint8Array(TRAINING_IMAGES * this.#exampleBytes);
  }

  /** Initial weights; with `dense`, every drive is computed from all rates. */
  static async open(recipe: Recipe, kernel: Requests, dense = false): Promise<Training> {
    const { training, pixels } = await loadDataset();
    if (graphOf(recipe).inputs !== pixels)
      throw new UserError(
        `network ${recipe.network} does not take the ${pixels} pixels of an image`,
        `name one that begins with ${pixels}-`,
      );
    return new Training(recipe, kernel, training, pixels, dense);
  }

  /** The digest of all parameters, as the last minibatch left them. */
  get digest(): bigint {
    return this.#digest;
  }

  /** Trains on the next minibatch, in the files' order. */
  trainNext(): Trained {
    const { kernel, recipe, step } = this;
    const { labels } = this.samples;
    const samples = recipe.minibatch;
    const first = (step % this.#perEpoch) * samples;
    for (let slot = 0; slot < samples; slot++) {
      const example = first + slot;
      if (this.#persistent)
        writeTensor(kernel, this.#slotStates(Tensor.start, slot), this.#statesOf(example));
      run(kernel, this.#sampleOf(example, slot));
    }
    const rates = ratesAt(recipe, step, this.#perEpoch, samples);
    const reply = kernel.execute('train', trainRequest(step, samples, rates));
    let wrong = 0;
    for (let slot = 0; slot < samples; slot++) {
      const example = first + slot;
      if (this.#persistent) readTensor(kernel, this.#slotStates(Tensor.free, slot), this.#statesOf(example));
      if (reply.predictions[slot] !== labels[example]) wrong++;
    }
    this.step++;
    this.#digest = reply.weights;
    const { freeIterations, nudgedIterations } = reply;
    return { samples, wrong, cost: Number(reply.cost) * this.#costUnit, freeIterations, nudgedIterations };
  }

  snapshot(): State {
    const parameters = this.#parameters.map((address) => {
      const bytes = new Uint8Array(address.bytes);
      readTensor(this.kernel, address, bytes);
      return bytes;
    });
    return { step: this.step, digest: this.#digest, parameters, persistent: this.#persistent?.slice() };
  }

  /** Throws `DeviceError` where the parameters are not those of the state's digest. */
  restore({ step, digest, parameters, persistent }: State): void {
    this.#parameters.forEach((address, n) => {
      writeTensor(this.kernel, address, parameters[n]);
    });
    this.kernel.execute('load', { digest, step });
    this.step = step;
    this.#digest = digest;
    this.#persistent = persistent?.slice();
  }

  /** Packed and encoded once. */
  #sampleOf(example: number, slot: number): Job {
    const from = example * this.pixels;
    const { images, labels } = this.samples;
    this.#staging[example] ??= encoded('sample', {
      slot,
      label: labels[example],
      image: packImage(images.subarray(from, from + this.pixels)),
    });
    return this.#staging[example];
  }

  #statesOf(example: number): Uint8Array {
    const bytes = this.#exampleBytes;
    return (this.#persistent as Uint8Array).subarray(example * bytes, (example + 1) * bytes);
  }

  #slotStates(tensor: number, index: number): TensorAddress {
    return { tensor, index, width: this.#stateWidth };
  }
}

function describeParameters(
  { layers, connections }: Graph,
  { storage }: Formats,
): (TensorAddress & { readonly bytes: number })[] {
  const width = storage / 8;
  return [
    ...connections.map(({ weights }, k) => ({
      tensor: Tensor.weights,
      index: k,
      width,
      bytes: weights * width,
    })),
    ...layers
      .slice(1)
      .map(({ biases }, k) => ({ tensor: Tensor.biases, index: k + 1, width: 4, bytes: biases * 4 })),
  ];
}
