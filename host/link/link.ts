/**
 * The host's end of the link. Numbered requests run once and in order on the device, whatever the line does:
 * - no more bytes are under way than the device's window holds; acknowledgements are cumulative;
 * - what was lost, as what the device has shows, is sent again at once, and nothing else (`Outbox`);
 * - every other doubt (damage, a silence longer than usual) is settled by a poll, whose answer is exact.
 * Polls are small and become rarer, so that waiting for a device that computes never floods it.
 */
import type { Endpoint, LoudName, QuietName } from '../endpoint/index.js';
import { ConnectionLost, UntrueError } from '../endpoint/index.js';
import { concatenate, requireDuration, UserError } from '../ground/index.js';
import type { Values } from '../wire/index.js';
import {
  HEADER,
  MAX_REPLY,
  type MessageName,
  Messages,
  type MissingPayload,
  mostReplied,
  REPLY,
  type ReplyOf,
  type RequestOf,
} from '../wire/index.js';
import type { ByteStream } from './byte-stream.js';
import type { LineKind } from './diagnosis.js';
import { decodeFrame, encodeFrame, type Frame, FrameSplitter } from './frame.js';
import { type Greeting, greet } from './greeting.js';
import { type Heard, lost, understand } from './hearing.js';
import { type Expectation, type Numbered, Outbox } from './outbox.js';
import { PacedWriter } from './paced-writer.js';
import { proveLine } from './proving.js';
import { BITS_PER_BYTE, type LineRates } from './rates.js';
import { RoundTrip } from './round-trip.js';
import { Supervision } from './supervision.js';

export interface LinkOptions {
  /** Milliseconds without an answer after which the device is given up (default 30,000, at most 24 days). */
  readonly patience?: number;
  /** The line's speed, where it is known: the host gives it nothing sooner. */
  readonly bytesPerSecond?: number | undefined;
  /** The rates to try, where the line's is to be found; it is its speed then. */
  readonly rates?: LineRates | undefined;
  /** How the line is reached, named in the error about one that changes bytes (default: a port). */
  readonly kind?: LineKind | undefined;
}

export interface LinkCounters {
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Frames sent again. */
  readonly resent: number;
  readonly polls: number;
  /** Frames that arrived damaged. */
  readonly damaged: number;
}

/** Room in the window for twenty polls: with the waits between them doubling, they outlast any patience. */
const POLL_RESERVE = 320;
/** Bytes under way at most, whatever window a device tells of. */
const MOST_ROOM = 2 ** 20;

export class Link implements Endpoint {
  readonly #counts = { bytesReceived: 0, resent: 0, damaged: 0 };
  /** The device's account of itself. */
  readonly device: ReplyOf<'hello'>;
  /** The rate at which the device was found, in bits a second; undefined where it was not looked for. */
  readonly baud: number | undefined;
  readonly #stream: ByteStream;
  readonly #session: number;
  readonly #splitter = new FrameSplitter();
  readonly #roundTrip = new RoundTrip();
  readonly #outbox: Outbox;
  readonly #writer: PacedWriter;
  readonly #supervision: Supervision;
  /** Those that wait for their answers: what was sent and had run before each. */
  readonly #polls = new Map<number, { readonly transmission: number; readonly acknowledged: number }>();
  #roomWanted: (() => void)[] = [];
  #failure: Error | undefined;

