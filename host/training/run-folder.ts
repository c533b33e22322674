/** A run's folder: config.json, metrics.jsonl, checkpoints, report.html. */
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { whyUnwritten } from '../write-error.js';
import { hasCheckpoint } from './checkpoint.js';
import { readJsonLines } from './json-lines.js';
import type { Metrics } from './metrics.js';
import { metricsSchema } from './metrics-schema.js';
import type { Position } from './progress.js';

export const REPORT = 'report.html';

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
    folder.#guard(() => {
      mkdirSync(path, { recursive: true });
      writeFileSync(folder.#at('config.json'), `${JSON.stringify(config, undefined, 2)}\n`);
      writeFileSync(folder.#at('metrics.jsonl'), '');
    });
    return folder;
  }

  log(metrics: Metrics): void {
    this.#guard(() => appendFileSync(this.#at('metrics.jsonl'), `${JSON.stringify(metrics)}\n`));
  }

  /**
   * All metrics so far; a last line cut short by a crash is left out. Throws `UserError` where anything else is not
   * metrics.
   */
  metrics(): readonly Metrics[] {
    return readJsonLines(this.#at('metrics.jsonl'), metricsSchema);
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
    const path = this.#at('metrics.jsonl');
    this.#guard(() => {
      writeFileSync(`${path}.new`, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      renameSync(`${path}.new`, path);
    });
  }

  writeReport(html: string): string {
    const path = this.#at(REPORT);
    this.#guard(() => writeFileSync(path, html));
    return path;
  }

  #at(name: string): string {
    return join(this.path, name);
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw new UserError(
        `could not write to ${this.path}: ${whyUnwritten(error)}`,
        'choose another folder with --out, or make room',
        { cause: error },
      );
    }
  }
}
