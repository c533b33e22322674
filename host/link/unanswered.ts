/** Explains to a user a line on which nobody has answered, as far as the bytes that came instead tell. */
import { characters, concatenate, count, duration, several, UserError } from '../ground/index.js';
import type { LineKind } from './diagnosis.js';

/** Bytes that are looked at: the first ones. */
const KEPT = 4096;
/** The least share of readable characters in a text. */
const READABLE = 0.95;
/** Characters of a text that are quoted. */
const QUOTED = 60;
/** WILL, WONT, DO and DONT of telnet, with an option. */
const NEGOTIATION = /\xff[\xfb-\xfe]./gs;
const FIRMWARE = 'is it powered, does it run the eqprop firmware, and is';
const BAUD_RATE = `${FIRMWARE} the baud rate the one it was built for?`;
/** A byte 0x13 stops a line with software flow control: what is sent afterwards waits for ever. */
const STOPPED =
  'is software flow control on somewhere (switch it off: stty -ixon -ixoff), or is the baud rate another?';
/** Questions in a row that nothing came after, not even rubbish. */
const UNHEARD = 10;

export interface Question {
  /** Milliseconds for which it was asked. */
  readonly patience: number;
  /** The bytes of it, that a line may send back. */
  readonly sent: Uint8Array;
  readonly kind: LineKind | undefined;
}

export class Unanswered {
  #bytes = new Uint8Array(0);
  #count = 0;
  #unheard = 0;

  /** A question is sent. */
  ask(): void {
    this.#unheard++;
  }

  hear(bytes: Uint8Array): void {
    this.#unheard = 0;
    this.#count += bytes.length;
    if (this.#bytes.length < KEPT) this.#bytes = concatenate([this.#bytes, bytes]).subarray(0, KEPT);
  }

  /** Bytes that came. */
  get count(): number {
    return this.#count;
  }

  /** Tells whether what came shows what is there instead: at another rate it would be rubbish. */
  isTold(sent: Uint8Array): boolean {
    return this.#holds(sent) || this.#text !== undefined;
  }

  /** Nobody has answered in time. */
  explain({ patience, sent, kind }: Question): UserError {
    const silence = `no answer from the device within ${duration(patience / 1000)}`;
    const baudRate = kind === 'port' ? `${BAUD_RATE} Without --baud it is found` : BAUD_RATE;
    if (this.#count === 0) return new UserError(silence, baudRate);
    if (this.#holds(sent))
      return new UserError(
        `${silence}: the line sends back what it is sent`,
        'are RX and TX joined, or is there a terminal or a program that echoes? The firmware does not',
      );
    const text = this.#text;
    if (text === undefined && this.#unheard >= UNHEARD)
      return new UserError(
        `${silence}: ${this.#count} other bytes (${this.#hex}), then nothing more`,
        STOPPED,
      );
    if (text === undefined)
      return new UserError(`${silence}, but ${this.#count} other bytes: ${this.#hex}`, baudRate);
    return new UserError(`${silence}, but a text: '${text}'`, whatSpeaks(text));
  }

  /** The same at many rates, between which these bytes, the most that came, tell nothing. */
  explainAtAny(rates: readonly number[], { patience }: Question, here: number): UserError {
    const [least, most] = [Math.min(...rates), Math.max(...rates)].map(count);
    const silence = `no answer from the device within ${duration(patience / 1000)} at ${several(rates.length, 'rate')} from ${least} to ${most} baud`;
    const others = `, but ${count(this.#count)} other bytes at ${count(here)}: ${this.#hex}`;
    return new UserError(
      silence + (this.#count > 0 ? others : ''),
      `${FIRMWARE} its baud rate another (--baud names it), or can the adapter not keep up (eqprop flash <board> --baud 115200)?`,
    );
  }

  /** The line broke: with what it had said before. */
  explainBreak(error: Error): Error {
    const text = this.#text;
    if (text === undefined) return error;
    return new UserError(`${error.message} after it had said '${text}'`, whatSpeaks(text), { cause: error });
  }

  #holds(bytes: Uint8Array): boolean {
    return characters(this.#bytes).includes(characters(bytes));
  }

  /** The first line, where it is text that comes; a telnet port may negotiate before it. */
  get #text(): string | undefined {
    const said = characters(this.#bytes).replace(NEGOTIATION, '');
    const readable = said.replace(/[^\t-\r -~]+/g, '');
    if (readable.length < READABLE * said.length) return undefined;
    const line = readable.split(/[\r\n]+/).find((line) => line.trim() !== '');
    return line && shortened(line.replace(/\s+/g, ' ').trim());
  }

  get #hex(): string {
    const first = this.#bytes.subarray(0, 8);
    const bytes = Array.from(first, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    return this.#count > first.length ? `${bytes} …` : bytes;
  }
}

const shortened = (text: string) => (text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);

function whatSpeaks(text: string): string {
  if (text.startsWith('HTTP/'))
    return 'a web server listens there: the serial line of a device has another port';
  if (/in use|busy/i.test(text)) return 'close the other program that has the device open';
  return 'another program speaks: does the device run the eqprop firmware, and is this its line, not its console?';
}
