/** A sensor on a pseudo-terminal, and a file for its lines: both anew for each test. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { openTerminal, type PseudoTerminal } from '../devices/pseudo-terminal.js';
import { temporaryFolder } from '../runs/small-data.js';

export class SensorAtHand {
  #folder: ReturnType<typeof temporaryFolder> | undefined;
  #sensor: PseudoTerminal | undefined;

  /** Says that each test of a `describe` has them. */
  forEachTest(): void {
    beforeEach(async () => {
      this.#folder = temporaryFolder();
      this.#sensor = await openTerminal();
    });
    afterEach(async () => {
      await this.#sensor?.end();
      this.#folder?.remove();
    });
  }

  get sensor(): PseudoTerminal {
    if (!this.#sensor) throw new Error('no test is running');
    return this.#sensor;
  }

  get folder(): string {
    if (!this.#folder) throw new Error('no test is running');
    return this.#folder.path;
  }

  /** The file's path. */
  get out(): string {
    return join(this.folder, 'gestures.csv');
  }

  /** The file's text. */
  get written(): string {
    return readFileSync(this.out, 'utf8');
  }
}
