/** A run's answers over its minibatches: neighbours are joined, so that they fit a chart however many there are. */
import type { Tally } from '../records/index.js';

/** Minibatches of a stretch at first. */
const FIRST = 10;
const MOST = 240;

/** Sums over neighbouring minibatches. */
export interface Stretch
  extends Pick<Tally, 'samples' | 'wrong' | 'cost' | 'freeIterations' | 'nudgedIterations'> {
  minibatches: number;
  /** Minibatches applied, the last of these among them. */
  step: number;
}

export class Stretches {
  #list: Stretch[] = [];
  #each = FIRST;

  get list(): readonly Stretch[] {
    return this.#list;
  }

  add(step: number, { samples, wrong, cost, freeIterations, nudgedIterations }: Tally): void {
    this.#join({ minibatches: 1, step, samples, wrong, cost, freeIterations, nudgedIterations });
    if (this.#list.length <= MOST) return;
    this.#each *= 2;
    const before = this.#list;
    this.#list = [];
    for (const stretch of before) this.#join(stretch);
  }

  #join(next: Stretch): void {
    const last = this.#list.at(-1);
    if (!last || last.minibatches >= this.#each) {
      this.#list.push(next);
      return;
    }
    last.minibatches += next.minibatches;
    last.step = next.step;
    last.samples += next.samples;
    last.wrong += next.wrong;
    last.cost += next.cost;
    last.freeIterations += next.freeIterations;
    last.nudgedIterations += next.nudgedIterations;
  }
}
