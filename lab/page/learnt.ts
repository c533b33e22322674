/** The network that learnt last on this page: what the other rooms look at. */
import type { NetworkParameters, Recipe } from '#host/model/index.js';

export interface Learnt {
  readonly recipe: Recipe;
  readonly parameters: NetworkParameters;
  /** Digest of its parameters, hexadecimal. */
  readonly digest: string;
}

let last: Learnt | undefined;

export const lastLearnt = (): Learnt | undefined => last;

export function keepLearnt(learnt: Learnt): void {
  last = learnt;
}
