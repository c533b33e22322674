/** eqprop as a learner: the module that a simulated device runs, by a preset's recipe. */

import { EndpointTensors, loadParameters, readParameters } from '../../../dist/host/endpoint/tensors.js';
import { Kernel } from '../../../dist/host/kernel/kernel.js';
import { graphOf } from '../../../dist/host/model/graph.js';
import { readPreset } from '../../../dist/host/model/presets.js';
import { checkRecipe } from '../../../dist/host/model/recipe-check.js';
import {
  configureRequest,
  initialiseRequest,
  ratesAt,
  trainRequest,
} from '../../../dist/host/model/requests.js';
import { packImage } from '../../../dist/host/wire/image.js';
import { Messages } from '../../../dist/host/wire/schema.js';

const PIXELS = 784;
const ARENA = 2 ** 24;
/** Samples of an evaluation's minibatch: beyond the training's, they change nothing of what is learnt. */
const EVALUATED = 200;
const EVALUATION = 4;

export class Ours {
  /** Moments, and minibatches at each: what one costs depends on how many of its examples are nudged. */
  static counting = { moments: 20, minibatches: 16 };
  /** The digest of all parameters, as the last minibatch left them. */
  digest;
  #kernel = new Kernel(ARENA);
  #packed = new Map();
  #recipe;
  #step = 0;
  #perEpoch;
  #preset;
  #changes;

  constructor({ preset, changes = {} }, minibatch) {
    this.#preset = preset;
    this.#changes = changes;
    this.minibatch = minibatch;
  }

  static open(contender, minibatch) {
    return new Ours(contender, minibatch);
  }

  /** `rate` is in units of the preset's rates; they fall to nothing over `length` samples. */
  async start(seed, { rate, length }) {
    const { values: own, source } = readPreset(this.#preset);
    const values = { ...own, ...this.#changes };
    const { minibatch } = this;
    const rates = values.rates.map((each) => each * rate);
    this.#recipe = checkRecipe({ ...values, rates, minibatch, seed, epochs: 1 }, source);
    this.#perEpoch = length / minibatch;
    this.#step = 0;
    const batch = Math.max(EVALUATED, minibatch);
    this.#kernel.execute('configure', { ...configureRequest(this.#recipe), batch });
    this.digest = this.#kernel.execute('initialise', initialiseRequest(this.#recipe)).digest;
  }

  train(samples, indices) {
    this.#stage(samples, indices);
    this.digest = this.#kernel.execute('train', this.#trainRequest()).weights;
    this.#step++;
  }

  /**
   * How many of the samples it is wrong about; `hopeless`, told these and how many were seen, ends the counting: then
   * there is no end to them.
   */
  wrong(samples, hopeless) {
    const iterations = EVALUATION * this.#recipe['free-iterations'];
    let wrong = 0;
    for (let at = 0; at < samples.count; at += EVALUATED) {
      if (hopeless(wrong, at)) return Infinity;
      const indices = Array.from({ length: Math.min(EVALUATED, samples.count - at) }, (_, n) => at + n);
      this.#stage(samples, indices);
      const { predictions } = this.#kernel.execute('evaluate', { iterations, samples: indices.length });
      wrong += indices.filter((index, n) => predictions[n] !== samples.labels[index]).length;
    }
    return wrong;
  }

  /** Requests that bring a board to where this one stands. */
  async snapshot() {
    const kernel = this.#kernel;
    const requests = [encoded('configure', configureRequest(this.#recipe))];
    const endpoint = { request: async (name, values) => kernel.execute(name, values) };
    const recorder = {
      request: async (name, values) => void requests.push(encoded(name, values)),
      post: async (name, values) => void requests.push(encoded(name, values)),
    };
    const parameters = await readParameters(new EndpointTensors(endpoint), graphOf(this.#recipe), 16);
    await loadParameters(recorder, parameters, this.#step, this.digest);
    return requests;
  }

  /** Requests that train a board there on a minibatch. */
  requestsOf(samples, indices) {
    return [
      ...indices.map((index, slot) => encoded('sample', this.#sample(samples, index, slot))),
      encoded('train', this.#trainRequest()),
    ];
  }

  #stage(samples, indices) {
    for (const [slot, index] of indices.entries())
      this.#kernel.execute('sample', this.#sample(samples, index, slot));
  }

  #sample({ images, labels }, index, slot) {
    const packed = this.#packedOf(images);
    packed[index] ??= packImage(images.subarray(index * PIXELS, (index + 1) * PIXELS));
    return { slot, label: labels[index], image: packed[index] };
  }

  #packedOf(images) {
    if (!this.#packed.has(images)) this.#packed.set(images, []);
    return this.#packed.get(images);
  }

  #trainRequest() {
    const { minibatch } = this;
    return trainRequest(this.#step, minibatch, ratesAt(this.#recipe, this.#step, this.#perEpoch, minibatch));
  }
}

function encoded(name, values) {
  const { code, request } = Messages[name];
  return { code, payload: request.encode(values) };
}
