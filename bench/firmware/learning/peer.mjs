/** A peer as a learner: its C as WebAssembly, the same source as on a board. */
import { Messages } from '../../../dist/host/wire/schema.js';
import { hostModule } from './peer-build.mjs';

const PIXELS = 784;
/** Fractional bits of a rate. */
const RATE = 2 ** 24;

export class Peer {
  /** Minibatches cost alike. */
  static counting = { moments: 10, minibatches: 2 };
  #step = 0;
  #plan;

  constructor(module, minibatch) {
    this.minibatch = minibatch;
    this.exports = new WebAssembly.Instance(module).exports;
  }

  static async open(contender, minibatch) {
    return new Peer(new WebAssembly.Module(await hostModule(contender, minibatch)), minibatch);
  }

  /** `rate` is the learning rate of a minibatch's mean gradient; it falls to nothing over `length` samples. */
  async start(seed, plan) {
    this.#plan = plan;
    this.#step = 0;
    this.exports.peer_start(seed);
  }

  train(samples, indices) {
    const { images, labels } = this.#minibatch;
    for (const [slot, index] of indices.entries()) {
      images.set(imageOf(samples, index), slot * PIXELS);
      labels[slot] = samples.labels[index];
    }
    this.exports.peer_train(indices.length, this.#rate());
    this.#step++;
  }

  /** As the other learner's. */
  wrong(samples, hopeless) {
    const { images, predictions } = this.#minibatch;
    let wrong = 0;
    for (let at = 0; at < samples.count; at += this.minibatch) {
      if (hopeless(wrong, at)) return Infinity;
      const count = Math.min(this.minibatch, samples.count - at);
      images.set(samples.images.subarray(at * PIXELS, (at + count) * PIXELS));
      this.exports.peer_predict(count);
      for (let slot = 0; slot < count; slot++) if (predictions[slot] !== samples.labels[at + slot]) wrong++;
    }
    return wrong;
  }

  async snapshot() {
    return [{ code: Messages.write.code, payload: this.#state().slice() }];
  }

  requestsOf(samples, indices) {
    return [
      ...indices.map((index, slot) => ({
        code: Messages.sample.code,
        payload: Buffer.concat([words(slot, samples.labels[index]), imageOf(samples, index)]),
      })),
      { code: Messages.train.code, payload: words(indices.length, this.#rate()) },
    ];
  }

  /** As learner_digest() of peer-learner.c. */
  get digest() {
    const { buffer, byteOffset, byteLength } = this.#state();
    const state = new Uint32Array(buffer, byteOffset, byteLength / 4);
    let digest = 0xcbf29ce484222325n;
    for (const word of state) digest = BigInt.asUintN(64, (digest ^ BigInt(word)) * 0x100000001b3n);
    return digest;
  }

  get #minibatch() {
    const { memory, peer_images, peer_labels, peer_predictions } = this.exports;
    return {
      images: new Uint8Array(memory.buffer, peer_images.value, this.minibatch * PIXELS),
      labels: new Uint8Array(memory.buffer, peer_labels.value, this.minibatch),
      predictions: new Uint8Array(memory.buffer, peer_predictions.value, this.minibatch),
    };
  }

  #state() {
    const { memory, peer_state, peer_state_size } = this.exports;
    return new Uint8Array(memory.buffer, peer_state(), peer_state_size());
  }

  #rate() {
    const { rate, length } = this.#plan;
    return Math.round(rate * (1 - (this.#step * this.minibatch) / length) * RATE);
  }
}

function imageOf({ images }, index) {
  return images.subarray(index * PIXELS, (index + 1) * PIXELS);
}

function words(...values) {
  return new Uint8Array(Uint32Array.from(values).buffer);
}
