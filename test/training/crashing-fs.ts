/** A file system that stops at its n-th change, as the process does when it is killed: nothing happens any more. */
import type * as fs from 'node:fs';

type Fs = typeof fs;

export class Crash extends Error {}

/** Changes until the crash; nothing for none. */
let left: number | undefined;
let changes = 0;

export function crashAt(change: number | undefined): void {
  left = change;
  changes = 0;
}

/** Changes since `crashAt`. */
export function changesMade(): number {
  return changes;
}

/** Whether this change still happens; the one that crashes may be half done by then. */
function happens(halfDone?: () => void): void {
  if (left === undefined) {
    changes++;
    return;
  }
  if (left === 0) {
    halfDone?.();
    left = -1;
  }
  if (left < 0) throw new Crash('killed');
  left--;
}

/** For `vi.mock('node:fs', …)`: what changes something, of the calls that savings are made of. */
export function crashing(real: Fs): Partial<Fs> {
  return {
    openSync: (path, flags, mode) => {
      if (flags !== 'r') happens();
      return real.openSync(path, flags, mode);
    },
    writeSync: ((file: number, bytes: Uint8Array, at: number, _: undefined, position?: number) => {
      const rest = bytes.length - at;
      happens(() => real.writeSync(file, bytes, at, Math.floor(rest / 2), position));
      return real.writeSync(file, bytes, at, rest, position);
    }) as Fs['writeSync'],
    // The process is killed, not the power: what was written is there.
    fsyncSync: () => undefined,
    ftruncateSync: (file, length) => {
      happens();
      real.ftruncateSync(file, length);
    },
    renameSync: (from, to) => {
      happens();
      real.renameSync(from, to);
    },
    rmSync: (path, options) => {
      happens();
      real.rmSync(path, options);
    },
  };
}
