/**
 * Faults of a bad cable in one direction of a line: the same faults at the same bytes for the same seed, however the
 * bytes are cut up on their way.
 */
import { Draw } from '../fuzz/draw.js';

export const faultKinds = [
  'flip',
  'corrupt',
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
 * `flip`: a bit of a byte; `corrupt`: a byte becomes another; `burst`: up to 32 in a row do; `drop`: a byte is lost;
 * `lose`: up to 64 are; `insert`: up to 16 come that nobody sent; `repeat`: up to 64 come again; `reorder`: two pieces
 * change places; `truncate`: the rest of what is under way is lost; `stall`: nothing passes for a while.
 */
export type FaultKind = (typeof faultKinds)[number];

/** Chances, from 0 to 1, that a fault befalls a byte. */
export type Faults = Readonly<Partial<Record<FaultKind, number>>>;

/** Faults of several kinds, each as often as another, so many bytes from one to the next on average. */
export function faultsEvery(bytes: number, kinds: readonly FaultKind[] = faultKinds): Faults {
  return Object.fromEntries(kinds.map((kind) => [kind, 1 / (bytes * kinds.length)]));
}

export interface Passed {
  readonly bytes: Uint8Array;
  /** False of bytes that nobody sent here: rubbish and what comes again. */
  readonly isSent: boolean;
  /** The time in which nothing passes before it: milliseconds, or what the line counts instead. */
  readonly pause: number;
}

const BURST = 32;
const PIECE = 64;
const RUBBISH = 16;
const STALL = 5;
/** Apart from other draws of the same seed. */
const STREAM = 0x7370;

export class Spoiler {
  readonly counts = new Map<FaultKind, number>();
  readonly #faults: Faults;
  readonly #draw: Draw;
  /** Bytes from one fault to the next, on average. */
  readonly #every: number;
  /** Bytes to the next fault. */
  #next: number;
  #pause = 0;
  #history: Uint8Array = new Uint8Array(0);

  constructor(faults: Faults, seed: number) {
    this.#faults = faults;
    this.#draw = new Draw(seed, STREAM);
    const chance = Object.values(faults).reduce((sum, one) => sum + one, 0);
    this.#every = chance > 0 ? Math.round(1 / chance) : Number.POSITIVE_INFINITY;
    this.#next = this.#distance();
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  pass(bytes: Uint8Array): readonly Passed[] {
    const passed: Passed[] = [];
    let rest = bytes;
    const pass = (part: Uint8Array, isSent = true) => {
      passed.push({ bytes: part, isSent, pause: this.#pause });
      this.#pause = 0;
    };
    while (rest.length > this.#next) {
      if (this.#next > 0) pass(this.#note(rest.subarray(0, this.#next)));
      rest = this.#spoil(this.#kind(), rest.subarray(this.#next), pass);
      this.#next = this.#distance();
    }
    this.#next -= rest.length;
    if (rest.length > 0) pass(this.#note(rest));
    return passed;
  }

  /** Applies one fault at the first of `bytes`, of which there is one at least. Returns what is not yet dealt with. */
  #spoil(kind: FaultKind, bytes: Uint8Array, pass: (part: Uint8Array, isSent?: boolean) => void): Uint8Array {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    const draw = this.#draw;
    const upTo = (most: number) => draw.between(1, Math.min(most, bytes.length));
    const another = (byte: number) => byte ^ draw.between(1, 255);
    switch (kind) {
      case 'flip':
        pass(Uint8Array.of(bytes[0] ^ (1 << draw.below(8))));
        return bytes.subarray(1);
      case 'corrupt':
        pass(Uint8Array.of(another(bytes[0])));
        return bytes.subarray(1);
      case 'burst': {
        const length = upTo(BURST);
        pass(bytes.slice(0, length).map(another));
        return bytes.subarray(length);
      }
      case 'drop':
        return bytes.subarray(1);
      case 'lose':
        return bytes.subarray(upTo(PIECE));
      case 'insert':
        pass(draw.bytes(draw.between(1, RUBBISH)), false);
        return bytes;
      case 'repeat':
        pass(
          this.#history.length > 0 ? this.#history.slice(-draw.between(1, PIECE)) : bytes.slice(0, 1),
          false,
        );
        return bytes;
      case 'reorder': {
        const first = upTo(PIECE);
        const second = Math.min(bytes.length, first + draw.between(1, PIECE));
        if (second > first) pass(bytes.slice(first, second));
        pass(bytes.slice(0, first));
        return bytes.subarray(second);
      }
      case 'truncate':
        return bytes.subarray(bytes.length);
      case 'stall':
        this.#pause += draw.between(1, STALL);
        return bytes;
    }
  }

  #note(bytes: Uint8Array): Uint8Array {
    this.#history = bytes.length >= PIECE ? bytes : Buffer.concat([this.#history, bytes]).subarray(-PIECE);
    return bytes;
  }

  /** Each kind as often as its chance says. */
  #kind(): FaultKind {
    const chances = Object.entries(this.#faults) as [FaultKind, number][];
    const sum = chances.reduce((all, [, chance]) => all + chance, 0);
    let left = (this.#draw.word() / 2 ** 32) * sum;
    const found = chances.find(([, chance]) => {
      left -= chance;
      return left < 0;
    });
    return (found ?? chances[chances.length - 1])[0];
  }

  /** Evenly spread between nothing and twice the mean. */
  #distance(): number {
    return Number.isFinite(this.#every) ? this.#draw.between(0, 2 * this.#every) : Number.POSITIVE_INFINITY;
  }
}
