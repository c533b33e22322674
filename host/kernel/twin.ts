/** The twin: the same module on the host, in a thread of its own, fed the same requests as the device. */
import { Worker } from 'node:worker_threads';
import { DeviceError } from '../link/device-error.js';
import type { Endpoint, LoudName, QuietName } from '../link/endpoint.js';
import { type MessageName, Messages, Option, type ReplyOf, type RequestOf } from '../link/schema.js';
import type { Job, KernelChoice, TensorRange, TwinAnswer, TwinTask } from './twin-worker.js';

export interface TwinOptions {
  /** Bytes of arena (default 256 MiB: hosts have room). */
  readonly arena?: number;
  /** Run the dense, portable form, so that another way of computing is what is compared. */
  readonly dense?: boolean;
}

interface Expectation {
  readonly resolve: (answer: TwinAnswer) => void;
  readonly reject: (error: Error) => void;
}

export class Twin implements Endpoint {
  readonly #worker: Worker;
  readonly #dense: boolean;
  #quiet: Job[] = [];
  #expectations: Expectation[] = [];
  #failure: Error | undefined;

  constructor({ arena = 256 * 2 ** 20, dense = false }: TwinOptions = {}) {
    this.#dense = dense;
    const workerData: KernelChoice = { arena, portable: dense };
    this.#worker = new Worker(new URL('./twin-worker.js', import.meta.url), { workerData, execArgv: [] });
    this.#worker.on('message', (answer: TwinAnswer) => this.#expectations.shift()?.resolve(answer));
    this.#worker.on('error', (error) => this.#fail(new Error(`the twin stopped: ${error.message}`)));
    this.#worker.on('exit', () => this.#fail(new Error('the twin has stopped')));
  }

  async request<N extends LoudName>(name: N, values: RequestOf<N>): Promise<ReplyOf<N>> {
    const message = Messages[name];
    const jobs = [...this.#quiet, this.#encode(name, values)];
    this.#quiet = [];
    const { refused, payload } = await this.#ask({ jobs });
    if (refused) throw DeviceError.decode(payload, message.code);
    return message.reply.decode(payload) as ReplyOf<N>;
  }

  async post<N extends QuietName>(name: N, values: RequestOf<N>): Promise<void> {
    this.#quiet.push(this.#encode(name, values));
  }

  /** The bytes of whole tensors, one after the other, as they are after every `request` given before. */
  async read(ranges: readonly TensorRange[]): Promise<Uint8Array<ArrayBuffer>> {
    const { payload } = await this.#ask({ ranges });
    return payload;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #encode<N extends MessageName>(name: N, values: RequestOf<N>): Job {
    const message = Messages[name];
    const seen = name === 'configure' && this.#dense ? asDense(values as RequestOf<'configure'>) : values;
    const payload = (message.request.encode as (v: unknown) => Uint8Array)(seen);
    return { code: message.code, payload };
  }

  #ask(task: TwinTask): Promise<TwinAnswer> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#expectations.push({ resolve, reject });
      this.#worker.postMessage(task);
    });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#expectations.splice(0)) reject(this.#failure);
  }
}

function asDense(values: RequestOf<'configure'>): RequestOf<'configure'> {
  return { ...values, options: values.options | Option.dense };
}
