/** Networks that learn by a few steps of the nudged phase, or by backpropagation: one example at a time. */
import type { Dataset } from '../../data/index.js';
import type { Conditions } from '../conditions.js';
import { descend, nudged } from './beside-backpropagation.js';
import type { Chain } from './chain.js';
import { exampleOf } from './examples.js';

export interface Learning {
  /** Steps of the nudged phase; backpropagation where there are none. */
  readonly steps: number | undefined;
  readonly nudge: number;
  readonly epsilon: number;
  readonly rate: number;
  readonly epochs: number;
  /** Training images. */
  readonly images: number;
}

export interface Learnt {
  readonly steps: number | undefined;
  /** In percent, one an epoch, counted before each update. */
  readonly trainingErrors: readonly number[];
  readonly testError: number;
}

/** Examples between looks at the clock. */
const TOLD = 500;

/** Changes the chain. */
export async function learn(
  chain: Chain,
  { steps, nudge, epsilon, rate, epochs, images }: Learning,
  { training, test, pixels, classes }: Dataset,
  { step: tell }: Pick<Conditions, 'step'>,
): Promise<Learnt> {
  const trainingErrors: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    let wrong = 0;
    for (let n = 0; n < images; n++) {
      if (n % TOLD === 0) await tell(`learning by ${nameOf(steps)}`, epoch * images + n, epochs * images);
      const example = exampleOf(training, pixels, n, classes);
      wrong += Number(chain.answer(example.inputs) !== example.label);
      const energy = nudged(chain, example, nudge);
      descend(energy, epsilon, steps ?? 0);
      chain.learn(
        steps === undefined ? chain.gradient(energy.states, example.target) : energy.estimate(),
        rate,
      );
    }
    trainingErrors.push((100 * wrong) / images);
  }
  let missed = 0;
  for (let n = 0; n < test.count; n++) {
    if (n % TOLD === 0) await tell('testing', n, test.count);
    const { inputs, label } = exampleOf(test, pixels, n, classes);
    missed += Number(chain.answer(inputs) !== label);
  }
  return { steps, trainingErrors, testError: (100 * missed) / test.count };
}

export function nameOf(steps: number | undefined): string {
  return steps === undefined ? 'backpropagation' : `${steps} step${steps === 1 ? '' : 's'}`;
}
