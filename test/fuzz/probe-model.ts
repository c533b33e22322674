/** Probes of the line as they should be: which bytes are theirs, and what each is answered with. The rest is of frames. */

import { MAX_PAYLOAD, PROBE_LIMIT, PROBE_MASK, ProbeText, probeBytes } from '#host/wire/index';

/** Bytes for the frames' ears; or an answer, before which they forget what they have of a frame. */
export type Part = { readonly frames: Uint8Array } | { readonly answer: Buffer };

/** Bytes without a zero that are surely too many for a frame. */
export const ENDLESS = MAX_PAYLOAD + 76;

const masked = (text: string) => Buffer.from(Array.from(text, (sign) => sign.charCodeAt(0) & PROBE_MASK));
const BEGIN = masked(ProbeText.begin);
const END = masked(ProbeText.end);
const TEXT = ProbeText.begin.length;

function tell(bytes: readonly number[]): Buffer {
  const signs = bytes.flatMap((byte) => [0x30 + (byte >> 4), 0x40 + (byte & 15)]);
  return Buffer.concat([Buffer.from(ProbeText.heard), Buffer.from([...signs, 0x2e, 0])]);
}

export class ProbeModel {
  /** The last eight bytes. */
  readonly #last = Buffer.alloc(TEXT);
  /** Bytes since the last frame's end. */
  #since = 0;
  #noted: number[] | undefined;

  *hear(bytes: Uint8Array): Generator<Part> {
    let from = 0;
    for (const [at, byte] of bytes.entries()) {
      this.#last.copyWithin(0, 1);
      this.#last[TEXT - 1] = byte & PROBE_MASK;
      const mayBegin = this.#noted || this.#since === TEXT - 1 || this.#since >= ENDLESS;
      if (mayBegin && this.#last.equals(BEGIN)) {
        if (!this.#noted) yield { frames: bytes.subarray(from, Math.max(from, at + 1 - TEXT)) };
        this.#noted = [];
        yield { answer: Buffer.concat([Buffer.from(ProbeText.values), probeBytes]) };
      } else if (this.#noted) {
        this.#noted.push(byte);
        const isEnd = this.#last.equals(END);
        if (!isEnd && this.#noted.length < PROBE_LIMIT) continue;
        yield { answer: tell(isEnd ? this.#noted.slice(0, -TEXT) : this.#noted) };
        this.#noted = undefined;
        this.#since = 0;
        from = at + 1;
      } else this.#since = byte === 0 ? 0 : this.#since + 1;
    }
    if (!this.#noted) yield { frames: bytes.subarray(from) };
  }
}
