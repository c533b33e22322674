/** When the host asks how far the device is, and when it gives it up. How it asks is the link's. */
import type { UserError } from '../ground/index.js';
import { type Overdue, VitalSigns } from './vital-signs.js';

/** The longest wait for a poll's answer, as a share of the patience, so that one lost poll is survivable. */
const LONGEST_WAIT = 1 / 8;

export interface Supervised {
  /** Whoever waits longest, if anybody does. */
  readonly oldest: () => Overdue | undefined;
  /** Milliseconds that an answer takes at most, or in doubt the soonest. */
  readonly usual: (isInDoubt: boolean) => number;
  /** Sends a poll with this number; returns false where the line takes none. */
  readonly ask: (poll: number) => boolean;
  readonly giveUp: (verdict: UserError) => void;
}

export class Supervision {
  readonly signs: VitalSigns;
  readonly #patience: number;
  readonly #of: Supervised;
  #asked = 0;
  /** Polls up to this one need no answer any more. */
  #settled = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Since something came that cannot be read: the timer is short, and no more of it puts that off. */
  #isInDoubt = false;

  /** @param patience milliseconds */
  constructor(patience: number, of: Supervised) {
    this.signs = new VitalSigns(patience, performance.now());
    this.#patience = patience;
    this.#of = of;
  }

  /** Polls so far. */
  get asked(): number {
    return this.#asked;
  }

  /** Begins to wait, unless somebody waits already. */
  begin(): void {
    if (!this.#timer) this.#arm(false);
  }

  /** Nothing is on its way: no answer is needed. */
  rest(): void {
    this.#settled = this.#asked;
  }

  /** This poll is answered, and with it those before. */
  settle(poll: number): void {
    this.#settled = poll + 1;
  }

  /** Asks at once, unless an answer is due anyway. */
  doubt(): void {
    if (this.#of.oldest() && this.#asked === this.#settled) this.#ask();
  }

  /** Bytes have come: whether some were asked for, and whether some could not be read. */
  heard(answers: boolean, isDamaged: boolean): void {
    // The timer may be put off again and again by what comes; the end may not.
    if (!this.#giveUpIfDue() && (answers || (isDamaged && !this.#isInDoubt))) this.#arm(isDamaged);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #ask(): void {
    if (this.#of.ask(this.#asked)) this.#asked++;
    this.#arm(false);
  }

  #arm(isInDoubt: boolean): void {
    this.stop();
    this.#isInDoubt = isInDoubt;
    const oldest = this.#of.oldest();
    if (!oldest) return;
    const usual = this.#of.usual(isInDoubt) * 2 ** (this.#asked - this.#settled);
    const left = this.signs.left(performance.now(), oldest);
    this.#timer = setTimeout(this.#expire, Math.ceil(Math.min(usual, this.#patience * LONGEST_WAIT, left)));
  }

  readonly #expire = (): void => {
    if (!this.#giveUpIfDue()) this.#ask();
  };

  #giveUpIfDue(): boolean {
    const oldest = this.#of.oldest();
    const verdict = oldest && this.signs.verdict(performance.now(), oldest);
    if (verdict) this.#of.giveUp(verdict);
    return verdict !== undefined;
  }
}
