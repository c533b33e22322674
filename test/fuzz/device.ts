/** The module behind its boundary, with all of its memory in sight. */
import { ErrorPayload, Errors, MAX_PAYLOAD, MAX_REPLY, Messages, TRAILER } from '#host/wire/index';

const PAGE = 0x10000;
const GUARD = 0xa5;

interface Exports {
  readonly memory?: WebAssembly.Memory;
  readonly __heap_base: WebAssembly.Global;
  start(arena: number, window: number): number;
  inputBuffer(): number;
  inputCapacity(): number;
  feed(from: number, length: number, more: boolean): number;
  outputBuffer(): number;
  outputLength(): number;
  requestBuffer(): number;
  execute(code: number, length: number): number;
  replyBuffer(): number;
}

/** With its memory, whoever's it is. */
function instantiate(module: WebAssembly.Module): Exports & { readonly data: WebAssembly.Memory } {
  const shares = WebAssembly.Module.imports(module).length > 0;
  const pages = { initial: 2, maximum: PAGE, shared: true };
  const imported = shares ? new WebAssembly.Memory(pages) : undefined;
  const instance = new WebAssembly.Instance(module, imported ? { env: { memory: imported } } : {});
  const exports = instance.exports as unknown as Exports;
  return { ...exports, data: imported ?? exports.memory! };
}

export class WatchedDevice {
  /** Bytes of the whole memory that the device knows of. */
  readonly memoryBytes: number;
  /** The arena, but for its end, where requests may be held. */
  readonly network: Buffer;
  /** Bytes that it takes at once. */
  readonly inputCapacity: number;
  readonly #exports: ReturnType<typeof instantiate>;
  readonly #memory: Buffer;
  readonly #guard: Buffer;
  readonly #untouched: Buffer;
  readonly #constants: readonly (readonly [at: number, bytes: Buffer])[];
  readonly #zeros: readonly (readonly [from: number, end: number])[];

  constructor(module: WebAssembly.Module, arena: number, window: number) {
    this.#exports = instantiate(module);
    const memory = this.#exports.data;
    const data = Buffer.from(memory.buffer);
    this.inputCapacity = this.#exports.inputCapacity();
    const origin = (this.#exports.__heap_base.value + 7) & ~7;
    this.memoryBytes = origin + arena;
    this.#constants = constantsIn(data.subarray(0, origin));
    if (this.#exports.start(arena, window) !== arena) throw new Error(`there are no ${arena} bytes of arena`);
    this.#memory = Buffer.from(memory.buffer);
    this.network = this.#memory.subarray(origin, origin + Math.max(arena - window, 0));
    this.#guard = this.#memory.subarray(origin + arena).fill(GUARD);
    this.#untouched = Buffer.alloc(this.#guard.length, GUARD);
    const request = this.#exports.requestBuffer() + MAX_PAYLOAD + TRAILER;
    const reply = this.#exports.replyBuffer() + MAX_REPLY + TRAILER;
    // Nothing lies at null, nor between a longest frame and the next buffer.
    this.#zeros = [
      [0, 16],
      [request, request + 4],
      [reply, reply + 4],
    ];
  }

  /** The answers to these bytes, in order. */
  feed(bytes: Uint8Array): Buffer[] {
    const device = this.#exports;
    const input = device.inputBuffer();
    const capacity = this.inputCapacity;
    const answers: Buffer[] = [];
    for (let start = 0; start < bytes.length; start += capacity) {
      const chunk = bytes.subarray(start, start + capacity);
      this.#memory.set(chunk, input);
      for (let from = 0; from < chunk.length; ) {
        from = device.feed(from, chunk.length, start + capacity < bytes.length);
        const length = device.outputLength();
        if (length === 0) continue;
        const at = device.outputBuffer();
        answers.push(Buffer.from(this.#memory.subarray(at, at + length)));
      }
    }
    return answers;
  }

  /** Whatever the device must never write to; the first byte of it that it has written to, or −1. */
  firstDamage(): number {
    for (const [at, bytes] of this.#constants)
      if (this.#memory.compare(bytes, 0, bytes.length, at, at + bytes.length) !== 0) return at;
    for (const [from, end] of this.#zeros)
      for (let at = from; at < end; at++) if (this.#memory[at] !== 0) return at;
    if (Buffer.compare(this.#guard, this.#untouched) === 0) return -1;
    return this.memoryBytes + this.#guard.findIndex((byte) => byte !== GUARD);
  }
}

/**
 * A module with an arena, which tells how many bytes a CONFIGURE's network takes of it, or would need at least; nothing where
 * it refuses it.
 */
export function measurer(
  module: WebAssembly.Module,
  arena: number,
): (configure: Uint8Array) => number | undefined {
  const device = instantiate(module);
  device.start(arena, 0);
  return (payload) => {
    const { configure } = Messages;
    Buffer.from(device.data.buffer).set(payload, device.requestBuffer());
    const length = device.execute(configure.code, payload.length);
    const reply = (size: number) => Buffer.from(device.data.buffer, device.replyBuffer(), size);
    if (length >= 0) return configure.reply.decode(reply(length)).needed;
    const { code, value } = ErrorPayload.decode(reply(ErrorPayload.size));
    return code === Errors.arenaTooSmall[0] ? value : undefined;
  };
}

/** Bytes that a module's memory begins with, besides zeros, are constant. */
function constantsIn(data: Buffer): readonly (readonly [number, Buffer])[] {
  const constants: [number, Buffer][] = [];
  const isData = (at: number) => data.subarray(at, at + 8).some((byte) => byte !== 0);
  for (let at = 0; at < data.length; at++) {
    if (data[at] === 0) continue;
    let end = at;
    while (end < data.length && isData(end)) end++;
    constants.push([at, Buffer.from(data.subarray(at, end))]);
    at = end;
  }
  return constants;
}
