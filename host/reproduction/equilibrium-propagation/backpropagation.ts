/**
 * The yardstick beside equilibrium propagation: a feedforward network of the same sizes, in float64, trained by
 * backpropagation and plain stochastic gradient descent. Rectified hidden units, softmax outputs, cross-entropy.
 */
import { ActiveRates, firstGreatest, PIXEL_RATE } from '../../reference/index.js';

/** n · pixels bytes and n bytes. */
export interface Labelled {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

export interface Gradient {
  /** ∂loss/∂W_k and ∂loss/∂b_k, shaped as the network's, of the mean cross-entropy. */
  readonly weights: readonly Float64Array[];
  readonly biases: readonly Float64Array[];
  /** Mean cross-entropy, in nats. */
  readonly loss: number;
  readonly wrong: number;
}

/** A chain of layers, their sizes input first, with a matrix, row-major [pre][post], and biases between each two. */
export interface FeedforwardNetwork {
  readonly sizes: readonly number[];
  readonly weights: readonly Float64Array[];
  readonly biases: readonly Float64Array[];
}

/** A network's forward and backward pass; its weights and biases are trained in place. */
export class Backpropagation {
  /** Activations of each layer, input first; the last holds softmax's probabilities. */
  readonly #activations: readonly Float64Array[];
  readonly #active: readonly ActiveRates[];
  /** ∂loss/∂drive of each layer after the input. */
  readonly #errors: readonly Float64Array[];
  readonly #gradient: Pick<Gradient, 'weights' | 'biases'>;

  constructor(readonly network: FeedforwardNetwork) {
    const { sizes, weights, biases } = network;
    this.#activations = sizes.map((width) => new Float64Array(width));
    this.#active = sizes.map((width) => new ActiveRates(width));
    this.#errors = sizes.slice(1).map((width) => new Float64Array(width));
    this.#gradient = {
      weights: weights.map((matrix) => new Float64Array(matrix.length)),
      biases: biases.map((vector) => new Float64Array(vector.length)),
    };
  }

  /** One step of gradient descent; returns wrong predictions before it. */
  train(batch: Labelled, rate: number): number {
    const { weights, biases, wrong } = this.gradient(batch);
    weights.forEach((matrix, k) => {
      addScaled(this.network.weights[k], 0, matrix, -rate);
    });
    biases.forEach((vector, k) => {
      addScaled(this.network.biases[k], 0, vector, -rate);
    });
    return wrong;
  }

  /** The arrays are used again by the next call. */
  gradient({ images, labels }: Labelled): Gradient {
    const { weights, biases } = this.#gradient;
    for (const array of [...weights, ...biases]) array.fill(0);
    let loss = 0;
    let wrong = 0;
    for (let n = 0; n < labels.length; n++) {
      const outputs = this.#forward(images, n);
      loss -= Math.log(outputs[labels[n]]) / labels.length;
      wrong += Number(firstGreatest(outputs) !== labels[n]);
      this.#backward(labels[n], 1 / labels.length);
    }
    return { weights, biases, loss, wrong };
  }

  /** Wrong predictions. */
  wrong({ images, labels }: Labelled): number {
    return labels.reduce(
      (sum, label, n) => sum + Number(firstGreatest(this.#forward(images, n)) !== label),
      0,
    );
  }

  /** @returns probabilities of the classes for image n */
  #forward(images: Uint8Array, n: number): Float64Array {
    const { sizes, weights, biases } = this.network;
    const [input] = this.#activations;
    for (let i = 0; i < sizes[0]; i++) input[i] = images[n * sizes[0] + i] * PIXEL_RATE;
    for (let k = 0; k < weights.length; k++) {
      const from = this.#active[k];
      const to = this.#activations[k + 1];
      from.collectStates(this.#activations[k], 0);
      to.set(biases[k]);
      from.addRows(weights[k], to.length, to, 0);
      if (k + 1 < weights.length) rectify(to);
      else softmax(to);
    }
    return this.#activations[weights.length];
  }

  /** Adds `share` of the last forward pass's gradient. */
  #backward(label: number, share: number): void {
    const { weights } = this.network;
    const last = weights.length - 1;
    this.#activations[last + 1].forEach((probability, j) => {
      this.#errors[last][j] = share * (probability - Number(j === label));
    });
    for (let k = last; k >= 0; k--) {
      const error = this.#errors[k];
      const width = error.length;
      addScaled(this.#gradient.biases[k], 0, error, 1);
      this.#activations[k].forEach((activation, i) => {
        // A rectified unit at zero passes nothing on and learns nothing.
        if (k > 0) this.#errors[k - 1][i] = activation === 0 ? 0 : dot(weights[k], i * width, error);
        if (activation !== 0) addScaled(this.#gradient.weights[k], i * width, error, activation);
      });
    }
  }
}

function rectify(values: Float64Array): void {
  for (let j = 0; j < values.length; j++) if (values[j] < 0) values[j] = 0;
}

function softmax(values: Float64Array): void {
  const greatest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (let j = 0; j < values.length; j++) {
    values[j] = Math.exp(values[j] - greatest);
    sum += values[j];
  }
  for (let j = 0; j < values.length; j++) values[j] /= sum;
}

function addScaled(target: Float64Array, at: number, terms: Float64Array, factor: number): void {
  for (let j = 0; j < terms.length; j++) target[at + j] += factor * terms[j];
}

function dot(matrix: Float64Array, at: number, vector: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < vector.length; j++) sum += matrix[at + j] * vector[j];
  return sum;
}
