/** A trap of the module in this host's runtime, told as a board tells it. */
import { Fault } from '../wire/index.js';

export interface Trap {
  /** One of `Fault`. */
  readonly cause: number;
  /** Offset of the instruction in the module's bytes; 0 where the runtime does not tell. */
  readonly place: number;
}

declare const WebAssembly: { readonly RuntimeError: new () => Error };

/** The words of V8, JavaScriptCore and SpiderMonkey. */
const causes: readonly (readonly [words: RegExp, cause: number])[] = [
  [/out of bounds/i, Fault.outOfBounds],
  [/(divide|division) by zero/i, Fault.divisionByZero],
  [/unrepresentable|integer overflow/i, Fault.integerOverflow],
  [/unreachable/i, Fault.unreachable],
];

/** An engine whose stack is used up throws an error of its own: a RangeError, Firefox an InternalError. */
const OVERFLOW = /call stack|recursion/i;

/** Returns the trap behind an error thrown by the module; undefined where it was none. */
export function trapOf(error: unknown): Trap | undefined {
  if (!(error instanceof Error)) return undefined;
  const { message, stack } = error;
  const overflowed = OVERFLOW.test(message);
  if (!overflowed && !(error instanceof WebAssembly.RuntimeError)) return undefined;
  const cause = overflowed
    ? Fault.stackOverflow
    : (causes.find(([words]) => words.test(message))?.[1] ?? Fault.exception);
  const place = /wasm-function\[\d+\]:(0x[0-9a-f]+)/.exec(stack ?? '')?.[1];
  return { cause, place: Number(place ?? 0) };
}
