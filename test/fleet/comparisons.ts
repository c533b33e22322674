/** Comparisons whose cells other processes train, and what must be the same of them wherever that was. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { loadRun } from '#host/records/index';
import { type Running, type Surroundings, start } from '../cli/command.js';

/** A worker that saves often. */
export const WORK = ['work', '--json', '--checkpoint-interval', '0.1'] as const;

/** Processes that a test starts, and leaves where it fails. */
export class Processes {
  readonly #started: Running[] = [];

  start(words: readonly string[], surroundings: Surroundings): Running {
    const process = start(words, surroundings);
    this.#started.push(process);
    return process;
  }

  async end(): Promise<void> {
    const left = this.#started.splice(0);
    for (const process of left) process.kill();
    await Promise.all(left.map(({ ended }) => ended));
  }
}

/** Told with what it said where it does not. */
export async function succeeds({ ended }: Running): Promise<void> {
  const { code, stdout, stderr } = await ended;
  expect(code, `${stdout.slice(-2000)}${stderr}`).toBe(0);
}

/** True where a cell under way is seen in the comparison's folder: its checkpoint has been in the store. */
export function hasCheckpoint(folder: string, id: string): boolean {
  return existsSync(join(folder, 'cells', id, 'checkpoint.eqp'));
}

/** Digests of a comparison's cells, by their names. */
export function digestsIn(folder: string): Readonly<Record<string, string>> {
  const cells = join(folder, 'cells');
  return Object.fromEntries(
    readdirSync(cells).map((id) => [id, loadRun(join(cells, id)).state.position.digest]),
  );
}

/**
 * All that a comparison came to: digests, tables, figures and the report, whole but for the moment at which it was written, the one
 * thing in which two comparisons of one computer differ.
 */
export function foundIn(folder: string) {
  const read = (...names: readonly string[]) => readFileSync(join(folder, ...names), 'utf8');
  const { written: _, ...cells } = JSON.parse(read('cells.json'));
  const [report, moments] = withoutMoment(read('report.html'));
  expect(moments).toBe(1);
  const figures = readdirSync(join(folder, 'figures')).map((name) => [name, read('figures', name)]);
  return { digests: digestsIn(folder), cells, table: read('cells.csv'), figures, report };
}

/** The page, and how many moments it told. */
function withoutMoment(page: string): readonly [string, number] {
  const parts = page.split(/<time [^>]*>[^<]*<\/time>/);
  return [parts.join('<time/>'), parts.length - 1];
}
