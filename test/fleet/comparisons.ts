/** Comparisons whose cells other processes train, and what must be the same of them wherever that was. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { loadRun, METRICS, REPORT } from '#host/records/index';
import { jsonLines, type Running, type Surroundings, start } from '../cli/command.js';

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
 * All that a comparison came to: digests and metrics of its cells, tables, figures and the report, whole. Left out are the moment at which
 * it was written and seconds, in which two comparisons of one computer differ too. So do a cell's checkpoint, config and report, which
 * tell seconds and the path of its recipe beside what the digest and the metrics tell.
 */
export function foundIn(folder: string) {
  const read = (...names: readonly string[]) => readFileSync(join(folder, ...names), 'utf8');
  const digests = digestsIn(folder);
  const metrics = Object.keys(digests).map((id) => jsonLines(read('cells', id, METRICS)).map(withoutWay));
  const { written: _, ...cells } = JSON.parse(read('cells.json'));
  const figures = readdirSync(join(folder, 'figures')).map((name) => [name, read('figures', name)]);
  return { digests, metrics, cells, table: read('cells.csv'), figures, report: withoutMoment(read(REPORT)) };
}

/** A run that was gone on with has been checked once more, where it was taken up. */
function withoutWay(line: Readonly<Record<string, unknown>>) {
  const { seconds: _, samplesPerSecond: __, checked: ___, ...others } = line;
  return others;
}

function withoutMoment(page: string): string {
  const parts = page.split(/<time [^>]*>[^<]*<\/time>/);
  expect(parts).toHaveLength(2);
  return parts.join('');
}
