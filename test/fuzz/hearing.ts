/** Bytes that a device, or a line that garbles it, may send to a host; and all that the host reads of them. */

import { DeviceError } from '#host/endpoint/index';
import { UserError } from '#host/ground/index';
import { type Frame, FrameSplitter } from '#host/link/frame';
import { decodeFrame, encodeFrame } from '#host/link/index';
import {
  ErrorPayload,
  HEADER,
  MAX_PAYLOAD,
  MAX_REPLY,
  Messages,
  REPLY,
  Signal,
  TRAILER,
} from '#host/wire/index';
import { type DamageName, damages } from './damage.js';
import { Draw } from './draw.js';
import { mutate } from './hostile.js';

const replies = new Map(Object.values(Messages).map(({ code, reply }) => [code | REPLY, reply]));
const types = [...replies.keys(), ...Object.values(Signal), Signal.error, Signal.error];
const damageNames = Object.keys(damages) as readonly DamageName[];

/** Lengths of the greatest frame as it is split off, and one byte more: by that it is known to be too long. */
const LONGEST = Math.ceil(((HEADER + MAX_PAYLOAD + TRAILER) * 255) / 254) + 1;

export interface Heard {
  sent: number;
  whole: number;
  damaged: number;
  /** Payloads that their layout refused. */
  refused: number;
  errors: number;
}

export class Hearing {
  readonly heard: Heard = { sent: 0, whole: 0, damaged: 0, refused: 0, errors: 0 };
  readonly #draw: Draw;
  readonly #splitter = new FrameSplitter();
  /** Bytes sent undamaged, until it is heard. */
  #awaited: Frame | undefined;

  constructor(seed: number, episode: number) {
    this.#draw = new Draw(seed, episode);
  }

  /** One frame, whole or not, in pieces of any size. Throws where the host reads it as it must not. */
  next(): void {
    const draw = this.#draw;
    const frame = this.#frame();
    this.heard.sent++;
    this.#awaited = draw.once(2) ? frame : undefined;
    const bytes = this.#awaited
      ? encodeFrame(frame)
      : damages[draw.pick(damageNames)](draw, frame, this.#frame());
    const piece = draw.once(4) ? draw.between(1, 40) : bytes.length;
    for (let at = 0; at < bytes.length; at += piece)
      for (const encoded of this.#splitter.split(bytes.subarray(at, at + piece))) this.#hear(encoded);
    if (this.#awaited) throw new Error('a whole frame was not heard');
  }

  #frame(): Frame {
    const draw = this.#draw;
    const type = draw.once(30) ? draw.below(256) : draw.pick(types);
    const layout = replies.get(type) ?? ErrorPayload;
    const rest = layout === ErrorPayload ? 0 : draw.length(MAX_REPLY - layout.size);
    const payload = draw.bytes(layout.size + (draw.once(4) ? rest : 0));
    // Numbers of errors and of what they are about are small.
    if (type === Signal.error) payload.set([draw.below(24), 0, draw.below(14), 0], 12);
    return {
      type,
      session: draw.below(0x10000),
      sequence: draw.below(0x10000),
      payload: draw.once(4) ? mutate(draw, payload, MAX_REPLY) : payload,
    };
  }

  #hear(encoded: Uint8Array): void {
    if (encoded.length === 0 || encoded.length > LONGEST || encoded.includes(0))
      throw new Error(`a piece of ${encoded.length} bytes`);
    const frame = decodeFrame(encoded);
    if (!frame) {
      this.heard.damaged++;
      return;
    }
    this.heard.whole++;
    // The only bytes that say the same: a last, empty block is as good as none.
    const again = encodeFrame(frame).subarray(0, -1);
    if (
      Buffer.compare(again, encoded) !== 0 &&
      Buffer.compare(Buffer.concat([again, Uint8Array.of(1)]), encoded) !== 0
    )
      throw new Error('a frame that these bytes do not say');
    if (this.#awaited && Buffer.compare(again, encodeFrame(this.#awaited).subarray(0, -1)) === 0)
      this.#awaited = undefined;
    this.#read(frame);
  }

  #read({ type, payload }: Frame): void {
    try {
      if (type === Signal.error) {
        const { message, error } = DeviceError.decode(payload);
        if (message.length === 0 || /[{}]/.test(message)) throw new Error(`an error that says '${message}'`);
        if (error) this.heard.errors++;
      } else replies.get(type)?.decode(payload);
    } catch (error) {
      // It says which layout the payload does not fit.
      if (!(error instanceof UserError)) throw error;
      this.heard.refused++;
    }
  }
}
