import { epochOrder, type Samples } from '../data/index.js';
import { ActiveRates, PIXEL_RATE } from './active.js';

/** Products that training may take, about a second; then fewer epochs, and of very many examples a part. */
const PRODUCTS = 5e8;
const MOST_EPOCHS = 100;
/** The first step, in units of 1/‖x‖² of the mean example; steps fall to 0 by the end. */
const STEP = 0.25;
const SEED = 1;

/**
 * A yardstick: softmax regression on a network's own inputs, byte/256, in float64. From weights of 0, by stochastic gradient
 * descent an example at a time, in orders that a fixed seed draws: the same data make the same one. An epoch without a
 * mistake is the last.
 */
export class LinearClassifier {
  /** Examples that it was trained on, spread evenly over those given. */
  readonly examples: number;
  readonly #pixels: number;
  readonly #active: ActiveRates;
  /** Row-major [pixel][class]. */
  readonly #weights: Float64Array;
  readonly #biases: Float64Array;
  readonly #outputs: Float64Array;

  /**
   * @param samples one or more
   * @param classes more than the greatest label of any samples that it will meet
   */
  constructor(samples: Samples, classes: number) {
    this.#pixels = samples.images.length / samples.count;
    this.#active = new ActiveRates(this.#pixels);
    this.#weights = new Float64Array(this.#pixels * classes);
    this.#biases = new Float64Array(classes);
    this.#outputs = new Float64Array(classes);
    const { lit, energy } = brightnessOf(samples);
    // Forward and back.
    const products = 2 * (lit + 1) * classes;
    this.examples = Math.max(1, Math.min(samples.count, Math.floor(PRODUCTS / products)));
    const epochs = Math.max(1, Math.min(MOST_EPOCHS, Math.floor(PRODUCTS / (products * this.examples))));
    this.#train(samples, epochs, STEP / (energy + 1));
  }

  /** Wrong answers. */
  wrong(samples: Samples): number {
    return samples.labels.reduce((sum, label, n) => sum + Number(this.#answer(samples, n) !== label), 0);
  }

  #train(samples: Samples, epochs: number, first: number): void {
    const steps = epochs * this.examples;
    for (let epoch = 0; epoch < epochs; epoch++) {
      let wrong = 0;
      epochOrder(this.examples, SEED, epoch).forEach((place, n) => {
        const example = Math.floor((place * samples.count) / this.examples);
        const label = samples.labels[example];
        wrong += Number(this.#answer(samples, example) !== label);
        this.#descend(label, first * (1 - (epoch * this.examples + n) / steps));
      });
      if (wrong === 0) return;
    }
  }

  /** @returns the class whose output is greatest, the first of equals; outputs and lit pixels are those of example n then */
  #answer({ images }: Samples, n: number): number {
    const outputs = this.#outputs;
    this.#active.collectPixels(images, n * this.#pixels, 1);
    outputs.set(this.#biases);
    this.#active.addRows(this.#weights, outputs.length, outputs, 0);
    let best = 0;
    for (let j = 1; j < outputs.length; j++) if (outputs[j] > outputs[best]) best = j;
    return best;
  }

  /** A step down the cross-entropy of the example that was answered last. */
  #descend(label: number, rate: number): void {
    const [outputs, weights, biases] = [this.#outputs, this.#weights, this.#biases];
    const classes = outputs.length;
    const greatest = outputs.reduce((most, output) => Math.max(most, output), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (let j = 0; j < classes; j++) {
      outputs[j] = Math.exp(outputs[j] - greatest);
      sum += outputs[j];
    }
    for (let j = 0; j < classes; j++) {
      outputs[j] = rate * (Number(j === label) - outputs[j] / sum);
      biases[j] += outputs[j];
    }
    this.#active.forEach((pixel, value) => {
      for (let j = 0, at = pixel * classes; j < classes; j++, at++) weights[at] += value * outputs[j];
    });
  }
}

/** The mean example's pixels that are not 0, and its ‖x‖². */
function brightnessOf({ images, count }: Samples): { readonly lit: number; readonly energy: number } {
  let lit = 0;
  let squares = 0;
  for (const byte of images) {
    lit += Number(byte !== 0);
    squares += byte * byte;
  }
  return { lit: lit / count, energy: (squares * PIXEL_RATE ** 2) / count };
}
