/**
 * An adaptive time-out (Jacobson 1988): the smoothed time of an answer and four times its mean deviation, kept
 * apart for each kind of message, a minibatch taking longer than a poll.
 */
const FIRST_GUESS = 250;
const LEAST = 10;
const MOST = 10_000;

interface Estimate {
  mean: number;
  deviation: number;
}

export class RoundTrip {
  readonly #estimates = new Map<string, Estimate>();

  /** Notes how long the answer to a message that was sent once took, in milliseconds. */
  observe(kind: string, milliseconds: number): void {
    const known = this.#estimates.get(kind);
    if (!known) {
      this.#estimates.set(kind, { mean: milliseconds, deviation: milliseconds / 2 });
      return;
    }
    known.deviation += (Math.abs(milliseconds - known.mean) - known.deviation) / 4;
    known.mean += (milliseconds - known.mean) / 8;
  }

  /** Milliseconds to wait for messages of these kinds before asking. */
  timeout(kinds: Iterable<string>): number {
    let most = 0;
    for (const kind of kinds) most = Math.max(most, this.#usual(kind));
    return Math.min(Math.max(most, LEAST), MOST);
  }

  /** The same for whatever kind is answered soonest. */
  get least(): number {
    const soonest = Math.min(FIRST_GUESS, ...[...this.#estimates.keys()].map((kind) => this.#usual(kind)));
    return Math.max(soonest, LEAST);
  }

  #usual(kind: string): number {
    const known = this.#estimates.get(kind);
    return known ? known.mean + 4 * known.deviation : FIRST_GUESS;
  }
}
