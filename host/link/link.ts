/**
 * The host's end of the link. Numbered requests run once and in order on the device, whatever the line does:
 * - no more bytes are under way than the device's window holds; acknowledgements are cumulative;
 * - a gap the device reports, or a poll after an adaptive time-out reveals, is sent again from its start;
 * - a request whose reply was lost is sent again, and the device repeats the reply it kept.
 * Polls are small, so that waiting for a device that computes never floods it.
 */
import { randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { UserError } from '../errors.js';
import { DeviceError } from './device-error.js';
import type { Endpoint, LoudName, QuietName } from './endpoint.js';
import { decodeFrame, encodeFrame, type Frame, FrameSplitter } from './frame.js';
import { RoundTrip } from './round-trip.js';
import {
  type MessageName,
  Messages,
  PROTOCOL,
  REPLY,
  type ReplyOf,
  type RequestOf,
  Signal,
  schemaHash,
} from './schema.js';

export interface LinkOptions {
  /** Milliseconds without a sign of life after which the device is given up (default 30,000). */
  readonly patience?: number;
}

export interface LinkCounters {
  bytesSent: number;
  bytesReceived: number;
  /** Frames sent again. */
  resent: number;
  polls: number;
  /** Frames that arrived damaged. */
  damaged: number;
}

interface Outstanding {
  readonly name: LoudName | QuietName;
  readonly sequence: number;
  readonly encoded: Uint8Array;
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: Error) => void;
  sentAt: number;
  sends: number;
}

/** Room in the window for polls. */
const POLL_RESERVE = 64;
const HELLO_INTERVAL = 200;
const SEQUENCES = 0x10000;

const isQuiet = (name: MessageName) => Messages[name].quiet;

export class Link implements Endpoint {
  readonly counters: LinkCounters = { bytesSent: 0, bytesReceived: 0, resent: 0, polls: 0, damaged: 0 };
  readonly #stream: Duplex;
  readonly #patience: number;
  readonly #splitter = new FrameSplitter();
  readonly #roundTrip = new RoundTrip();
  readonly #session = randomInt(1, 0x10000);
  #hello: ReplyOf<'hello'> | undefined;
  #onHello: ((reply: ReplyOf<'hello'> | Error) => void) | undefined;
  #failure: Error | undefined;
  /** The refusal of a quiet request that no `request` has told of yet. */
  #refusal: Error | undefined;

  #nextSequence = 0;
  /** Sent and not acknowledged, or acknowledged and not replied to; by age. */
  #outstanding: Outstanding[] = [];
  #waiting: Outstanding[] = [];
  /** Sequence before which everything is acknowledged. */
  #acknowledged = 0;
  #bytesUnderWay = 0;
  #roomWanted: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #backOff = 1;
  #polls: { readonly id: number; readonly sentAt: number }[] = [];
  #lastHeard = performance.now();

