/** The network that learnt last on this page: what the other rooms look at. */
import type { Dataset } from '#host/data/index.js';
import type { NetworkParameters, Recipe } from '#host/model/index.js';

export interface Learnt {
  readonly recipe: Recipe;
  readonly parameters: NetworkParameters;
  /** Digest of its parameters, hexadecimal. */
  readonly digest: string;
}

/** Rows and columns of a digit, as rooms draw it. */
const DIGIT = 28;

/** True of data whose images other rooms can draw: grey, as large as digits are. */
export function isDrawable({ rows, columns, pixels }: Pick<Dataset, 'rows' | 'columns' | 'pixels'>): boolean {
  return rows === DIGIT && columns === DIGIT && pixels === DIGIT * DIGIT;
}

let last: Learnt | undefined;

export const lastLearnt = (): Learnt | undefined => last;

export function keepLearnt(learnt: Learnt): void {
  last = learnt;
}
