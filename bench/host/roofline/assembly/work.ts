// Work of one thread, phase by phase, and its time. The counting build has this beside the kernel.
// Phases and their numbers are phases.ts's.

@unmanaged
class Work {
  /** Multiply-accumulates. */
  products: u64;
  /** Weights scaled and rounded. */
  changes: u64;
  /** How often the phase was entered. */
  entries: u64;
  milliseconds: f64;
}

const PHASES: i32 = 16;
/** One row of weights in so many is timed: a look at the clock costs as much as a row. No divisor of 28, an image's width. */
const TIMED_ROWS: i32 = 9;
/** The time of the rows that are not. */
const ROWS: i32 = 15;
const works: usize = memory.data(PHASES * offsetof<Work>(), 8);
/** The phase that counts and time go to. */
let phase: usize = works;
let timed: usize = works;
let since: f64 = 0;

/** The host's, in milliseconds. */
declare function clock(): f64;

/** Work from here on counts for this phase. */
export function enter(next: i32): void {
  const now = clock();
  changetype<Work>(timed).milliseconds += now - since;
  since = now;
  phase = works + next * offsetof<Work>();
  timed = phase;
  changetype<Work>(phase).entries++;
}

/** The same for a row of weights. */
export function enterRow(next: i32, row: i32): void {
  if (row % TIMED_ROWS === 0) enter(next);
  else {
    if (timed !== works + ROWS * offsetof<Work>()) enter(ROWS);
    phase = works + next * offsetof<Work>();
  }
}

export function noteProducts(count: i32): void {
  changetype<Work>(phase).products += count;
}

export function countChanges(count: i32): void {
  changetype<Work>(phase).changes += count;
}

/** The time up to here counts for no phase. */
export function startClock(): void {
  since = clock();
}

export function products(which: i32): f64 {
  return f64(workOf(which).products);
}

export function changes(which: i32): f64 {
  return f64(workOf(which).changes);
}

export function entries(which: i32): f64 {
  return f64(workOf(which).entries);
}

export function milliseconds(which: i32): f64 {
  return workOf(which).milliseconds;
}

function workOf(which: i32): Work {
  return changetype<Work>(works + which * offsetof<Work>());
}

/** Products of all rows that were not timed. */
export function rowMilliseconds(): f64 {
  return workOf(ROWS).milliseconds;
}

export function rowEntries(): f64 {
  return f64(workOf(ROWS).entries);
}

/** Enters a phase again and again, to tell what that costs. */
export function enterOften(next: i32, times: i32): void {
  for (let i = 0; i < times; i++) enter(next);
}