  private constructor(stream: Duplex, options: LinkOptions) {
    this.#stream = stream;
    this.#patience = options.patience ?? 30_000;
    stream.on('data', (bytes: Buffer) => this.#receive(bytes));
    stream.on('drain', () => this.#pump());
    stream.on('error', (error: Error) => this.#fail(error));
    stream.on('close', () => this.#fail(new UserError('the line to the device was closed')));
  }

  /**
   * Says HELLO until the device answers: a board that the opening of its port has reset is not up at once.
   * Rejects with `DeviceError` where the device speaks another version, `UserError` where it stays silent.
   */
  static async open(stream: Duplex, options: LinkOptions = {}): Promise<Link> {
    const link = new Link(stream, options);
    const payload = Messages.hello.request.encode({
      schema: schemaHash,
      protocol: PROTOCOL,
      session: link.#session,
    });
    const frame = encodeFrame({ type: Messages.hello.code, session: link.#session, sequence: 0, payload });
    // The leading zero ends whatever rubbish the device has heard before.
    const greeting = Buffer.concat([Uint8Array.of(0), frame]);
    link.#hello = await new Promise<ReplyOf<'hello'>>((resolve, reject) => {
      const say = () => link.#write(greeting);
      const retry = setInterval(say, HELLO_INTERVAL);
      const giveUp = setTimeout(() => {
        const error = new UserError(
          `no answer from the device within ${link.#patience / 1000} s`,
          'is it powered, does it run the eqprop firmware, and is the baud rate the one it was built for?',
        );
        link.#fail(error);
      }, link.#patience);
      link.#onHello = (reply) => {
        clearInterval(retry);
        clearTimeout(giveUp);
        link.#onHello = undefined;
        if (reply instanceof Error) reject(reply);
        else resolve(reply);
      };
      if (link.#failure) link.#onHello(link.#failure);
      else say();
    });
    return link;
  }

  /** What the device said of itself. */
  get device(): ReplyOf<'hello'> {
    if (!this.#hello) throw new Error('the link is not open');
    return this.#hello;
  }

  async request<N extends LoudName>(name: N, values: RequestOf<N>): Promise<ReplyOf<N>> {
    const payload = await this.#enqueue(name, values);
    if (this.#refusal) {
      const refusal = this.#refusal;
      this.#refusal = undefined;
      throw refusal;
    }
    return Messages[name].reply.decode(payload) as ReplyOf<N>;
  }

  async post<N extends QuietName>(name: N, values: RequestOf<N>): Promise<void> {
    this.#enqueue(name, values).catch((error: Error) => {
      this.#refusal ??= error;
    });
    if (this.#waiting.length > 0) await new Promise<void>((resolve) => this.#roomWanted.push(resolve));
    if (this.#failure) throw this.#failure;
  }

  /** Stops listening and waiting; what is outstanding is rejected. Does not close the stream. */
  close(): void {
    this.#fail(new UserError('the link was closed'));
  }

  #enqueue(name: LoudName | QuietName, values: RequestOf<MessageName>): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      const message = Messages[name];
      const sequence = this.#nextSequence;
      this.#nextSequence = (sequence + 1) % SEQUENCES;
      const payload = (message.request.encode as (v: typeof values) => Uint8Array)(values);
      const encoded = encodeFrame({ type: message.code, session: this.#session, sequence, payload });
      this.#waiting.push({ name, sequence, encoded, resolve, reject, sentAt: 0, sends: 0 });
      this.#pump();
    });
  }

  /** Sends what the window has room for. */
  #pump(): void {
    const room = Math.max(this.device.window - POLL_RESERVE, 1);
    const ready: Uint8Array[] = [];
    let loud = this.#outstanding.filter(({ name }) => !isQuiet(name)).length;
    while (this.#waiting.length > 0 && !this.#stream.writableNeedDrain) {
      const [next] = this.#waiting;
      const length = next.encoded.length;
      if (this.#bytesUnderWay > 0 && this.#bytesUnderWay + length > room) break;
      if (!isQuiet(next.name) && loud >= this.device.replySlots) break;
      if (!isQuiet(next.name)) loud++;
      this.#waiting.shift();
      this.#outstanding.push(next);
      this.#bytesUnderWay += length;
      next.sentAt = performance.now();
      next.sends = 1;
      ready.push(next.encoded);
    }
    if (ready.length > 0) {
      this.#write(ready.length === 1 ? ready[0] : Buffer.concat(ready));
      this.#arm();
    }
    if (this.#waiting.length === 0) for (const resolve of this.#roomWanted.splice(0)) resolve();
  }

  #write(bytes: Uint8Array): void {
    this.counters.bytesSent += bytes.length;
    this.#stream.write(bytes);
  }

  #receive(bytes: Uint8Array): void {
    this.counters.bytesReceived += bytes.length;
    for (const encoded of this.#splitter.split(bytes)) {
      const frame = decodeFrame(encoded);
      if (!frame) {
        this.counters.damaged++;
        if (this.#outstanding.length > 0) this.#poll();
      } else {
        this.#lastHeard = performance.now();
        this.#dispatch(frame);
      }
    }
  }

  #dispatch({ type, session, sequence, payload }: Frame): void {
    if (type === (Messages.hello.code | REPLY)) {
      if (session === this.#session) this.#onHello?.(Messages.hello.reply.decode(payload));
    } else if (type === Signal.error) {
      const error = DeviceError.decode(payload);
      if (error.request === 'hello') this.#onHello?.(error);
      else if (error.error === 'unknownSession') this.#fail(error);
      else if (session === this.#session) this.#answer(sequence, (request) => request.reject(error));
    } else if (session !== this.#session || !this.#hello) {
      // An echo of an earlier session.
    } else if (type === Signal.acknowledge) {
      this.#acknowledge(sequence);
      this.#progress();
    } else if (type === Signal.missing) {
      this.#acknowledge(sequence);
      this.#resend(({ sequence: sent }) => this.#isAfter(sent, sequence));
      this.#progress();
    } else if (type === (Messages.poll.code | REPLY)) {
      this.#acknowledge(sequence);
      this.#afterPoll(Messages.poll.reply.decode(payload).id);
    } else if (type & REPLY) {
      this.#answer(sequence, (request) => request.resolve(payload.slice()));
    }
  }

  #isAfter(sequence: number, reference: number): boolean {
    return (sequence - reference + SEQUENCES) % SEQUENCES < SEQUENCES / 2;
  }

  #answer(sequence: number, settle: (request: Outstanding) => void): void {
    this.#acknowledge((sequence + 1) % SEQUENCES);
    const index = this.#outstanding.findIndex((request) => request.sequence === sequence);
    if (index >= 0) {
      const [request] = this.#outstanding.splice(index, 1);
      if (request.sends === 1) this.#roundTrip.observe(request.name, performance.now() - request.sentAt);
      settle(request);
    }
    this.#progress();
  }

  /** Everything before `expected` has run. Quiet requests are done with that; the others await their reply. */
  #acknowledge(expected: number): void {
    this.#outstanding = this.#outstanding.filter((request) => {
      const isNew = this.#isAfter(request.sequence, this.#acknowledged);
      if (this.#isAfter(request.sequence, expected)) return true;
      if (isNew) this.#bytesUnderWay -= request.encoded.length;
      if (!isQuiet(request.name)) return true;
      request.resolve(new Uint8Array(0));
      return false;
    });
    if (this.#isAfter(expected, this.#acknowledged)) this.#acknowledged = expected;
  }

  #progress(): void {
    this.#backOff = 1;
    this.#arm();
    this.#pump();
  }

  #resend(which: (request: Outstanding) => boolean): void {
    const again = this.#outstanding.filter(which);
    for (const request of again) {
      request.sends++;
      request.sentAt = performance.now();
    }
    this.counters.resent += again.length;
    if (again.length > 0) this.#write(Buffer.concat(again.map(({ encoded }) => encoded)));
  }

  /** What was sent before the poll has been run or lost, and the replies to what was run have been sent. */
  #afterPoll(id: number): void {
    const index = this.#polls.findIndex((poll) => poll.id === id);
    if (index < 0) return;
    const { sentAt } = this.#polls[index];
    this.#polls.splice(0, index + 1);
    this.#resend((request) => request.sentAt < sentAt);
    this.#arm();
  }

