/** The authors' recipe with TensorFlow.js. */
import { reportFailure } from '../report-failure.js';
import { ownTask } from '../task.js';
import { type Learner, type LearnerOptions, runLearner } from './learner.js';
import { loadTensorFlow, type Tensor, type TensorFlow, type Variable } from './tensorflow.js';

/** A free layer's tensors, one a layer: minibatch · units. */
type Layers = readonly Tensor[];

class TensorNetwork implements Learner {
  readonly #tf: TensorFlow;
  readonly #options: LearnerOptions;
  readonly #weights: readonly Variable[];
  readonly #biases: readonly Variable[];
  /** By minibatch: the order is fixed, so the tensors themselves stay. */
  readonly #kept: (Layers | undefined)[] = [];

  constructor(tf: TensorFlow, options: LearnerOptions) {
    this.#tf = tf;
    this.#options = options;
    const { sizes } = options;
    this.#weights = options.weights.map((matrix, k) =>
      tf.variable(tf.tensor2d(matrix, [sizes[k], sizes[k + 1]])),
    );
    this.#biases = sizes.slice(1).map((units) => tf.variable(tf.zeros([units])));
  }

  train(index: number, images: Float32Array, targets: Float32Array, nudge: number): Float32Array {
    const tf = this.#tf;
    const { sizes, minibatch, freeIterations, nudgedIterations } = this.#options;
    const outputs = sizes[sizes.length - 1];
    return tf.tidy(() => {
      const x = tf.tensor2d(images, [minibatch, sizes[0]]);
      const t = tf.tensor2d(targets, [minibatch, outputs]);
      const start = this.#kept[index] ?? sizes.slice(1).map((units) => tf.zeros([minibatch, units]));
      // Transposed once: a product that transposes by itself takes several times longer.
      const backward = this.#weights.map((matrix, k) => (k === 0 ? undefined : tf.transpose(matrix)));
      const constant = tf.add(tf.matMul(x, this.#weights[0]), this.#biases[0]);
      const relax = (from: Layers, iterations: number, pull: number) => {
        let states = from;
        for (let n = 0; n < iterations; n++) {
          const next = tf.tidy(() => this.#iterate(states, constant, backward, t, pull));
          if (states !== from) for (const tensor of states) tensor.dispose();
          states = next;
        }
        return states;
      };
      const free = relax(start, freeIterations, 0);
      const nudged = relax(free, nudgedIterations, nudge);
      this.#update(x, free, nudged, nudge);
      for (const tensor of this.#kept[index] ?? []) tensor.dispose();
      this.#kept[index] = free.map((tensor) => tf.keep(tensor));
      return free[free.length - 1].dataSync();
    });
  }

  /** s ← clip(s + ε (drive − s + nudge (t − y))), all layers from the same states. */
  #iterate(
    states: Layers,
    constant: Tensor,
    backward: readonly (Tensor | undefined)[],
    targets: Tensor,
    nudge: number,
  ): Layers {
    const tf = this.#tf;
    const { epsilon } = this.#options;
    const last = states.length - 1;
    return states.map((state, k) => {
      let drive = k === 0 ? constant : tf.add(tf.matMul(states[k - 1], this.#weights[k]), this.#biases[k]);
      const above = backward[k + 1];
      if (above) drive = tf.add(drive, tf.matMul(states[k + 1], above));
      let force = tf.sub(drive, state);
      if (k === last && nudge !== 0) force = tf.add(force, tf.mul(tf.sub(targets, state), nudge));
      return tf.clipByValue(tf.add(state, tf.mul(force, epsilon)), 0, 1);
    });
  }

  /** W += α/(β B) Σ (ρρ^β − ρρ⁰), the input's part from the difference: its rates are the same in both. */
  #update(x: Tensor, free: Layers, nudged: Layers, nudge: number): void {
    const tf = this.#tf;
    const product = (a: Tensor, b: Tensor) => tf.matMul(tf.transpose(a), b);
    this.#weights.forEach((matrix, k) => {
      const factor = this.#options.strengths[k] / nudge;
      // Scaled before the product: states are fewer than weights.
      const [after, before] = [nudged[k], free[k]].map((states) => tf.mul(states, factor));
      const difference = tf.sub(after, before);
      const change =
        k === 0
          ? product(x, difference)
          : tf.sub(product(nudged[k - 1], after), product(free[k - 1], before));
      matrix.assign(tf.add(matrix, change));
      const biases = this.#biases[k];
      biases.assign(tf.add(biases, tf.sum(difference, 0)));
    });
  }
}

await reportFailure(async () => {
  const tf = await loadTensorFlow();
  const measurement = await runLearner('tfjs', ownTask(), (options) => new TensorNetwork(tf, options));
  console.log(JSON.stringify({ ...measurement, version: tf.version_core }));
});