  private constructor(
    stream: ByteStream,
    { patience, bytesPerSecond }: { readonly patience: number; readonly bytesPerSecond: number },
    { session, device, first, baud }: Greeting,
  ) {
    this.#stream = stream;
    this.baud = baud;
    this.#session = session;
    this.#writer = new PacedWriter(stream, bytesPerSecond, this.#pump);
    this.device = device;
    this.#supervision = new Supervision(patience, {
      oldest: () => this.#outbox.oldest,
      usual: this.#usual,
      ask: this.#ask,
      giveUp: this.#fail,
    });
    const window = Math.min(device.window, MOST_ROOM);
    const room = window - Math.min(POLL_RESERVE, window / 4);
    const replyRoom = device.replySlots * (HEADER + MAX_REPLY);
    this.#outbox = new Outbox({ first, room, replyRoom });
    stream.on('data', this.#receive);
    stream.on('error', this.#break);
    stream.on('end', this.#lose);
    stream.on('close', this.#lose);
    if (stream.destroyed) this.#lose();
  }

  /**
   * Opens a session. Rejects with `DeviceError` where the device speaks another version, `UserError` where it
   * stays silent, the line does not pass every byte, or the patience is no duration.
   */
  static async open(stream: ByteStream, options: LinkOptions = {}): Promise<Link> {
    const { patience = 30_000, kind, rates } = options;
    requireDuration(patience, 'the patience with a device');
    const greeting = await greet(stream, { patience, kind, rates });
    const { baud, usual } = greeting;
    const found = baud === undefined ? Number.POSITIVE_INFINITY : baud / BITS_PER_BYTE;
    const { bytesPerSecond = found } = options;
    await proveLine(stream, { kind, patience, bytesPerSecond, usual });
    return new Link(stream, { patience, bytesPerSecond }, greeting);
  }

  async request<N extends LoudName>(name: N, values: RequestOf<N>): Promise<ReplyOf<N>> {
    const payload = await new Promise<Uint8Array>((resolve, reject) =>
      this.#enqueue(name, values, { resolve, reject }),
    );
    return Messages[name].reply.decode(payload, `${name}: a reply`) as ReplyOf<N>;
  }

  async post<N extends QuietName>(name: N, values: RequestOf<N>): Promise<void> {
    this.#enqueue(name, values);
    if (this.#outbox.isFull) await new Promise<void>((resolve) => this.#roomWanted.push(resolve));
    if (this.#failure) throw this.#failure;
  }

  /** Stops listening and waiting; what is outstanding is rejected. Does not close the stream. */
  close(): void {
    this.#fail(new UserError('the link was closed'));
  }

  #enqueue<N extends MessageName>(name: N, values: RequestOf<N>, expectation?: Expectation): void {
    if (this.#failure) throw this.#failure;
    const { code, request } = Messages[name];
    const payload = (request.encode as (values: RequestOf<N>) => Uint8Array)(values);
    if (payload.length > this.device.maxPayload)
      throw new UserError(
        `${name}: a payload of ${payload.length} bytes, the device takes ${this.device.maxPayload}`,
        'send less at once: smaller images, fewer elements',
      );
    const reply = expectation && {
      type: code | REPLY,
      bytes: HEADER + mostReplied(name, values),
      expectation,
    };
    const encode = (sequence: number) => this.#frame(code, sequence, payload);
    this.#outbox.add(name, encode, reply, performance.now());
    this.#pump();
    this.#supervision.begin();
  }

  #frame(type: number, sequence: number, payload: Uint8Array): Uint8Array {
    return encodeFrame({ type, session: this.#session, sequence, payload });
  }

  get counters(): LinkCounters {
    return { ...this.#counts, bytesSent: this.#writer.written, polls: this.#supervision.asked };
  }

  /** Sends what there is room for. */
  readonly #pump = (): void => {
    if (!this.#outbox.isUnderWay) this.#rest();
    if (this.#writer.isBlocked) return;
    const { room } = this.#writer;
    const ready = this.#outbox.take(performance.now(), room);
    const taken = ready.length > 0 ? this.#send(ready) : 0;
    if (this.#outbox.isStuck && room > 0) this.#supervision.doubt();
    if (!this.#outbox.isFull) for (const resolve of this.#roomWanted.splice(0)) resolve();
    // Where it was the window that was full, an answer goes on; where the stream is, its drain.
    if (taken >= room && !this.#writer.isBlocked && this.#outbox.hasMore) this.#writer.askForRoom();
  };

  /** Returns how many bytes. */
  #send(requests: readonly Numbered[]): number {
    this.#counts.resent += requests.filter(({ sends }) => sends > 1).length;
    const bytes = concatenate(requests.map(({ encoded }) => encoded));
    this.#writer.write(bytes);
    return bytes.length;
  }

  readonly #receive = (bytes: Uint8Array): void => {
    this.#counts.bytesReceived += bytes.length;
    this.#supervision.signs.hear(bytes.length);
    let answers = false;
    let isDamaged = false;
    for (const encoded of this.#splitter.split(bytes)) {
      const frame = decodeFrame(encoded);
      if (frame) answers = this.#hear(frame) || answers;
      else {
        this.#counts.damaged++;
        isDamaged = true;
      }
    }
    this.#pump();
    this.#supervision.heard(answers, isDamaged);
  };

  /** Returns whether the frame was asked for. */
  #hear(frame: Frame): boolean {
    try {
      return this.#dispatch(frame);
    } catch (error) {
      this.#fail(error as Error);
      return false;
    }
  }

  #dispatch(frame: Frame): boolean {
    const heard = understand(frame, this.#session);
    if (!heard) return false;
    const isAsked = this.#take(heard, frame.sequence);
    if (!isAsked) this.#supervision.signs.note(performance.now());
    return isAsked;
  }

  #take(heard: Heard, sequence: number): boolean {
    switch (heard.kind) {
      case 'error':
        return this.#answer(sequence, undefined, ({ reject }) => reject(heard.error));
      case 'acknowledge':
        return this.#acknowledge(sequence);
      case 'missing':
        return this.#hearMissing(heard.missing, sequence);
      case 'poll':
        return this.#settle(heard.reply, sequence);
      case 'reply':
        return this.#answer(sequence, heard.type, ({ resolve }) => resolve(heard.payload));
    }
  }

  /** Returns whether there was a request for it. */
  #answer(sequence: number, type: number | undefined, tell: (who: Expectation) => void): boolean {
    const request = this.#outbox.answered(sequence, type);
    if (!request?.expectation) return false;
    this.#acknowledge((sequence + 1) & 0xffff);
    const now = performance.now();
    this.#supervision.signs.progress(now);
    if (request.sends === 1) this.#roundTrip.observe(request.kind, now - request.since);
    tell(request.expectation);
    return true;
  }

  /** Returns whether more has run than was known. */
  #acknowledge(expected: number): boolean {
    this.#requireSent(expected);
    const before = this.#outbox.acknowledged;
    const now = performance.now();
    for (const { kind, sends, since } of this.#outbox.acknowledge(expected))
      if (sends === 1) this.#roundTrip.observe(kind, now - since);
    if (this.#outbox.acknowledged === before) return false;
    this.#supervision.signs.progress(now);
    return true;
  }

  #requireSent(expected: number): void {
    const { reached } = this.#outbox;
    if (this.#outbox.isAhead(expected))
      throw new UntrueError(`the device expects request ${expected} next, but ${reached} was not yet sent`);
  }

  /** Returns whether more has come than was known. */
  #hearMissing({ held, latest }: Values<typeof MissingPayload.layout>, expected: number): boolean {
    const hasRun = this.#acknowledge(expected);
    const hasCome = this.#outbox.hear(expected, held, latest);
    if (hasCome) this.#supervision.signs.answer(performance.now());
    // Something came that could not be read: what was it?
    else this.#supervision.doubt();
    return hasRun || hasCome;
  }

  /** Asks how far the device is, unless the line is full anyway. */
  readonly #ask = (poll: number): boolean => {
    // Requests that only wait for the line's pace need no poll.
    if (this.#writer.isBlocked || !this.#outbox.isUnderWay) return false;
    const { acknowledged } = this.#outbox;
    this.#polls.set(poll, { transmission: this.#outbox.mark(), acknowledged });
    const payload = Messages.poll.request.encode({ id: poll });
    // The leading zero ends a frame that lost its end.
    this.#writer.write(concatenate([Uint8Array.of(0), this.#frame(Messages.poll.code, 0, payload)]));
    return true;
  };

  readonly #usual = (isInDoubt: boolean): number => {
    if (isInDoubt) return this.#roundTrip.least;
    const { sent, oldest } = this.#outbox;
    const asked = sent.length > 0 || !oldest ? sent : [oldest];
    return this.#roundTrip.timeout(asked.map(({ kind }) => kind));
  };

  /** Nothing is on its way: no answer is needed. */
  #rest(): void {
    this.#supervision.rest();
    this.#polls.clear();
  }

  /** Returns whether it is a poll that waits for its answer. */
  #settle({ id, held }: ReplyOf<'poll'>, expected: number): boolean {
    const poll = this.#polls.get(id);
    if (!poll) return false;
    this.#requireSent(expected);
    if (!this.#outbox.isPlausible(expected, poll.acknowledged))
      throw new ConnectionLost(`the device expects request ${expected}, which it has run: it was reset`);
    this.#supervision.settle(id);
    for (const earlier of this.#polls.keys()) if (earlier <= id) this.#polls.delete(earlier);
    if (!this.#acknowledge(expected)) this.#supervision.signs.answer(performance.now());
    this.#outbox.settle(expected, held, poll.transmission);
    return true;
  }

  readonly #lose = (): void => this.#fail(new ConnectionLost('the line to the device was closed'));

  readonly #break = (error: Error): void => this.#fail(lost(error));

  readonly #fail = (error: Error): void => {
    if (this.#failure) return;
    this.#failure = error;
    this.#supervision.stop();
    this.#writer.close();
    this.#stream.off('data', this.#receive);
    this.#stream.off('error', this.#break);
    this.#stream.off('end', this.#lose);
    this.#stream.off('close', this.#lose);
    for (const { reject } of this.#outbox.clear()) reject(error);
    for (const resolve of this.#roomWanted.splice(0)) resolve();
  };
}