  #poll(): void {
    const id = this.counters.polls++;
    this.#polls.push({ id, sentAt: performance.now() });
    const payload = Messages.poll.request.encode({ id });
    this.#write(encodeFrame({ type: Messages.poll.code, session: this.#session, sequence: 0, payload }));
  }

  /** Waits for the oldest outstanding request, then asks how far the device is. */
  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#outstanding.length === 0 || this.#failure) return;
    const wait = this.#roundTrip.timeout(this.#outstanding.map(({ name }) => name)) * this.#backOff;
    this.#timer = setTimeout(() => {
      const silence = performance.now() - Math.max(this.#lastHeard, this.#outstanding[0].sentAt);
      if (silence > this.#patience) {
        this.#fail(
          new UserError(
            `the device has been silent for ${Math.round(silence / 1000)} s`,
            'was it unplugged or reset? A run is continued with --resume',
          ),
        );
        return;
      }
      this.#backOff = Math.min(this.#backOff * 2, 16);
      this.#poll();
      this.#arm();
    }, wait);
  }

  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    clearTimeout(this.#timer);
    this.#onHello?.(error);
    for (const request of [...this.#outstanding, ...this.#waiting]) request.reject(error);
    this.#outstanding = [];
    this.#waiting = [];
    for (const resolve of this.#roomWanted.splice(0)) resolve();
  }
}
