/** Results of a corpus, in numbers. */
import type { Frame } from '#host/link/frame';
import { ErrorPayload, Errors, Messages, REPLY, Signal } from '#host/wire/index';
import type { ChunkKind } from './corpus.js';

const signals = new Map<number, string>(Object.entries(Signal).map(([name, type]) => [type, name]));
const replies = new Map<number, string>(
  Object.entries(Messages).map(([name, { code }]) => [code | REPLY, name]),
);
/** Places from here on count as one. */
const MANY = 8;

const countIn = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

export class Tally {
  readonly kinds = new Map<string, number>();
  readonly answers = new Map<string, number>();
  readonly errors = new Map<string, number>();
  /** Answers told apart by type, error, request and place. */
  readonly distinct = new Set<string>();
  frames = 0;
  /** Milliseconds that the device took, for all of them and for the longest. */
  busy = 0;
  longest = 0;

  fed(kind: ChunkKind, milliseconds: number): void {
    countIn(this.kinds, kind);
    this.frames++;
    this.busy += milliseconds;
    this.longest = Math.max(this.longest, milliseconds);
  }

  /** Returns what it is counted as among the distinct ones. */
  answered({ type, payload }: Frame): string {
    const name = signals.get(type) ?? replies.get(type) ?? `type ${type}`;
    countIn(this.answers, name);
    if (type === Signal.error) {
      const { code, request, place } = ErrorPayload.decode(payload);
      const error = names.get(code) ?? `error ${code}`;
      countIn(this.errors, error);
      return this.#note(`${error} ${request} ${Math.min(place, MANY)}`);
    }
    return this.#note(name);
  }

  #note(answer: string): string {
    this.distinct.add(answer);
    return answer;
  }

  /** Errors of the schema that no device has answered with. */
  get missingErrors(): readonly string[] {
    return Object.keys(Errors).filter((name) => !this.errors.has(name));
  }

  get missingReplies(): readonly string[] {
    const known = [...replies.values(), ...signals.values()];
    // These are quiet.
    return known.filter((name) => !this.answers.has(name) && name !== 'write' && name !== 'sample');
  }

  /** Lines of text. */
  table(): string {
    const rows = (title: string, counts: ReadonlyMap<string, number>) => [
      `${title}:`,
      ...[...counts]
        .sort(([, a], [, b]) => b - a)
        .map(([name, count]) => `  ${name.padEnd(18)}${String(count).padStart(11)}`),
    ];
    return [
      ...rows('frames', this.kinds),
      ...rows('answers', this.answers),
      ...rows('errors', this.errors),
      `${this.frames} frames, ${this.distinct.size} distinct answers, ${Math.round((1000 * this.frames) / this.busy)} frames/s in the device, the longest took ${Math.round(this.longest)} ms`,
    ].join('\n');
  }
}

const names = new Map<number, string>(Object.entries(Errors).map(([name, [code]]) => [code, name]));
