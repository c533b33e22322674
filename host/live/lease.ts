/**
 * Whoever looks on says so by a file in the run's folder, touched again and again: a run that nobody looks at writes
 * nothing for them. Clocks are not compared: what counts is that the file has changed since the run last looked.
 */
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LEASE = 'watched';

/** To be called again within two seconds, as long as somebody looks on. Of a folder that cannot be written to, less is seen. */
export function holdLease(folder: string): void {
  try {
    writeFileSync(join(folder, LEASE), '');
  } catch {
    // What the run saves for itself is seen nevertheless.
  }
}

export function releaseLease(folder: string): void {
  try {
    rmSync(join(folder, LEASE), { force: true });
  } catch {
    // It is not touched any more, which says the same.
  }
}

/** Looks in a row at an untouched file after which nobody holds it: whoever does may be late on a busy computer. */
const PATIENCE = 3;

/** The run's side: whether somebody has looked on lately. */
export class LeaseWatch {
  #seen: number | undefined;
  #untouched = 0;

  constructor(private readonly folder: string) {}

  isHeld(): boolean {
    const touched = statSync(join(this.folder, LEASE), { throwIfNoEntry: false })?.mtimeMs;
    this.#untouched = touched === this.#seen ? this.#untouched + 1 : 0;
    this.#seen = touched;
    return touched !== undefined && this.#untouched < PATIENCE;
  }
}
