/** Another build of the module, fed the same frames: it learns and predicts the same bits, whatever it was told. */

import type { Frame } from '#host/link/frame';
import { decodeFrame } from '#host/link/index';
import { Messages, REPLY } from '#host/wire/index';
import { WatchedDevice } from './device.js';
import { type Listener, WINDOW } from './examine.js';

/** Builds lay their arenas out differently, and what lies in them before it is written differs with that. */
export const ROOM = 1 << 17;

const { configure, initialise, load, train, evaluate } = Messages;
const CONFIGURE = configure.code | REPLY;
const LOAD = load.code | REPLY;
const compared = new Set([initialise, load, train, evaluate].map(({ code }) => code | REPLY));

export class Beside implements Listener {
  compared = 0;
  #device: WatchedDevice | undefined;
  /** True where one alone took over parameters that it was never sent, as they lay there: until the next network. */
  #apart = false;

  constructor(private readonly module: WebAssembly.Module) {}

  start(_: number, arena: number): void {
    this.#device = new WatchedDevice(this.module, arena, WINDOW);
    this.#apart = false;
  }

  fed(bytes: Uint8Array, answers: readonly Uint8Array[]): void {
    const others = this.#device?.feed(bytes) ?? [];
    for (const [i, answer] of answers.entries()) this.#compare(read(answer), read(others[i]));
  }

  #compare(one: Frame | undefined, other: Frame | undefined): void {
    if (!one || !other || one.type !== other.type) {
      if (one?.type === LOAD || other?.type === LOAD) this.#apart = true;
      return;
    }
    if (one.type === CONFIGURE) this.#apart = false;
    if (this.#apart || !compared.has(one.type)) return;
    this.compared++;
    if (Buffer.compare(one.payload, other.payload) !== 0)
      throw new Error(`two builds answer ${one.type} differently`);
  }
}

function read(answer: Uint8Array | undefined): Frame | undefined {
  return answer && decodeFrame(answer.subarray(0, -1));
}
