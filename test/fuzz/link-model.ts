/** The device's end of the link as it should be, in few words: what each frame must be answered with. */
import type { Frame } from '#host/link/frame';
import {
  ErrorPayload,
  HEADER,
  MAX_PAYLOAD,
  MAX_REPLY,
  Messages,
  REPLY,
  REPLY_SLOTS,
  Signal,
  schemaHash,
  TRAILER,
} from '#host/wire/index';

export interface ExpectedAnswer {
  /** Those it may have. */
  readonly types: readonly number[];
  readonly sequence: number;
  /** Where it must be the same again. */
  readonly payload?: Uint8Array | undefined;
  /** Its answers about the requests that are held, and of the last that came. */
  readonly held?: bigint | undefined;
  readonly latest?: number | undefined;
  /** As they are when it is made. */
  readonly counters: LinkModel['counters'];
}

/** Outcomes of a frame, or of a damaged one. */
export interface Verdict {
  readonly answer: ExpectedAnswer | undefined;
  /** The command that ran. */
  readonly ran?: Frame;
}

const { configure, evaluate, hello, poll, reset, sample, train, write } = Messages;
const NONE: Verdict = { answer: undefined };
/** Bytes of replies that the device keeps. */
const REPLY_ROOM = REPLY_SLOTS * (HEADER + MAX_REPLY);
const sizeOf = ({ payload }: Frame) => HEADER + payload.length;

export class LinkModel {
  session = 0;
  expected = 0;
  readonly counters = { frames: 0, damaged: 0, early: 0, repeats: 0 };
  #latest = 0xffff;
  #isDamageTold = false;
  #unacknowledged = 0;
  /** Requests that came before their turn. */
  #held: Frame[] = [];
  /** Bytes there are for them. */
  #room: number;
  #kept: Frame[] = [];
  /** The last that ran, and that a reply tells of. */
  #asked: Frame | undefined;

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
      if (this.session === 0 || this.#isDamageTold) return [];
      this.#isDamageTold = true;
      return [this.#report()];
    }
    this.counters.frames++;
    this.#isDamageTold = false;
    const { type, session, sequence, payload } = frame;
    if (type >= Signal.acknowledge) return [];
    if (type === hello.code) return [this.#hello(sequence, payload)];
    if (this.session === 0 || session !== this.session) return [this.#say([Signal.error], sequence)];
    if (type === poll.code) {
      if (payload.length < poll.request.size) return [];
      return [this.#say([poll.code | REPLY], this.expected, { held: this.#heldBits })];
    }
    this.#latest = sequence;
    const ahead = (sequence - this.expected) & 0xffff;
    if (ahead >= 0x8000) return [this.#repeat(sequence)];
    if (ahead > 0) {
      this.#hold(frame);
      const before = this.#heldBits & ((1n << BigInt(ahead)) - 1n);
      const isWhole = before === (1n << BigInt(ahead)) - 1n;
      if (ahead >= 64 || isWhole) return [];
      this.counters.early++;
      return [this.#report()];
    }
    const isLong = type === train.code || type === evaluate.code;
    if ((isLong && this.#holdsAll && this.#hold(frame)) || this.#next) return [];
    return [this.#run(frame), ...(this.#holdsAll ? [] : this.rest())];
  }

  /** All that has come is heard: what waits for its turn or its time runs. */
  rest(): readonly Verdict[] {
    const verdicts: Verdict[] = [];
    for (let next = this.#takeNext(); next; next = this.#takeNext()) verdicts.push(this.#run(next));
    return verdicts;
  }

  get #holdsAll(): boolean {
    return this.#room === this.window;
  }

  /** A request that lays the network out anew, or away, leaves other bytes; not where it was told of another's refusal instead. */
  #layOut({ type, payload }: Frame, reply: Frame): void {
    if (type !== configure.code && type !== reset.code) return;
    if (reply.type === Signal.error && ErrorPayload.decode(reply.payload).request !== type) return;
    const needed = type === reset.code ? 0 : this.needs(payload);
    if (needed === undefined) return;
    // One that does not fit is no network.
    this.#room = Math.min(this.window, needed > this.arena ? this.arena : this.arena - needed);
  }

  get #heldBits(): bigint {
    const aheads = this.#held.map(({ sequence }) => (sequence - this.expected) & 0xffff);
    return aheads.filter((ahead) => ahead < 64).reduce((bits, ahead) => bits | (1n << BigInt(ahead)), 0n);
  }

  #run(frame: Frame): Verdict {
    const { type, sequence, payload } = frame;
    if (type === configure.code || type === reset.code) this.#held = [];
    this.expected = (this.expected + 1) & 0xffff;
    this.#unacknowledged += HEADER + payload.length + TRAILER;
    if (type !== sample.code && type !== write.code) {
      this.#asked = frame;
      return { ...this.#say([type | REPLY, Signal.error], sequence), ran: frame };
    }
    const isDue = this.#unacknowledged * 8 >= this.window;
    return { ...(isDue ? this.#say([Signal.acknowledge], this.expected) : NONE), ran: frame };
  }

  #hold(frame: Frame): boolean {
    const held = this.#held.reduce((sum, other) => sum + sizeOf(other), 0);
    const isHeld = this.#held.some(({ sequence }) => sequence === frame.sequence);
    if (isHeld) return true;
    if (held + sizeOf(frame) > this.#room) return false;
    this.#held.push(frame);
    return true;
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
  keep(reply: Frame): void {
    if (this.#asked) this.#layOut(this.#asked, reply);
    const kept = [...this.#kept.filter(({ sequence }) => sequence !== reply.sequence), reply];
    while (kept.reduce((sum, one) => sum + sizeOf(one), 0) > REPLY_ROOM) kept.shift();
    this.#kept = kept;
  }

  #hello(sequence: number, payload: Uint8Array): Verdict {
    if (payload.length < hello.request.size) return this.#say([Signal.error], sequence);
    const { schema, session } = hello.request.decode(payload.subarray(0, hello.request.size));
    if (schema !== schemaHash) return this.#say([Signal.error], sequence);
    this.#held = [];
    if (session !== this.session) {
      this.session = session;
      this.expected = 0;
      this.#latest = 0xffff;
      this.#isDamageTold = false;
      this.#kept = [];
    }
    return this.#say([hello.code | REPLY], this.expected);
  }

  #report(): Verdict {
    return this.#say([Signal.missing], this.expected, { held: this.#heldBits, latest: this.#latest });
  }

  #repeat(sequence: number): Verdict {
    this.counters.repeats++;
    const kept = this.#kept.findLast((reply) => reply.sequence === sequence);
    if (!kept) return this.#say([Signal.acknowledge], this.expected);
    return this.#say([kept.type], sequence, { payload: kept.payload });
  }

  #say(
    types: readonly number[],
    sequence: number,
    told: Pick<ExpectedAnswer, 'payload' | 'held' | 'latest'> = {},
  ): Verdict {
    this.#unacknowledged = 0;
    const counters = { ...this.counters };
    return { answer: { types: types.map((type) => type & 0xff), sequence, ...told, counters } };
  }
}
