/** A run's folder: config.json, metrics.jsonl, checkpoints, report.html. */
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { hasCheckpoint } from './checkpoint.js';
import { appendJsonLine, readJsonLines, writeJsonLines } from './json-lines.js';
import type { Metrics } from './metrics.js';
import { metricsSchema } from './metrics-schema.js';
import type { Position } from './progress.js';
import { writeWhole } from './write-whole.js';

export const REPORT = 'report.html';
const METRICS = 'metrics.jsonl';

export class RunFolder {
  constructor(readonly path: string) {}

  /**
   * A fresh folder; throws `UserError` where none can be made, or a run is there already. One that ended before its
   * first checkpoint is not.
   */
  static create(path: string, config: unknown): RunFolder {
    const folder = new RunFolder(path);
    if (hasCheckpoint(path))
      throw new UserError(
        `${path} holds a run already`,
        `continue it with --resume ${path}, or name another folder with --out`,
      );
    folder.#write('config.json', `${JSON.stringify(config, undefined, 2)}\n`);
    folder.#write(METRICS, '');
    return folder;
  }

  log(metrics: Metrics): void {
    appendJsonLine(this.#at(METRICS), metrics);
  }

  /**
   * All metrics so far; a last line cut short by a crash is left out. Throws `UserError` where anything else is not
   * metrics.
   */
  metrics(): readonly Metrics[] {
    return readJsonLines(this.#at(METRICS), metricsSchema);
  }

  /** Forgets what was logged after a checkpoint: it is about to be measured again. */
  rewind({ step, tally }: Pick<Position, 'step' | 'tally'>): void {
    // At an epoch's last step a checkpoint stands before or after the epoch's line: its tally is open or empty.
    const isOpen = tally.samples > 0;
    const kept = this.metrics().filter(
      (entry) =>
        entry.kind !== 'final' &&
        entry.step <= step &&
        !(isOpen && entry.kind === 'epoch' && entry.step === step),
    );
    writeJsonLines(this.#at(METRICS), kept);
  }

  /** Returns its path. */
  writeReport(html: string): string {
    return this.#write(REPORT, html);
  }

  #write(name: string, content: string): string {
    return writeWhole(this.path, name, content);
  }

  #at(name: string): string {
    return join(this.path, name);
  }
}
