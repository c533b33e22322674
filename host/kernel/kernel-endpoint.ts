/** A kernel in this thread as an endpoint: a device without a line. */

import type { Endpoint, LoudName, QuietName } from '../endpoint/index.js';
import { DeviceError } from '../endpoint/index.js';
import type { ReplyOf, RequestOf } from '../wire/index.js';
import type { Kernel } from './kernel.js';

export class KernelEndpoint implements Endpoint {
  #refusal: unknown;

  constructor(private readonly kernel: Pick<Kernel, 'execute'>) {}

  async request<N extends LoudName>(name: N, values: RequestOf<N>): Promise<ReplyOf<N>> {
    const refusal = this.#refusal;
    this.#refusal = undefined;
    if (refusal) throw refusal;
    return this.kernel.execute(name, values);
  }

  async post<N extends QuietName>(name: N, values: RequestOf<N>): Promise<void> {
    try {
      this.kernel.execute(name, values);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      this.#refusal ??= error;
    }
  }
}
