/** Estimates of the feedforward-compatible energy beside the gradient of backpropagation, layer by layer. */
import { Draws } from '../draws.js';
import { cosine, norm } from '../statistics.js';
import { addOuter, Chain, logistic, rectifier, tanh } from './chain.js';
import { greatestCurvature } from './curvature.js';
import type { Example } from './examples.js';
import { FeedforwardEnergy } from './feedforward-energy.js';

/** Hidden units, and steps that the energy's curvature allows at Glorot's weights. */
export const UNITS = {
  logistic: { hidden: logistic, epsilon: 0.25 },
  tanh: { hidden: tanh, epsilon: 0.1 },
  rectifier: { hidden: rectifier, epsilon: 0.05 },
} as const;
export type Units = keyof typeof UNITS;

/** A value a layer of weights, from the inputs up. */
export interface Beside {
  /** With the gradient; NaN where nothing has come. */
  readonly cosines: readonly number[];
  /** In units of the gradient's. */
  readonly sizes: readonly number[];
}

/** Greatest |∂F/∂h| of a state that has settled, in units of β, and how many steps it may take. */
const SETTLED = 1e-9;
const LONGEST = 10_000;

/** At Glorot's weights, with logistic outputs. */
export function initialChain(sizes: readonly number[], units: Units, seed: number): Chain {
  const activations = sizes.slice(1).map((_, k) => (k < sizes.length - 2 ? UNITS[units].hidden : logistic));
  return Chain.initial(sizes, activations, new Draws(seed, 0));
}

/** The energy at the feedforward pass. */
export function nudged(chain: Chain, { inputs, target }: Example, nudge: number): FeedforwardEnergy {
  return new FeedforwardEnergy(chain, chain.forward(inputs), target, nudge);
}

export function descend(energy: FeedforwardEnergy, epsilon: number, steps: number): void {
  for (let n = 0; n < steps; n++) energy.step(epsilon);
}

/**
 * Descends to the minimum; returns false where it goes to and fro beside it, as it does where a rectifier's slope jumps.
 * @param epsilon the greatest step: half of what the curvature allows is taken where that is less
 */
export function settle(energy: FeedforwardEnergy, epsilon: number): boolean {
  const steepest = greatestCurvature(energy.chain, energy.states);
  // The nudge curves the energy, too.
  const own = 1 / (Math.max(1 / epsilon, steepest) + energy.nudge);
  for (let n = 0; n < LONGEST; n++) if (energy.step(own) <= SETTLED * energy.nudge) return true;
  return false;
}

/** The greatest of ε, ε/2, ε/4 … by which the descent from no example's pass grows. */
export function stableStep(chain: Chain, examples: readonly Example[], epsilon: number): number {
  const steepest = Math.max(...examples.map(({ inputs }) => greatestCurvature(chain, chain.forward(inputs))));
  let step = epsilon;
  while (step * steepest >= 2) step /= 2;
  return step;
}

/** Both summed over the examples. @param relax brings the nudged energy to where it is read */
export function besideBackpropagation(
  chain: Chain,
  examples: readonly Example[],
  nudge: number,
  relax: (energy: FeedforwardEnergy) => void,
): Beside {
  const zeros = () => chain.weights.map((matrix) => new Float64Array(matrix.length));
  const [estimates, gradients] = [zeros(), zeros()];
  for (const example of examples) {
    const energy = nudged(chain, example, nudge);
    relax(energy);
    const gradient = chain.gradient(chain.forward(example.inputs), example.target);
    energy.estimate().forEach((update, k) => {
      addOuter(estimates[k], update, 1);
      addOuter(gradients[k], gradient[k], 1);
    });
  }
  return {
    cosines: estimates.map((one, k) => cosine([one], [gradients[k]])),
    sizes: estimates.map((one, k) => norm(one) / norm(gradients[k])),
  };
}
