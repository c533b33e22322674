import type { MessageName, Messages, ReplyOf, RequestOf } from '../wire/index.js';

/** Messages that are acknowledged but not replied to. */
export type QuietName = {
  [Name in MessageName]: (typeof Messages)[Name]['quiet'] extends true ? Name : never;
}[MessageName];
export type LoudName = Exclude<MessageName, QuietName | 'hello' | 'poll'>;

/**
 * Whatever runs requests, in the order they are given: a device behind a link, the twin, or both in lockstep.
 * Requests may be given before earlier ones were answered.
 */
export interface Endpoint {
  /** Resolves with the reply; rejects with `DeviceError` when this or an earlier quiet request was refused. */
  request<N extends LoudName>(name: N, values: RequestOf<N>): Promise<ReplyOf<N>>;
  /** Resolves when there is room for more. A refusal rejects the next `request`, which then does not run. */
  post<N extends QuietName>(name: N, values: RequestOf<N>): Promise<void>;
}
