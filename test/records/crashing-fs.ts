/**
 * A file system with faults: it stops at its n-th change, as the process does when it is killed, and nothing happens any
 * more; or it refuses to rename, or to flush folders, as some do.
 */
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

let renames = { code: '', left: 0 };
let flushes = '';

/** The next so many renames fail, as while another program looks at the file. */
export function refuseRenames(code: string, times: number): void {
  renames = { code, left: times };
}

/** Flushing a folder fails like this; an empty code for no more. */
export function refuseFolders(code: string): void {
  flushes = code;
}

function refusal(code: string, call: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${call}`), { code });
}

/** True while changes happen; the one that crashes may be half done by then. */
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
    fsyncSync: (file) => {
      if (flushes && real.fstatSync(file).isDirectory()) throw refusal(flushes, 'fsync');
    },
    ftruncateSync: (file, length) => {
      happens();
      real.ftruncateSync(file, length);
    },
    renameSync: (from, to) => {
      if (renames.left-- > 0) throw refusal(renames.code, 'rename');
      happens();
      real.renameSync(from, to);
    },
    rmSync: (path, options) => {
      happens();
      real.rmSync(path, options);
    },
  };
}
