/** The device's end of the link as it should be, in few words: what each frame must be answered with. */
import type { Frame } from '#host/link/frame';
import {
  HEADER,
  MAX_PAYLOAD,
  Messages,
  REPLY,
  REPLY_SLOTS,
  Signal,
  schemaHash,
  TRAILER,
} from '#host/link/schema';

export interface ExpectedAnswer {
  /** Those it may have. */
  readonly types: readonly number[];
  readonly sequence: number;
  /** Where it must be the same again. */
  readonly payload?: Uint8Array | undefined;
  /** How many requests it tells are missing. */
  readonly missing?: number | undefined;
  /** As they are when it is made. */
  readonly counters: LinkModel['counters'];
}

/** What a frame, or what a damaged one was, comes to. */
export interface Verdict {
  readonly answer: ExpectedAnswer | undefined;
  /** The command that ran. */
  readonly ran?: Frame;
}

const { configure, hello, poll, reset, sample, write } = Messages;
const NONE: Verdict = { answer: undefined };
const sizeOf = ({ payload }: Frame) => HEADER + payload.length;

export class LinkModel {
  session = 0;
  expected = 0;
  readonly counters = { frames: 0, damaged: 0, gaps: 0, repeats: 0 };
  #reported = false;
  #unacknowledged = 0;
  /** Requests that came before their turn. */
  #held: Frame[] = [];
  /** Bytes there are for them. */
  #room: number;
  #kept: { readonly sequence: number; readonly type: number; readonly payload: Uint8Array }[] = [];

  /** @param needs bytes of arena that a CONFIGURE's network needs; nothing if it is refused whatever the arena */
  constructor(
    private readonly window: number,
    private readonly arena: number,
    private readonly needs: (configure: Uint8Array) => number | undefined,
  ) {
    this.#room = Math.min(window, arena);
  }

  /** A frame that others waited for comes to more than one thing. */
  hear(frame: Frame | undefined): readonly Verdict[] {
    if (!frame || frame.payload.length > MAX_PAYLOAD) {
      this.counters.damaged++;
      if (this.#held.length > 0) this.#reported = false;
      return [this.#gap()];
    }
    this.counters.frames++;
    const { type, session, sequence, payload } = frame;
    if (type === hello.code) return [this.#hello(sequence, payload)];
    if (this.session === 0 || session !== this.session) return [this.#say([Signal.error], sequence)];
    if (type === poll.code) {
      if (payload.length < poll.request.size) return [];
      this.#reported = false;
      return [this.#say([poll.code | REPLY], this.expected, undefined, this.#missing)];
    }
    const ahead = (sequence - this.expected) & 0xffff;
    if (ahead >= 0x8000) return [this.#repeat(sequence)];
    if (ahead > 0) {
      this.#hold(frame);
      return [this.#gap()];
    }
    const verdicts = [this.#run(frame)];
    for (let next = this.#takeNext(); next; next = this.#takeNext()) verdicts.push(this.#run(next));
    // A reply leaves no room to tell of the gap behind it; a quiet request's run has told.
    if (this.#held.length > 0) verdicts.push(this.#gap());
    return verdicts;
  }

  /** What lays the network out anew, or away, leaves other bytes, and nothing in them. */
  #layOut({ type, payload }: Frame): void {
    if (type !== configure.code && type !== reset.code) return;
    this.#held = [];
    const needed = type === reset.code ? 0 : this.needs(payload);
    if (needed === undefined) return;
    // One that does not fit is no network.
    this.#room = Math.min(this.window, needed > this.arena ? this.arena : this.arena - needed);
  }

  /** How many are missing before the first that is held. */
  get #missing(): number {
    const distances = this.#held.map(({ sequence }) => (sequence - this.expected) & 0xffff);
    return distances.length > 0 ? Math.min(...distances) : 0;
  }

  #run(frame: Frame): Verdict {
    const { type, sequence, payload } = frame;
    this.#layOut(frame);
    this.expected = (this.expected + 1) & 0xffff;
    this.#reported = false;
    this.#unacknowledged += HEADER + payload.length + TRAILER;
    if (type !== sample.code && type !== write.code)
      return { ...this.#say([type | REPLY, Signal.error], sequence), ran: frame };
    if (this.#held.length > 0 && !this.#next) return { ...this.#gap(), ran: frame };
    const isDue = this.#unacknowledged * 8 >= this.window;
    return { ...(isDue ? this.#say([Signal.acknowledge], this.expected) : NONE), ran: frame };
  }

  #hold(frame: Frame): void {
    const held = this.#held.reduce((sum, other) => sum + sizeOf(other), 0);
    const isHeld = this.#held.some(({ sequence }) => sequence === frame.sequence);
    if (!isHeld && held + sizeOf(frame) <= this.#room) this.#held.push(frame);
  }

  get #next(): Frame | undefined {
    return this.#held.find(({ sequence }) => sequence === this.expected);
  }

  #takeNext(): Frame | undefined {
    const next = this.#next;
    if (next) this.#held.splice(this.#held.indexOf(next), 1);
    return next;
  }

  /** The reply to what ran: the device keeps it. */
  keep({ sequence, type, payload }: Frame): void {
    this.#kept = [...this.#kept.slice(1 - REPLY_SLOTS), { sequence, type, payload }];
  }

  #hello(sequence: number, payload: Uint8Array): Verdict {
    if (payload.length < hello.request.size) return this.#say([Signal.error], sequence);
    const { schema, session } = hello.request.decode(payload.subarray(0, hello.request.size));
    if (schema !== schemaHash) return this.#say([Signal.error], sequence);
    this.#held = [];
    if (session !== this.session) {
      this.session = session;
      this.expected = 0;
      this.#reported = false;
      this.#kept = [];
    }
    return this.#say([hello.code | REPLY], this.expected);
  }

  #gap(): Verdict {
    if (this.session === 0 || this.#reported) return NONE;
    this.counters.gaps++;
    this.#reported = true;
    return this.#say([Signal.missing], this.expected, undefined, this.#missing);
  }

  #repeat(sequence: number): Verdict {
    this.counters.repeats++;
    const kept = this.#kept.findLast((reply) => reply.sequence === sequence);
    if (!kept) return this.#say([Signal.acknowledge], this.expected);
    return this.#say([kept.type], sequence, kept.payload);
  }

  #say(types: readonly number[], sequence: number, payload?: Uint8Array, missing?: number): Verdict {
    this.#unacknowledged = 0;
    const counters = { ...this.counters };
    return { answer: { types: types.map((type) => type & 0xff), sequence, payload, missing, counters } };
  }
}
