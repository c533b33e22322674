// A team of threads: instances of the module over one shared memory, each with its own globals and its own part of what
// work scribbles on. One of them leads: it alone answers the line, and the others help where work is shared.
//
// Sums are exact in any order, so whoever does which part gives the same bits. Threads of a host take turns by atomics. The
// two cores of a microcontroller have none, and deal turns out by number. Without threads there is a leader alone, and
// all of this compiles to nothing.

/** Which thread this is; 0 leads. */
export let self: i32 = 0;

// i32 each, shared by all.
const board: usize = TEAM_LIMIT > 1 ? memory.data(28, 8) : 0;
/** Helpers that have come. */
const enlisted: usize = board;
/** Threads that take part, the leader counted, since the last configuration. */
const members: usize = board + 4;
/** The job that is to be shared. */
const job: usize = board + 8;

// Only where there are atomics.
/** Counts the shares of work there were; who takes part in the last is in the bits below. */
const round: usize = board + 12;
/** Helpers that have not done their part yet. */
const busy: usize = board + 16;
/** The next turn to be taken. */
const turn: usize = board + 20;
/** Not 0 when a helper has failed. */
const lost: usize = board + 24;

const MEMBER_BITS: i32 = 8;
/** Looks at the board before a thread sleeps: some tens of microseconds, less than waking takes. */
const PATIENCE: i32 = 20_000;

/** The next turn of this thread, and how far apart those are, where turns are dealt out. */
let turns: i32 = 0;
let stride: i32 = 1;

/** Threads that take part. */
export function teamSize(): i32 {
  return TEAM_LIMIT > 1 ? load<i32>(members) : 1;
}

/** Threads that have room in the arena: a second core has it before it has come, so that what fits is known without it. */
export function teamRoom(): i32 {
  return ASC_FEATURE_THREADS ? teamSize() : TEAM_LIMIT;
}

/** Has all who have come by now take part from here on. */
export function gatherTeam(): void {
  if (TEAM_LIMIT > 1) store<i32>(members, min(helpers() + 1, TEAM_LIMIT));
}

/** Helpers that have come so far. */
export function helpers(): i32 {
  if (ASC_FEATURE_THREADS) return atomic.load<i32>(enlisted);
  return TEAM_LIMIT > 1 ? load<i32>(enlisted) : 0;
}

/** Numbers from 0, each given once, to whichever thread asks; begun anew by callTeam() and workAlone(). */
export function nextTurn(): i32 {
  if (ASC_FEATURE_THREADS) return atomic.add<i32>(turn, 1);
  const next = turns;
  turns += TEAM_LIMIT > 1 ? stride : 1;
  return next;
}

/** The leader takes all turns. */
export function workAlone(): void {
  if (ASC_FEATURE_THREADS) atomic.store<i32>(turn, 0);
  turns = 0;
  stride = 1;
}

/** This thread takes the turns that are its own by number. */
export function takeDealtTurns(): void {
  if (ASC_FEATURE_THREADS) return;
  turns = self;
  if (TEAM_LIMIT > 1) stride = teamSize();
}

/**
 * Calls all members to a job; the leader does its own part after that.
 *
 * Growing the memory by nothing changes nothing. A runtime with a second core takes the first time for the call, upon which
 * that core runs help(), and the second for the wait until it has done so: volatile words and fences are no WebAssembly.
 */
export function callTeam(what: i32): void {
  if (ASC_FEATURE_THREADS) return callThreads(what);
  takeDealtTurns();
  if (TEAM_LIMIT == 1 || teamSize() < 2) return;
  store<i32>(job, what);
  memory.grow(0);
}

/** The leader waits until every helper has done its part. */
export function awaitTeam(): void {
  if (TEAM_LIMIT == 1 || teamSize() < 2) return;
  if (ASC_FEATURE_THREADS) awaitThreads();
  else memory.grow(0);
}

function callThreads(what: i32): void {
  atomic.store<i32>(turn, 0);
  const size = load<i32>(members);
  if (size < 2) return;
  store<i32>(job, what);
  atomic.store<i32>(busy, size - 1);
  atomic.store<i32>(round, (((load<i32>(round) >> MEMBER_BITS) + 1) << MEMBER_BITS) | size);
  atomic.notify(round);
}

function awaitThreads(): void {
  for (let looks = 0; ; looks++) {
    if (atomic.load<i32>(lost) != 0) {
      dismissTeam();
      unreachable();
    }
    const left = atomic.load<i32>(busy);
    if (left == 0) return;
    if (looks > PATIENCE) atomic.wait<i32>(busy, left);
  }
}

/** All helpers are gone: the leader works alone, until others come. */
export function dismissTeam(): void {
  if (!ASC_FEATURE_THREADS) return;
  atomic.store<i32>(enlisted, 0);
  atomic.store<i32>(busy, 0);
  store<i32>(members, 1);
  atomic.store<i32>(lost, 0);
}

/** A helper cannot go on: the leader gives up too, where it waits. */
export function loseHelper(): void {
  if (!ASC_FEATURE_THREADS) return;
  atomic.store<i32>(lost, 1);
  atomic.store<i32>(busy, 0);
  atomic.notify(busy);
}

/** A helper comes. Returns the last call that it need not answer. */
export function enlist(): i32 {
  if (!ASC_FEATURE_THREADS) {
    self = 1;
    if (TEAM_LIMIT > 1) store<i32>(enlisted, 1);
    return 0;
  }
  const last = atomic.load<i32>(round);
  self = atomic.add<i32>(enlisted, 1) + 1;
  return last;
}

/** A helper waits for a call after `last` that is meant for it. Returns which it is. */
export function awaitCall(last: i32): i32 {
  if (!ASC_FEATURE_THREADS) return last;
  let call = last;
  do {
    call = awaitChange(call);
  } while (self >= (call & ((1 << MEMBER_BITS) - 1)));
  return call;
}

/** The first call that is not the last. */
function awaitChange(last: i32): i32 {
  let looks = 0;
  let call = atomic.load<i32>(round);
  while (call == last) {
    if (++looks > PATIENCE) atomic.wait<i32>(round, last);
    call = atomic.load<i32>(round);
  }
  return call;
}

/** The job of the last call. */
export function calledTo(): i32 {
  return TEAM_LIMIT > 1 ? load<i32>(job) : 0;
}

/** A helper has done its part. */
export function reportDone(): void {
  if (ASC_FEATURE_THREADS && atomic.sub<i32>(busy, 1) == 1) atomic.notify(busy, 1);
}
