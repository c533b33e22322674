/** HELLO, at each rate that a line may have, and what came instead of an answer. */
import { concatenate, type UserError } from '../ground/index.js';
import { invertedProbe, Messages, PROTOCOL, probe, schemaHash } from '../wire/index.js';
import type { ByteStream } from './byte-stream.js';
import type { LineKind } from './diagnosis.js';
import { encodeFrame } from './frame.js';
import { BITS_PER_BYTE } from './rates.js';
import { Unanswered } from './unanswered.js';

/** Milliseconds from one HELLO to the next. */
const INTERVAL = 200;
/** HELLOs before the first probe, and from one to the next, where none is answered: a line may let none pass, but a probe. */
interface Probing {
  readonly first: number;
  readonly between: number;
}
const atOneRate: Probing = { first: 5, between: 10 };
/** The interval is longer there by the time that a probe and its answer take: about so many bytes. */
const atMany: Probing = { first: 1, between: 2 };
const PROBE_AND_ANSWER = 1200;

/** A HELLO with a session of its own for each rate, for the line's own where none are given. */
export function hellosAt(rates?: readonly number[]): readonly Hello[] {
  const all = rates ? [...new Set(rates)] : [undefined];
  const session = drawnSession(all.length);
  return all.map((baud, index) => new Hello(session + index, baud));
}

/** The first of so many session numbers in a row, from 1 to 65,535. */
function drawnSession(count: number): number {
  const [word] = crypto.getRandomValues(new Uint32Array(1));
  return 1 + (word % (0x10000 - count));
}

export class Hello {
  readonly unanswered = new Unanswered();
  /** The leading zero ends whatever rubbish the device has heard before. */
  readonly bytes: Uint8Array;
  #said = 0;
  #probe = invertedProbe;

  /** @param baud undefined where there is one rate alone */
  constructor(
    readonly session: number,
    readonly baud: number | undefined,
  ) {
    const payload = Messages.hello.request.encode({ schema: schemaHash, protocol: PROTOCOL, session });
    const frame = encodeFrame({ type: Messages.hello.code, session, sequence: 0, payload });
    this.bytes = concatenate([Uint8Array.of(0), frame]);
  }

  /** Says it, with a probe now and then. Returns the milliseconds that an answer may take. */
  say(stream: ByteStream): number {
    this.unanswered.ask();
    if (stream.writableNeedDrain) return INTERVAL;
    stream.write(this.bytes);
    const { first, between } = this.baud === undefined ? atOneRate : atMany;
    if (this.#said++ % between !== first) return INTERVAL;
    this.#probe = this.#probe === probe ? invertedProbe : probe;
    stream.write(this.#probe);
    if (this.baud === undefined) return INTERVAL;
    return INTERVAL + (1000 * PROBE_AND_ANSWER * BITS_PER_BYTE) / this.baud;
  }

  /** Sends the last probe again. */
  probe(stream: ByteStream): void {
    if (!stream.writableNeedDrain) stream.write(this.#probe);
  }
}

/** Why nobody has answered, as far as what came at any rate tells. */
export function explainSilence(
  hellos: readonly Hello[],
  patience: number,
  kind: LineKind | undefined,
): UserError {
  const { unanswered, bytes, baud } = mostTelling(hellos);
  const question = { patience, sent: bytes, kind };
  const rates = hellos.flatMap((hello) => hello.baud ?? []);
  if (baud === undefined || unanswered.isTold(bytes)) return unanswered.explain(question);
  return unanswered.explainAtAny(rates, question, baud);
}

/** Why the line broke, with what it had said before. */
export function explainBreak(hellos: readonly Hello[], error: Error): Error {
  return mostTelling(hellos).unanswered.explainBreak(error);
}

/** The one at whose rate it shows what is there, or else at which most came. */
function mostTelling(hellos: readonly Hello[]): Hello {
  const telling = hellos.filter(({ unanswered, bytes }) => unanswered.isTold(bytes));
  const among = telling.length > 0 ? telling : hellos;
  return among.reduce((most, hello) => (hello.unanswered.count > most.unanswered.count ? hello : most));
}
