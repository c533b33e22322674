/** The twin: the same module on the host, in a thread of its own, fed the same requests as the device. */

import type { Endpoint, LoudName, QuietName, TensorRange, Tensors } from '../endpoint/index.js';
import { DeviceError } from '../endpoint/index.js';
import { DEFAULT_STORAGE, type Storage, WorkerQueue } from '../ground/index.js';
import { type MessageName, Messages, Option, type ReplyOf, type RequestOf } from '../wire/index.js';
import type { Job, KernelChoice, TwinAnswer, TwinTask } from './twin-worker.js';

/** Bytes of arena where nothing else is said: hosts have room. */
export const DEFAULT_ARENA = 256 * 2 ** 20;

export interface TwinOptions {
  /** Bytes of arena (default `DEFAULT_ARENA`). */
  readonly arena?: number;
  /** Run the dense, portable form, so that another way of computing is what is compared. */
  readonly dense?: boolean;
  /** Bits of the weights (default 16). */
  readonly storage?: Storage;
}

export class Twin implements Endpoint, Tensors {
  readonly storage: Storage;
  readonly #queue: WorkerQueue<TwinTask, TwinAnswer>;
  readonly #dense: boolean;
  #quiet: Job[] = [];

  constructor({ arena = DEFAULT_ARENA, dense = false, storage = DEFAULT_STORAGE }: TwinOptions = {}) {
    this.storage = storage;
    this.#dense = dense;
    const choice: KernelChoice = { arena, portable: dense, storage };
    this.#queue = new WorkerQueue('the twin', new URL('./twin-worker.js', import.meta.url), choice);
  }

  async request<N extends LoudName>(name: N, values: RequestOf<N>): Promise<ReplyOf<N>> {
    const message = Messages[name];
    const loud = this.#encode(name, values);
    const quiet = this.#quiet;
    this.#quiet = [];
    const { refused, payload } = await this.#queue.ask({ quiet, loud });
    if (refused) throw DeviceError.decode(payload, message.code);
    return message.reply.decode(payload) as ReplyOf<N>;
  }

  async post<N extends QuietName>(name: N, values: RequestOf<N>): Promise<void> {
    this.#quiet.push(this.#encode(name, values));
  }

  /** The bytes of whole tensors, one after the other, as they are after every `request` given before. */
  async read(ranges: readonly TensorRange[]): Promise<Uint8Array<ArrayBuffer>> {
    const { payload } = await this.#queue.ask({ ranges });
    return payload;
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  #encode<N extends MessageName>(name: N, values: RequestOf<N>): Job {
    const message = Messages[name];
    const seen = name === 'configure' && this.#dense ? asDense(values as RequestOf<'configure'>) : values;
    const payload = (message.request.encode as (v: unknown) => Uint8Array)(seen);
    return { code: message.code, payload };
  }
}

function asDense(values: RequestOf<'configure'>): RequestOf<'configure'> {
  return { ...values, options: values.options | Option.dense };
}
