/** The authors' recipe as a dense program in float32 typed arrays, by hand and without a library. */
import { reportFailure } from '../report-failure.js';
import { ownTask } from '../task.js';
import { type Learner, type LearnerOptions, runLearner } from './learner.js';
import { addBackward, addForward, addOuter } from './rows.js';

/** Numbers of each free layer, minibatch · units. */
type Layers = readonly Float32Array[];

class PlainNetwork implements Learner {
  readonly #options: LearnerOptions;
  /** Units of the free layers. */
  readonly #units: readonly number[];
  readonly #biases: readonly Float32Array[];
  /** States of each free layer, of all examples. */
  readonly #kept: Layers;
  /** Drives by the clamped input and the biases; the same in both phases. */
  readonly #constant: Layers;
  readonly #drives: Layers;
  readonly #free: Layers;
  readonly #nudged: Layers;
  readonly #difference: Layers;

  constructor(options: LearnerOptions) {
    this.#options = options;
    const { minibatch, minibatches } = options;
    this.#units = options.sizes.slice(1);
    const layers = (samples: number) => this.#units.map((units) => new Float32Array(samples * units));
    this.#biases = layers(1);
    this.#kept = layers(minibatches * minibatch);
    this.#constant = layers(minibatch);
    this.#drives = layers(minibatch);
    this.#free = layers(minibatch);
    this.#nudged = layers(minibatch);
    this.#difference = layers(minibatch);
  }

  train(index: number, images: Float32Array, targets: Float32Array, nudge: number): Float32Array {
    const { freeIterations, nudgedIterations } = this.#options;
    const keptAt = (k: number) => {
      const length = this.#free[k].length;
      return this.#kept[k].subarray(index * length, (index + 1) * length);
    };
    this.#free.forEach((states, k) => {
      states.set(keptAt(k));
    });
    this.#driveConstantly(images);
    for (let n = 0; n < freeIterations; n++) this.#iterate(this.#free, targets, 0);
    this.#free.forEach((states, k) => {
      keptAt(k).set(states);
      this.#nudged[k].set(states);
    });
    for (let n = 0; n < nudgedIterations; n++) this.#iterate(this.#nudged, targets, nudge);
    this.#update(images, nudge);
    return this.#free[this.#free.length - 1];
  }

  #driveConstantly(images: Float32Array): void {
    const { sizes, weights, minibatch } = this.#options;
    this.#constant.forEach((constant, k) => {
      for (let n = 0; n < minibatch; n++) constant.set(this.#biases[k], n * this.#units[k]);
    });
    addForward(images, weights[0], this.#constant[0], minibatch, sizes[0], sizes[1]);
  }

  /** s ← clip(s + ε (drive − s + nudge (t − y))), all layers from the same states. */
  #iterate(states: Layers, targets: Float32Array, nudge: number): void {
    const { sizes, weights, minibatch, epsilon } = this.#options;
    const last = states.length - 1;
    this.#drives.forEach((drive, k) => {
      drive.set(this.#constant[k]);
      if (k > 0) addForward(states[k - 1], weights[k], drive, minibatch, sizes[k], sizes[k + 1]);
      if (k < last) addBackward(states[k + 1], weights[k + 1], drive, minibatch, sizes[k + 1], sizes[k + 2]);
    });
    states.forEach((layer, k) => {
      const drive = this.#drives[k];
      if (k === last && nudge !== 0)
        for (let at = 0; at < layer.length; at++) drive[at] += nudge * (targets[at] - layer[at]);
      for (let at = 0; at < layer.length; at++) {
        const state = layer[at] + epsilon * (drive[at] - layer[at]);
        layer[at] = state < 0 ? 0 : state > 1 ? 1 : state;
      }
    });
  }

  /** W += α/(β B) Σ (ρρ^β − ρρ⁰), the input's part from the difference: its rates are the same in both. */
  #update(images: Float32Array, nudge: number): void {
    const { sizes, weights, strengths, minibatch } = this.#options;
    weights.forEach((matrix, k) => {
      const factor = strengths[k] / nudge;
      const free = this.#free[k];
      const nudged = this.#nudged[k];
      const difference = this.#difference[k];
      for (let at = 0; at < free.length; at++) difference[at] = nudged[at] - free[at];
      const [pre, post] = [sizes[k], sizes[k + 1]];
      if (k === 0) {
        addOuter(factor, images, difference, matrix, minibatch, pre, post);
      } else {
        addOuter(factor, this.#nudged[k - 1], nudged, matrix, minibatch, pre, post);
        addOuter(-factor, this.#free[k - 1], free, matrix, minibatch, pre, post);
      }
      const biases = this.#biases[k];
      for (let at = 0; at < difference.length; at++) biases[at % post] += factor * difference[at];
    });
  }
}

await reportFailure(async () => {
  const measurement = await runLearner('plain', ownTask(), (options) => new PlainNetwork(options));
  console.log(JSON.stringify(measurement));
});
