/** Workers that say that they are there, runs that are called off, and the page on which one looks on. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasCheckpoint, RunFolder } from '#host/records/index';
import { jsonLines } from '../cli/command.js';
import { serveDevices } from '../devices/device-server.js';
import { answerOf, type Change, follow } from '../watch/reading.js';
import { hasRedis } from './redis.js';
import { IDS, patient, Workplace } from './workplace.js';

const place = new Workplace();
const { at, gridFile, eqprop } = place;

beforeAll(() => place.open());
afterEach(() => place.tidy());
afterAll(() => place.close());

const work = (...more: readonly string[]) => place.work(...patient, ...more);
/** As on a terminal: what is to be known is said. */
const compare = (grid: string, out: string, ...more: readonly string[]) =>
  eqprop('compare', grid, '--out', at(out), '--no-reference', '--queue', '--yes', ...more);

/** All lines of `eqprop queue --json`: a queue's have no kind. */
async function queue(...words: readonly string[]) {
  const { stdout } = await eqprop('queue', '--json', ...words).ended;
  return stdout === '' ? [] : jsonLines(stdout);
}
const workersThere = async () => (await queue()).filter(({ kind }) => kind === 'worker');

const finished = (out: string) =>
  IDS.filter((id) => {
    const path = join(at(out), 'cells', id);
    return existsSync(path) && new RunFolder(path).isFinished();
  });

