/** The module for two cores as two cores run it: two instances over one memory, the second called by the first. */
import { instantiateSync } from '@assemblyscript/loader';
import binaryen from 'binaryen';
import { DeviceError } from '#host/endpoint/index';
import { type Kernel, type KernelExports, portableModule } from '#host/kernel/kernel';
import type { Storage } from '#host/model/index';
import { ErrorPayload, type MessageName, Messages, type ReplyOf, type RequestOf } from '#host/wire/index';

interface PairExports extends KernelExports {
  join(): number;
  help(): void;
}

export type Executor = Pick<Kernel, 'execute'>;

const modules = new Map<Storage, Uint8Array>();

/** The module with its memory imported, and a call where it grows that by nothing. */
function openModule(storage: Storage): Uint8Array {
  const known = modules.get(storage);
  if (known) return known;
  const module = binaryen.readBinary(portableModule(storage, 2));
  module.addMemoryImport('0', 'env', 'memory', false);
  module.addFunctionImport('meet', 'cores', 'meet', binaryen.none, binaryen.i32);
  const text = module.emitText();
  const parts = text.split(/\(memory\.grow\s+\(i32\.const 0\)\s+\)/);
  // A call, and a wait.
  if (parts.length !== 3) throw new Error(`the module grows by nothing ${parts.length - 1} times`);
  const open = binaryen.parseText(parts.join('(call $meet)'));
  const bytes = open.emitBinary();
  module.dispose();
  open.dispose();
  modules.set(storage, bytes);
  return bytes;
}

/** A kernel that two cores run; the second does its part when it is called, before the first one. */
export class PairedKernel implements Executor {
  /** Calls that the second core has answered. */
  answered = 0;
  readonly #first: PairExports;

  constructor(arena: number, storage: Storage = 16) {
    const memory = new WebAssembly.Memory({ initial: 1 });
    let isCalled = false;
    const meet = () => {
      isCalled = !isCalled;
      if (isCalled) {
        this.answered++;
        second.help();
      }
      return 0;
    };
    const module = openModule(storage);
    const instance = () => instantiateSync<PairExports>(module, { env: { memory }, cores: { meet } }).exports;
    this.#first = instance();
    const second = instance();
    this.#first.start(arena, 4096);
    second.join();
  }

  execute<N extends MessageName>(name: N, request: RequestOf<N>): ReplyOf<N> {
    const message = Messages[name];
    const first = this.#first;
    const bytes = (at: number, length: number) => new Uint8Array(first.memory.buffer, at, length);
    const payload = (message.request.encode as (values: RequestOf<N>) => Uint8Array)(request);
    bytes(first.requestBuffer(), payload.length).set(payload);
    const length = first.execute(message.code, payload.length);
    const reply = bytes(first.replyBuffer(), length < 0 ? ErrorPayload.size : length).slice();
    if (length < 0) throw DeviceError.decode(reply, message.code);
    return message.reply.decode(reply) as ReplyOf<N>;
  }
}
