/**
 * Device and twin in lockstep for every n-th minibatch only. Before it the twin is given the parameters that the device
 * has; that they are what its last reply's digest said is checked with that.
 */

import type { Endpoint, LoudName, QuietName } from '../endpoint/index.js';
import { DeviceError, EndpointTensors, loadParameters, readParameters } from '../endpoint/index.js';
import type { Twin } from '../kernel/index.js';
import type { Graph } from '../model/index.js';
import { decodeGraph } from '../model/index.js';
import type { ReplyOf, RequestOf } from '../wire/index.js';
import { type CheckedEndpoint, Lockstep, VerificationError } from './lockstep.js';

type Posted = (to: Endpoint) => Promise<void>;

/** Requests that only read: quiet posts before them stay pending for the next request that is not one of these. */
const READING: ReadonlySet<LoudName> = new Set(['read', 'statistics'] as const);

export class SampledLockstep implements CheckedEndpoint {
  readonly #lockstep: Lockstep;
  #graph: Graph | undefined;
  /** The digest of the device's parameters, as it last told. */
  #digest = 0n;
  /** Posts that the next request other than a reading consumes: the twin gets them if that request is sampled. */
  #posted: Posted[] = [];
  /** Resolves when everything asked for before is on its way to the device. */
  #issued: Promise<void> = Promise.resolve();
  /** Resolves when everything asked for before was answered. */
  #answered: Promise<unknown> = Promise.resolve();

  constructor(
    readonly device: Endpoint,
    readonly twin: Twin,
    readonly every: number,
  ) {
    // Counted since CONFIGURE, and the twin has not seen every minibatch.
    this.#lockstep = new Lockstep(device, twin, new Set(['saturations']));
  }

  get checked(): number {
    return this.#lockstep.checked;
  }

  async request<N extends LoudName>(name: N, values: RequestOf<N>): Promise<ReplyOf<N>> {
    const issued = await this.#turn();
    const posted = this.#posted;
    if (!READING.has(name)) this.#posted = [];
    if (isConfiguration(values)) this.#graph = decodeGraph(values);
    const samples = name === 'train' && 'step' in values && values.step % this.every === 0;
    const reply = samples
      ? this.#sample(name, values, Number(values.step), posted, issued)
      : name === 'configure'
        ? this.#lockstep.request(name, values, issued)
        : this.#alone(name, values, issued);
    // In the order of asking: a sampled reply waits for the twin, and one asked for later must not be noted before it.
    this.#answered = Promise.allSettled([reply, this.#answered]).then(([answer]) => {
      if (answer.status === 'fulfilled') this.#note(answer.value);
    });
    return reply;
  }

  async post<N extends QuietName>(name: N, values: RequestOf<N>): Promise<void> {
    const issued = await this.#turn();
    this.#posted.push((to) => to.post(name, values));
    const posting = this.device.post(name, values);
    issued();
    await posting;
  }

  /** Waits until what was asked for before is on its way; whoever has the turn ends it. */
  async #turn(): Promise<() => void> {
    const before = this.#issued;
    let end = () => {};
    this.#issued = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    return end;
  }

  #alone<N extends LoudName>(name: N, values: RequestOf<N>, issued: () => void): Promise<ReplyOf<N>> {
    const reply = this.device.request(name, values);
    issued();
    return reply;
  }

  #note(reply: object): void {
    if ('weights' in reply && typeof reply.weights === 'bigint') this.#digest = reply.weights;
    if ('digest' in reply && typeof reply.digest === 'bigint') this.#digest = reply.digest;
  }

  async #sample<N extends LoudName>(
    name: N,
    values: RequestOf<N>,
    step: number,
    posted: readonly Posted[],
    issued: () => void,
  ): Promise<ReplyOf<N>> {
    try {
      await this.#answered;
      await this.#bringUp(step);
      for (const again of posted) await again(this.twin);
      return await this.#lockstep.request(name, values, issued);
    } finally {
      issued();
    }
  }

  /** Gives the twin the device's parameters. */
  async #bringUp(step: number): Promise<void> {
    if (!this.#graph) throw new Error('a minibatch before a network was configured');
    const parameters = await readParameters(new EndpointTensors(this.device), this.#graph, this.twin.storage);
    try {
      await loadParameters(this.twin, parameters, step, this.#digest);
    } catch (error) {
      if (!(error instanceof DeviceError) || error.error !== 'digestMismatch') throw error;
      throw new VerificationError(
        `train ${step}: the device's parameters have not the digest that it told before`,
        { cause: error },
      );
    }
  }
}

function isConfiguration(values: object): values is RequestOf<'configure'> {
  return 'records' in values;
}
