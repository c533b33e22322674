/** A kernel that counts its work; it answers requests as every kernel does, on one thread. */
import { readFileSync } from 'node:fs';
import { instantiateSync } from '@assemblyscript/loader';
import { DeviceError } from '#host/endpoint/device-error';
import type { Outcome } from '#host/kernel/kernel';
import { ErrorPayload, type MessageName, Messages, type ReplyOf, type RequestOf } from '#host/wire/schema';
import type { Requests } from '../ours/tensors.js';
import { eachPhase, type Phase } from './phases.js';

declare const WebAssembly: {
  readonly Memory: new (size: {
    initial: number;
    maximum: number;
    shared: true;
  }) => {
    readonly buffer: SharedArrayBuffer;
  };
};

/** Bytes of arena. */
const ARENA = 2 ** 28;
/** Bytes under way on the line that there is not. */
const WINDOW = 4096;
/** Declarations of the host's build; the portable one brings its own. */
const MEMORY = { initial: 2, maximum: 65536, shared: true } as const;
const ENTRIES = 20_000;
const ATTEMPTS = 20;

interface CountingExports extends Record<string, unknown> {
  readonly memory?: { readonly buffer: ArrayBuffer };
  start(arena: number, window: number): number;
  requestBuffer(): number;
  execute(code: number, length: number): number;
  replyBuffer(): number;
  startClock(): void;
  enter(phase: number): void;
  enterOften(phase: number, times: number): void;
  products(phase: number): number;
  changes(phase: number): number;
  entries(phase: number): number;
  milliseconds(phase: number): number;
  rowMilliseconds(): number;
  rowEntries(): number;
}

export interface PhaseWork {
  /** Multiply-accumulates of rows of a matrix: of weights, or in the contrast of states. */
  readonly products: number;
  /** Weights scaled and rounded. */
  readonly changes: number;
  /** The time of telling the phases apart is not in it. */
  readonly milliseconds: number;
}

export class CountingKernel implements Requests {
  readonly #exports: CountingExports;
  /** Milliseconds. */
  #entryCost = 0;
  readonly #memory: { readonly buffer: ArrayBuffer | SharedArrayBuffer };

  constructor(path: string) {
    const memory = new WebAssembly.Memory(MEMORY);
    const imports = { env: { memory }, counting: { clock: () => performance.now() } };
    this.#exports = instantiateSync<CountingExports>(readFileSync(path), imports).exports;
    this.#memory = this.#exports.memory ?? memory;
    this.#exports.start(ARENA, WINDOW);
  }

  executeEncoded(code: number, payload: Uint8Array): Outcome {
    const kernel = this.#exports;
    new Uint8Array(this.#memory.buffer, kernel.requestBuffer()).set(payload);
    const length = kernel.execute(code, payload.length);
    const refused = length < 0;
    const size = refused ? ErrorPayload.size : length;
    return { refused, payload: new Uint8Array(this.#memory.buffer, kernel.replyBuffer(), size).slice() };
  }

  execute<N extends MessageName>(name: N, request: RequestOf<N>): ReplyOf<N> {
    const message = Messages[name];
    const encoded = (message.request.encode as (values: RequestOf<N>) => Uint8Array)(request);
    const { refused, payload } = this.executeEncoded(message.code, encoded);
    if (refused) throw DeviceError.decode(payload, message.code);
    return message.reply.decode(payload) as ReplyOf<N>;
  }

  /** Time counts from here, until `stopClock`. */
  startClock(): void {
    this.#exports.startClock();
  }

  stopClock(): void {
    this.#exports.enter(0);
  }

  /** All that was done since the kernel began. */
  work(): Readonly<Record<Phase, PhaseWork>> {
    const kernel = this.#exports;
    const net = (milliseconds: number, entries: number) => milliseconds - entries * this.#entryCost;
    const timed = eachPhase((_, number) => net(kernel.milliseconds(number), kernel.entries(number)));
    const rows = net(kernel.rowMilliseconds(), kernel.rowEntries());
    // Rows that were not timed are like those that were.
    const perTimed = rows / (timed.contrast + timed.weights || 1);
    return eachPhase((phase, number) => ({
      products: kernel.products(number),
      changes: kernel.changes(number),
      milliseconds: timed[phase] * (phase === 'contrast' || phase === 'weights' ? 1 + perTimed : 1),
    }));
  }

  /** Finds out what telling the phases apart takes, to leave it out: once the runtime has optimised. */
  calibrate(): void {
    let fastest = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = performance.now();
      this.#exports.enterOften(0, ENTRIES);
      fastest = Math.min(fastest, performance.now() - before);
    }
    this.#entryCost = fastest / ENTRIES;
  }
}
