/** How much of a device's work is done again. */
import { UserError } from '../ground/index.js';

/**
 * - `all`: a twin replays everything; every reply must be equal, and at every epoch's end every parameter read back.
 * - `digest`: a twin replays everything; every reply must be equal, whose digests cover all states and weights.
 * - `every`: a twin is given the device's parameters before every n-th minibatch, and replays that one.
 * - `off`: nothing is done again.
 */
export type VerificationLevel =
  | { readonly kind: 'all' | 'digest' | 'off' }
  | { readonly kind: 'every'; readonly minibatches: number };

export const DEFAULT_LEVEL = 'digest';

/** @throws `UserError` for what is no level */
export function parseLevel(text: string): VerificationLevel {
  if (text === 'all' || text === 'digest' || text === 'off') return { kind: text };
  const minibatches = Number(/^every=(\d+)$/.exec(text)?.[1] ?? 0);
  if (minibatches > 0) return { kind: 'every', minibatches };
  throw new UserError(
    `there is no verification '${text}'`,
    "it is 'all', 'digest', 'every=<minibatches>' or 'off'",
  );
}