describe.skipIf(!hasRedis)('with redis-server', () => {
  test('workers are there until they end, or are killed', async () => {
    expect(await workersThere()).toEqual([]);
    const first = work('--concurrency', '3');
    const lost = work('--arena', '50000', '--give-up', '6');
    await Promise.all([first.shows('"ready"'), lost.shows('"ready"')]);
    const device = { kind: 'worker', device: 'simulated', underWay: [] };
    const there = await workersThere();
    expect(there).toHaveLength(2);
    expect(there).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...device, concurrency: 3, arena: { 8: null, 16: null, 32: null } }),
        expect.objectContaining({ ...device, concurrency: 1, arena: { 8: 50_000, 16: 50_000, 32: 50_000 } }),
      ]),
    );
    lost.kill();
    await expect.poll(workersThere).toMatchObject([{ concurrency: 3 }]);
    first.interrupt();
    await first.ended;
    expect(await workersThere()).toEqual([]);
    const { stdout, stderr } = await eqprop('queue').ended;
    expect([stdout, stderr]).toEqual([
      '',
      'the queue is empty\nno worker is there: eqprop work starts one\n',
    ]);
  });

  test('whoever submits is told that nobody is there, and then whom the cells do not fit', async () => {
    const grid = gridFile('fitting', 1);
    const wide = ['--network', '36-24-4', '36-200-4', '--weights', 'Q1.14'];
    const whole = compare(grid, 'fitting', '--json', ...wide);
    await whole.shows('no worker is there: start one, eqprop work, with the same EQPROP_QUEUE\n');
    const device = await serveDevices(30_000, 2048);
    const board = work('--device', device.spec);
    await whole.shows(`(${device.spec}): it needs `);
    const other = work();
    const { code, stdout, stderr } = await whole.ended;
    expect(code, stderr).toBe(0);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ kind: 'comparison', complete: true });
    const told = stderr.trimEnd().split('\n');
    expect(told.filter((line) => line.includes('no worker is there'))).toHaveLength(1);
    expect(told.filter((line) => line.includes('bytes of arena, the device has 30,000'))).toHaveLength(1);
    board.interrupt();
    other.interrupt();
    await Promise.all([board.ended, other.ended]);
    await device.end();
  });

  test('a queue is drained: what is under way is trained to its end, the rest another time', async () => {
    const out = at('drained');
    const worker = work();
    await worker.shows('"ready"');
    const whole = compare(gridFile('drained', 64), 'drained', '--json');
    await worker.shows('"begin"');
    expect((await queue(out, '--drain'))[0]).toMatchObject({ waiting: 0 });
    const { code, stderr, stdout } = await whole.ended;
    expect(code).toBe(1);
    // One was under way; more, where they had ended before they were called off.
    const ended = jsonLines(stdout).filter(({ ended }) => ended === 'finished');
    expect([1, 2, 3]).toContain(ended.length);
    const left = IDS.length - ended.length;
    expect(stderr).toMatch(
      new RegExp(`^called off in the queue, and not done to the end: ${left} tasks?\n$`),
    );
    expect(jsonLines(stdout).at(-1)).toMatchObject({ kind: 'comparison', complete: false });
    expect(finished('drained')).toEqual(ended.map(({ id }) => id).sort());
    expect(await place.redis.keys()).toEqual([]);
    await eqprop('compare', '--resume', out, '--queue', '--json').ended;
    expect(finished('drained')).toEqual(IDS);
    worker.interrupt();
    await worker.ended;
  });

  test('what an interrupted worker had saved is fetched before a drained queue ends', async () => {
    const worker = work();
    await worker.shows('"ready"');
    const whole = compare(gridFile('saved', 100_000), 'saved');
    await worker.shows('"epoch":1,');
    expect(await workersThere()).toMatchObject([{ underWay: [IDS[0]] }]);
    await queue('--drain');
    worker.interrupt();
    const { code, stderr } = await whole.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('called off in the queue, and not done to the end: 4 tasks\n');
    expect(stderr).toContain(`eqprop compare --resume ${at('saved')} --queue\n`);
    const cells = join(at('saved'), 'cells');
    expect(readdirSync(cells)).toEqual([IDS[0]]);
    expect(hasCheckpoint(join(cells, IDS[0]))).toBe(true);
    expect(existsSync(join(cells, IDS[0], 'lock'))).toBe(false);
    expect(await place.redis.keys()).toEqual([]);
  });

  test('a page shows cells that others train: they appear, go on, and end', async () => {
    const [first, second] = [work(), work()];
    await Promise.all([first.shows('"ready"'), second.shows('"ready"')]);
    const whole = compare(gridFile('watched', 32), 'watched', '--watch');
    const said = await whole.shows('live     http');
    const address = /http:\/\/127\.0\.0\.1:\d+\/[\w-]+\//.exec(said)?.[0] ?? '';
    const reader = await follow(address);
    const seen: (readonly (readonly [name: string, state: string])[])[] = [];
    const last = await reader.next((change) => {
      const rows = statesIn(change);
      if (rows.length > 0) seen.push(rows);
      return change.next !== undefined;
    });
    expect(last?.next).toBe('report');
    expect((await answerOf(`${address}report`)).status).toBe(200);
    // A cell of which not all files have come yet may be seen as not begun.
    const states = new Set(['not begun', ...seen.flat().map(([, state]) => state)]);
    // Nobody was interrupted, and a folder that changes is never away.
    expect([...states].sort()).toEqual(['finished', 'not begun', 'training']);
    const counts = seen.map(({ length }) => length);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(
      seen
        .at(-1)
        ?.map(([name]) => name)
        .sort(),
    ).toEqual(IDS.map((id) => `cells/${id}`));
    expect((await whole.ended).stderr).not.toContain('note ');
    for (const id of IDS)
      expect(readdirSync(join(at('watched'), 'cells', id)).sort()).toEqual(
        ['checkpoint.eqp', 'config.json', 'metrics.jsonl', 'recipe.toml', 'report.html'].sort(),
      );
  });
});

/** Rows of the page's table, as far as they came with a change. */
function statesIn({ parts }: Change): readonly (readonly [name: string, state: string])[] {
  const rows = (parts.runs?.html ?? '').matchAll(/<a href="[^"]*">([^<]*)<\/a><\/th><td>([^<]*)<\/td>/g);
  return [...rows].map(([, name = '', state = '']) => [name, state] as const);
}
