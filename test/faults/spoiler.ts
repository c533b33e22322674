/**
 * What a bad cable does to one direction of a line: the same faults at the same bytes for the same seed, however the
 * bytes are cut up on their way.
 */
import { mix32, randomWord } from '#host/model/index';

export const faultKinds = [
  'flip',
  'burst',
  'drop',
  'lose',
  'insert',
  'repeat',
  'reorder',
  'truncate',
  'stall',
] as const;
/**
 * `flip`: a bit of a byte; `burst`: up to 32 bytes in a row become others; `drop`: a byte is lost; `lose`: up to 64 are;
 * `insert`: up to 16 come that nobody sent; `repeat`: up to 64 come again; `reorder`: two pieces change places;
 * `truncate`: the rest of what is under way is lost; `stall`: nothing passes for a while.
 */
export type FaultKind = (typeof faultKinds)[number];

export interface Faults {
  /** Bytes from one fault to the next, on average. */
  readonly every: number;
  readonly kinds?: readonly FaultKind[];
  /** Milliseconds, at most (default 5). */
  readonly stall?: number;
}

/** What passes: bytes, or milliseconds in which nothing does. */
export type Passed = Uint8Array | number;

const BURST = 32;
const PIECE = 64;
const RUBBISH = 16;

export class Spoiler {
  readonly counts = new Map<FaultKind, number>();
  readonly #faults: Faults | undefined;
  readonly #key: number;
  #drawn = 0;
  /** Bytes to the next fault. */
  #next: number;
  #history: Uint8Array = new Uint8Array(0);

  /** @param faults none if undefined */
  constructor(faults: Faults | undefined, seed: number) {
    this.#faults = faults;
    this.#key = mix32(seed);
    this.#next = this.#distance();
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  pass(bytes: Uint8Array): readonly Passed[] {
    const passed: Passed[] = [];
    let rest = bytes;
    while (rest.length > this.#next) {
      if (this.#next > 0) passed.push(this.#note(rest.subarray(0, this.#next)));
      const { kinds = faultKinds } = this.#faults as Faults;
      rest = this.#spoil(kinds[this.#below(kinds.length)], rest.subarray(this.#next), passed);
      this.#next = this.#distance();
    }
    this.#next -= rest.length;
    if (rest.length > 0) passed.push(this.#note(rest));
    return passed;
  }

  /** Applies one fault at the first of `bytes`, of which there is one at least. Returns what is not yet dealt with. */
  #spoil(kind: FaultKind, bytes: Uint8Array, passed: Passed[]): Uint8Array {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    const upTo = (most: number) => 1 + this.#below(Math.min(most, bytes.length));
    switch (kind) {
      case 'flip':
        passed.push(Uint8Array.of(bytes[0] ^ (1 << this.#below(8))));
        return bytes.subarray(1);
      case 'burst': {
        const length = upTo(BURST);
        passed.push(bytes.slice(0, length).map((byte) => byte ^ (1 + this.#below(255))));
        return bytes.subarray(length);
      }
      case 'drop':
        return bytes.subarray(1);
      case 'lose':
        return bytes.subarray(upTo(PIECE));
      case 'insert':
        passed.push(Uint8Array.from({ length: 1 + this.#below(RUBBISH) }, () => this.#below(256)));
        return bytes;
      case 'repeat':
        passed.push(
          this.#history.length > 0 ? this.#history.slice(-1 - this.#below(PIECE)) : bytes.slice(0, 1),
        );
        return bytes;
      case 'reorder': {
        const first = upTo(PIECE);
        const second = Math.min(bytes.length, first + 1 + this.#below(PIECE));
        passed.push(bytes.slice(first, second), bytes.slice(0, first));
        return bytes.subarray(second);
      }
      case 'truncate':
        return bytes.subarray(bytes.length);
      case 'stall':
        passed.push(1 + this.#below(this.#faults?.stall ?? 5));
        return bytes;
    }
  }

  #note(bytes: Uint8Array): Uint8Array {
    this.#history = bytes.length >= PIECE ? bytes : Buffer.concat([this.#history, bytes]).subarray(-PIECE);
    return bytes;
  }

  /** Evenly spread between nothing and twice the mean. */
  #distance(): number {
    return this.#faults ? this.#below(2 * this.#faults.every + 1) : Number.POSITIVE_INFINITY;
  }

  #below(limit: number): number {
    return (randomWord(this.#key, this.#drawn++) >>> 0) % limit;
  }
}
