/** The WebAssembly module, instantiated on the host. */
import { type Imports, instantiateSync } from '@assemblyscript/loader';
import { DeviceError } from '../endpoint/index.js';
import { DEFAULT_STORAGE, type Storage } from '../ground/index.js';
import {
  ErrorPayload,
  MAX_PAYLOAD,
  type MessageName,
  Messages,
  type ReplyOf,
  type RequestOf,
} from '../wire/index.js';
import { readModule } from './modules.js';
import type { Trap } from './trap.js';

/** Parts of the runtime's interface that are used directly; the loader does the rest. */
declare const WebAssembly: {
  validate(module: Uint8Array): boolean;
  readonly Memory: new (size: { initial: number; maximum: number; shared: true }) => Memory;
  readonly Module: {
    new (bytes: Uint8Array): CompiledModule;
    imports(module: CompiledModule): readonly { readonly kind: string }[];
  };
};

/** A WebAssembly.Module: another thread can be given it. */
type CompiledModule = object;

/** A WebAssembly.Memory: with the module, what threads share. */
type Memory = NonNullable<NonNullable<Imports['env']>['memory']>;

/** The memory that the host's module declares, in pages of 64 KiB. */
const HOST_MEMORY = { initial: 2, maximum: 65536, shared: true } as const;

/** The module's boundary: addresses and lengths in bytes. */
export interface KernelExports extends Record<string, unknown> {
  readonly memory: { readonly buffer: ArrayBuffer | SharedArrayBuffer; grow(pages: number): number };
  start(arena: number, window: number): number;
  reportFault(cause: number, place: number): void;
  inputBuffer(): number;
  inputCapacity(): number;
  feed(from: number, length: number, more: boolean): number;
  outputBuffer(): number;
  outputLength(): number;
  requestBuffer(): number;
  execute(code: number, length: number): number;
  replyBuffer(): number;
  keepParts(kept: number): void;
  keepParametersAt(address: number, all: boolean): void;
  parametersOf(block: number): number;
  imageOf(slot: number): number;
  outputStates(): number;
  /** Only where threads can help. */
  helpers?(): number;
  dismiss?(): void;
}

export interface Outcome {
  readonly refused: boolean;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Cores of a microcontroller that train together. */
export type Cores = 1 | 2;

/** The portable module's bytes: what every board runs. That for two cores gives the same bits, alone or with help. */
export function portableModule(storage: Storage = DEFAULT_STORAGE, cores: Cores = 1): Uint8Array {
  return readModule(storage, cores === 1 ? '' : '.pair');
}

/** The same source with SIMD and a memory of its own, to be turned into C: the same bits. Undefined for weights of 32 bits. */
export function vectorModule(storage: Storage = DEFAULT_STORAGE): Uint8Array | undefined {
  return storage === 32 ? undefined : readModule(storage, '.simd');
}

/** The fastest module this host can run: the same source with SIMD and threads, where there are any; the same bits. */
export function hostModule(storage: Storage = DEFAULT_STORAGE): Uint8Array {
  const fast = readModule(storage, '.host');
  return WebAssembly.validate(fast) ? fast : portableModule(storage);
}

/** A kernel's parts that a thread needs to help it. */
export interface SharedKernel {
  readonly module: CompiledModule;
  readonly memory: Memory;
}

/** The module's own boundary, for what has no message. */
export let exportsOf: (kernel: Kernel) => KernelExports;

export class Kernel {
  static {
    exportsOf = (kernel) => kernel.#exports;
  }

  /** Bytes of arena there are. */
  readonly arena: number;
  /** Parts that other threads need to help; undefined where the module's memory is its own. */
  readonly shared: SharedKernel | undefined;
  readonly #exports: KernelExports;
  readonly #window: number;

  /**
   * @param arena bytes the network may use; memory grows to them
   * @param window bytes the line may have under way, as told in HELLO
   */
  constructor(arena: number, window = 4096, module: Uint8Array = hostModule()) {
    const compiled = new WebAssembly.Module(module);
    const shares = WebAssembly.Module.imports(compiled).some(({ kind }) => kind === 'memory');
    const memory = shares ? new WebAssembly.Memory(HOST_MEMORY) : undefined;
    this.shared = memory && { module: compiled, memory };
    this.#exports = instantiateSync<KernelExports>(compiled, memory ? { env: { memory } } : {}).exports;
    this.#window = window;
    this.arena = this.#exports.start(arena, window) >>> 0;
  }

  /** Threads that have come to help. They take part from the next CONFIGURE on. */
  get helpers(): number {
    return this.#exports.helpers?.() ?? 0;
  }

  /** The helpers are gone: the next CONFIGURE is for this thread alone. */
  dismissHelpers(): void {
    this.#exports.dismiss?.();
  }

  /** Starts the device anew after a trap, as a board does. Returns the bytes that tell the host of it. */
  restart({ cause, place }: Trap): Uint8Array {
    const kernel = this.#exports;
    kernel.start(this.arena, this.#window);
    kernel.reportFault(cause, place);
    return this.#bytes(kernel.outputBuffer(), kernel.outputLength()).slice();
  }

  /**
   * Feeds bytes from the line to the device's end of the link; `send` gets each answer's bytes, in order.
   * @param hasMore whether more have come: what takes long waits for the last of them
   */
  feed(bytes: Uint8Array, send: (answer: Uint8Array) => void, hasMore = () => false): void {
    const kernel = this.#exports;
    const capacity = kernel.inputCapacity();
    for (let start = 0; start < bytes.length; start += capacity) {
      const chunk = bytes.subarray(start, start + capacity);
      this.#bytes(kernel.inputBuffer(), chunk.length).set(chunk);
      for (let from = 0; from < chunk.length; ) {
        from = kernel.feed(from, chunk.length, start + capacity < bytes.length || hasMore());
        const length = kernel.outputLength();
        if (length > 0) send(this.#bytes(kernel.outputBuffer(), length).slice());
      }
    }
  }

  /** Runs one encoded request without a link; the payload is the reply's, or the error's where it was refused. */
  executeEncoded(code: number, payload: Uint8Array): Outcome {
    if (payload.length > MAX_PAYLOAD)
      throw new RangeError(`a request of ${payload.length} bytes, ${MAX_PAYLOAD} are possible`);
    const kernel = this.#exports;
    this.#bytes(kernel.requestBuffer(), payload.length).set(payload);
    const length = kernel.execute(code, payload.length);
    const refused = length < 0;
    const reply = this.#bytes(kernel.replyBuffer(), refused ? ErrorPayload.size : length);
    return { refused, payload: reply.slice() };
  }

  /** Runs one request without a link. Throws `DeviceError`. */
  execute<N extends MessageName>(name: N, request: RequestOf<N>): ReplyOf<N> {
    const message = Messages[name];
    const encoded = (message.request.encode as (values: RequestOf<N>) => Uint8Array)(request);
    const { refused, payload } = this.executeEncoded(message.code, encoded);
    if (refused) throw DeviceError.decode(payload, message.code);
    return message.reply.decode(payload) as ReplyOf<N>;
  }

  #bytes(at: number, length: number): Uint8Array<ArrayBuffer | SharedArrayBuffer> {
    return new Uint8Array(this.#exports.memory.buffer, at, length);
  }
}
