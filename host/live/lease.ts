/**
 * Whoever looks on says so by a file in the run's folder, written again and again: a run that nobody looks at writes
 * nothing for them. Clocks are not compared: what counts is that the file is another since the run last looked.
 */
import { join } from 'node:path';
import { markOf, remove, replaceFleeting } from '../files/index.js';

const LEASE = 'watched';

/** To be called again within two seconds, as long as somebody looks on. Less is seen of a folder that cannot be written to. */
export function holdLease(folder: string): void {
  replaceFleeting(join(folder, LEASE), new Uint8Array());
}

/** Where it cannot be taken away, it is not touched any more, which says the same. */
export function releaseLease(folder: string): void {
  remove(join(folder, LEASE));
}

/** Looks in a row at an untouched file after which nobody holds it: whoever does may be late on a busy computer. */
const PATIENCE = 3;

/** The run's side: whether somebody has looked on lately. */
export class LeaseWatch {
  #seen: string | undefined;
  #untouched = 0;

  constructor(private readonly folder: string) {}

  isHeld(): boolean {
    const mark = markOf(join(this.folder, LEASE));
    this.#untouched = mark === this.#seen ? this.#untouched + 1 : 0;
    this.#seen = mark;
    return mark !== undefined && this.#untouched < PATIENCE;
  }
}
