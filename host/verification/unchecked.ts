/** A device alone: nothing of its work is done again. */
import type { Endpoint, LoudName, QuietName } from '../endpoint/index.js';
import type { ReplyOf, RequestOf } from '../wire/index.js';
import type { CheckedEndpoint } from './lockstep.js';

export class Unchecked implements CheckedEndpoint {
  readonly checked = 0;

  constructor(readonly device: Endpoint) {}

  request<N extends LoudName>(name: N, values: RequestOf<N>): Promise<ReplyOf<N>> {
    return this.device.request(name, values);
  }

  post<N extends QuietName>(name: N, values: RequestOf<N>): Promise<void> {
    return this.device.post(name, values);
  }
}
