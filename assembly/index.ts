// The boundary of the module: bytes in, bytes out.

import { prepareRows } from './arithmetic/rows';
import * as commands from './commands/commands';
import * as link from './endpoint/link';
import { openArena } from './memory/arena';
import { awaitTeam } from './memory/team';
import { INPUT_CAPACITY, input, output, reply, request } from './messages/buffers';
import { fail } from './messages/errors';
import { ErrorCode, MAX_PAYLOAD } from './messages/wire';
import { clearModel } from './model/parameters';

/**
 * Starts the device. `arena`: bytes it may use beyond the static data. `window`: bytes that the line's buffer
 * holds while the kernel computes. Returns the bytes of arena there are.
 */
export function start(arena: u32, window: u32): u32 {
  // After a trap of the leader, helpers may still be at their part.
  awaitTeam();
  const capacity = openArena(arena);
  prepareRows();
  clearModel();
  link.openLink(window);
  isHeard = false;
  return capacity;
}

/**
 * Says that the device gave up before it was started just now: `cause` is one of the wire's Fault, `place` the
 * address where. Send outputLength() bytes of the output buffer next.
 */
export function reportFault(cause: u32, place: u32): void {
  link.announceFault(cause, place);
}

/** Says how deep the stack has been, of how many bytes: STATISTICS tells it. */
export function reportStack(used: u32, size: u32): void {
  link.noteStack(used, size);
}

/** Where to put bytes from the line, inputCapacity() at most, before feed(). */
export function inputBuffer(): usize {
  return input;
}

export function inputCapacity(): i32 {
  return INPUT_CAPACITY;
}

/** True where the current byte is decoded, and the request it completed is still to run. */
let isHeard: bool = false;

/**
 * Takes bytes `from` … `length` − 1 of the input buffer, up to the first that makes the device answer. Returns how
 * far it came; send outputLength() bytes of the output buffer, then feed the rest. `more`: whether more bytes have come than
 * these; what takes long waits for the last of them, since it may tell that something is missing.
 */
export function feed(from: i32, length: i32, more: bool): i32 {
  link.clearOutput();
  while (from < length) {
    if (!isHeard) {
      isHeard = true;
      if (link.receive(load<u8>(input + from))) return from;
    }
    while (link.isWaiting() && !isPutOff(more, from + 1, length)) if (link.goOn()) return from;
    isHeard = false;
    from++;
  }
  return from;
}

/** Returns whether the waiting request is put off: more bytes are to come than `from` … `length` − 1, or one of these ends a frame. */
function isPutOff(more: bool, from: i32, length: i32): bool {
  return link.canWait() && (more || endsFrame(from, length));
}

function endsFrame(from: i32, length: i32): bool {
  while (from < length) if (load<u8>(input + from++) == 0) return true;
  return false;
}

export function outputBuffer(): usize {
  return output;
}

export function outputLength(): i32 {
  return link.outputLength;
}

/** Where the twin puts a request's payload before execute(). */
export function requestBuffer(): usize {
  return request;
}

/** Runs one request without a link. Returns the length of its reply's payload, or −1 for an error in its place. */
export function execute(code: i32, length: i32): i32 {
  if (u32(length) > u32(MAX_PAYLOAD)) return fail(ErrorCode.badLength, length, MAX_PAYLOAD);
  return commands.execute(code, length);
}

export function replyBuffer(): usize {
  return reply;
}

// A core may have its own form of these.
export {
  addColumns,
  addDrives,
  addListed,
  addMultiples,
  addRows,
  changeWeights,
  settleStates,
} from './arithmetic/primitives';
export { addPatch } from './arithmetic/rows';
// A program that has the network within it, laid out and learnt, calls these: without messages, or with one that lies ready.
export { imageOf, outputStates, parametersOf, predict, stage } from './calls';
export { train } from './commands/learning';
export { confirm } from './commands/tensors';
export { keepParametersAt } from './memory/arena';
export { keepParts } from './network/present';
// Where the static data ends and the arena may begin: constants of the module, which only asc knows.
// @ts-expect-error
export { __data_end, __heap_base };
