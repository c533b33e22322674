/** A transition operator of binary pictures: from a picture to the next one's probabilities, at a temperature (Goyal et al. 2017). */
import { glorotLimit } from '../../model/index.js';
import type { Draws } from '../draws.js';

/** A drive that holds a pixel to what it is. */
const PERSISTENCE = 1;
/** Adam's (Kingma & Ba 2015). */
const ADAM = { rate: 1e-3, first: 0.9, second: 0.999, least: 1e-8 } as const;

interface Parameter {
  readonly values: Float64Array;
  readonly gradient: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

export class TransitionOperator {
  readonly #into: Parameter;
  readonly #hiddenBiases: Parameter;
  readonly #outOf: Parameter;
  readonly #biases: Parameter;
  #updates = 0;

  /** Glorot's weights, no biases: a picture of independent pixels, nearly. */
  constructor(
    readonly pixels: number,
    readonly hidden: number,
    draws: Draws,
  ) {
    const limit = glorotLimit(pixels, hidden);
    const drawn = (size: number) =>
      parameter(Float64Array.from({ length: size }, () => draws.uniform(-limit, limit)));
    this.#into = drawn(pixels * hidden);
    this.#outOf = drawn(hidden * pixels);
    this.#hiddenBiases = parameter(new Float64Array(hidden));
    this.#biases = parameter(new Float64Array(pixels));
  }

  /** Probabilities of ink, a pixel each, after a picture of zeros and ones. */
  probabilities(picture: Uint8Array, temperature: number): Float64Array {
    return this.#drives(picture, this.#activities(picture)).map((drive) => logistic(drive / temperature));
  }

  /** Adds the gradient of log p(next | picture). Returns that logarithm, natural. */
  addGradient(picture: Uint8Array, next: Uint8Array, temperature: number): number {
    const { hidden } = this;
    const activities = this.#activities(picture);
    const drives = this.#drives(picture, activities);
    const errors = new Float64Array(hidden);
    const { values, gradient } = this.#outOf;
    const biases = this.#biases.gradient;
    let logarithm = 0;
    for (let i = 0; i < next.length; i++) {
      const probability = logistic(drives[i] / temperature);
      logarithm += logOf(next[i], drives[i] / temperature);
      const delta = (next[i] - probability) / temperature;
      biases[i] += delta;
      for (let j = 0, at = i * hidden; j < hidden; j++, at++) {
        gradient[at] += delta * activities[j];
        errors[j] += delta * values[at];
      }
    }
    const hiddenBiases = this.#hiddenBiases.gradient;
    for (let j = 0; j < hidden; j++) {
      errors[j] *= 1 - activities[j] * activities[j];
      hiddenBiases[j] += errors[j];
    }
    const into = this.#into.gradient;
    picture.forEach((ink, i) => {
      if (ink === 0) return;
      for (let j = 0, at = i * hidden; j < hidden; j++, at++) into[at] += errors[j];
    });
    return logarithm;
  }

  /** Climbs the gradient that was added up, which is then nothing. */
  update(): void {
    this.#updates++;
    for (const one of [this.#into, this.#hiddenBiases, this.#outOf, this.#biases]) climb(one, this.#updates);
  }

  #activities(picture: Uint8Array): Float64Array {
    const { hidden } = this;
    const sums = this.#hiddenBiases.values.slice();
    const { values } = this.#into;
    picture.forEach((ink, i) => {
      if (ink === 0) return;
      for (let j = 0, at = i * hidden; j < hidden; j++, at++) sums[j] += values[at];
    });
    return sums.map(Math.tanh);
  }

  #drives(picture: Uint8Array, activities: Float64Array): Float64Array {
    const { hidden } = this;
    const { values } = this.#outOf;
    return this.#biases.values.map((bias, i) => {
      let sum = bias + PERSISTENCE * (2 * picture[i] - 1);
      for (let j = 0, at = i * hidden; j < hidden; j++, at++) sum += values[at] * activities[j];
      return sum;
    });
  }
}

/** The natural logarithm of a picture's probability where its pixels' are independent. */
export function logProbability(picture: Uint8Array, probabilities: Float64Array): number {
  return picture.reduce(
    (sum, ink, i) => sum + Math.log(ink === 1 ? probabilities[i] : 1 - probabilities[i]),
    0,
  );
}

function logistic(drive: number): number {
  return 1 / (1 + Math.exp(-drive));
}

/** log σ(drive) of ink, log σ(−drive) of none. */
function logOf(ink: number, drive: number): number {
  const towards = ink === 1 ? drive : -drive;
  return towards > 0 ? -Math.log1p(Math.exp(-towards)) : towards - Math.log1p(Math.exp(towards));
}

function parameter(values: Float64Array): Parameter {
  const [gradient, first, second] = Array.from({ length: 3 }, () => new Float64Array(values.length));
  return { values, gradient, first, second };
}

function climb({ values, gradient, first, second }: Parameter, updates: number): void {
  const scale = ADAM.rate * (Math.sqrt(1 - ADAM.second ** updates) / (1 - ADAM.first ** updates));
  for (let i = 0; i < values.length; i++) {
    const slope = gradient[i];
    first[i] += (1 - ADAM.first) * (slope - first[i]);
    second[i] += (1 - ADAM.second) * (slope * slope - second[i]);
    values[i] += (scale * first[i]) / (Math.sqrt(second[i]) + ADAM.least);
    gradient[i] = 0;
  }
}
