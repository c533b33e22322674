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

/** The run's side: whether somebody has looked on since this was last asked. */
export class LeaseWatch {
  #seen: number | undefined;

  constructor(private readonly folder: string) {}

  isHeld(): boolean {
    const touched = statSync(join(this.folder, LEASE), { throwIfNoEntry: false })?.mtimeMs;
    const isHeld = touched !== undefined && touched !== this.#seen;
    this.#seen = touched;
    return isHeld;
  }
}
