/** Frames: header, payload, check, stuffed. The layout is told in `schema.ts`. */

import { concatenate } from '../ground/index.js';
import { crc32, HEADER, MAX_PAYLOAD, Messages, REPLY, Signal, schemaHash, TRAILER } from '../wire/index.js';
import { cobsDecode, cobsEncode } from './cobs.js';

export interface Frame {
  readonly type: number;
  readonly session: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

function checkSeed(type: number): number {
  const frozen = (type & ~REPLY) === Messages.hello.code || type === Signal.error;
  return frozen ? 0 : schemaHash;
}

/** Bytes for the line, the ending zero included. */
export function encodeFrame({ type, session, sequence, payload }: Frame): Uint8Array {
  const bytes = new Uint8Array(HEADER + payload.length + TRAILER);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, type);
  view.setUint16(1, session, true);
  view.setUint16(3, sequence, true);
  bytes.set(payload, HEADER);
  const end = HEADER + payload.length;
  view.setUint32(end, crc32(bytes.subarray(0, end), checkSeed(type)), true);
  return cobsEncode(bytes);
}

/** The frame of bytes between two zeros, or undefined where it is damaged. */
export function decodeFrame(encoded: Uint8Array): Frame | undefined {
  const bytes = cobsDecode(encoded);
  if (!bytes || bytes.length < HEADER + TRAILER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - TRAILER;
  const type = view.getUint8(0);
  if (crc32(bytes.subarray(0, end), checkSeed(type)) !== view.getUint32(end, true)) return undefined;
  return {
    type,
    session: view.getUint16(1, true),
    sequence: view.getUint16(3, true),
    payload: bytes.subarray(HEADER, end),
  };
}

const LONGEST_FRAME = HEADER + MAX_PAYLOAD + TRAILER;
/** Encoded, without the ending zero. */
const LONGEST = LONGEST_FRAME + Math.ceil(LONGEST_FRAME / 254);

/** Cuts a stream of bytes at its zeros. */
export class FrameSplitter {
  #parts: Uint8Array[] = [];
  #held = 0;

  /**
   * The encoded frames that these bytes complete; empty ones are left out. What is longer than any frame comes cut
   * short, so that a line of noise without a zero fills no memory, and is found damaged.
   */
  *split(bytes: Uint8Array): Generator<Uint8Array> {
    let from = 0;
    for (let zero = bytes.indexOf(0); zero >= 0; zero = bytes.indexOf(0, from)) {
      this.#hold(bytes.subarray(from, zero));
      from = zero + 1;
      const frame = this.#parts.length === 1 ? this.#parts[0] : concatenate(this.#parts);
      this.#parts = [];
      this.#held = 0;
      if (frame.length > 0) yield frame;
    }
    // Copied, since the caller may use its bytes again; and no more than is kept.
    if (from < bytes.length) this.#hold(new Uint8Array(this.#fit(bytes.subarray(from))));
  }

  #fit(part: Uint8Array): Uint8Array {
    return part.subarray(0, LONGEST + 1 - this.#held);
  }

  #hold(part: Uint8Array): void {
    const kept = this.#fit(part);
    this.#held += kept.length;
    if (kept.length > 0) this.#parts.push(kept);
  }
}
