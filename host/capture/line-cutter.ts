/** Bytes as they come become lines: CR, LF or both end one, and empty ones are none. */

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** Bytes of a line that are kept: a spectrum of 5,000 values has room, a line without an end fills no memory. */
const MOST_BYTES = 65_536;
/** No number ends with it: what was cut is not taken for whole. */
const CUT = '…';

export class LineCutter {
  readonly #most: number;
  readonly #decoder = new TextDecoder();
  #begun: Uint8Array[] = [];
  #kept = 0;
  #isCut = false;

  constructor(most = MOST_BYTES) {
    this.#most = most;
  }

  /** The lines that these bytes end. However a stream is cut into chunks, it has the same lines. */
  push(bytes: Uint8Array): readonly string[] {
    const lines: string[] = [];
    let from = 0;
    for (let at = 0; at < bytes.length; at++) {
      if (bytes[at] !== LINE_FEED && bytes[at] !== CARRIAGE_RETURN) continue;
      this.#keep(bytes.subarray(from, at));
      from = at + 1;
      const line = this.#end();
      if (line.trim() !== '') lines.push(line);
    }
    this.#keep(bytes.subarray(from));
    return lines;
  }

  #keep(bytes: Uint8Array): void {
    const room = this.#most - this.#kept;
    if (bytes.length > room) this.#isCut = true;
    // A copy: the chunk's memory may be used again.
    const part = bytes.slice(0, room);
    if (part.length === 0) return;
    this.#begun.push(part);
    this.#kept += part.length;
  }

  #end(): string {
    const line = this.#decoder.decode(Buffer.concat(this.#begun)) + (this.#isCut ? CUT : '');
    this.#begun = [];
    this.#kept = 0;
    this.#isCut = false;
    return line;
  }
}
