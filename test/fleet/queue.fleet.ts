/** Comparisons whose cells other processes train, over a Redis of their own; workers and the Redis are killed on purpose. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RunFolder } from '#host/records/index';
import { jsonLines } from '../cli/command.js';
import { serveDevices } from '../devices/device-server.js';
import { succeeds } from './comparisons.js';
import { hasRedis } from './redis.js';
import { IDS, LONG, LONGER, patient, Workplace } from './workplace.js';

const place = new Workplace();
const { at, eqprop, gridFile, compare, goOn, work, digests, found } = place;

beforeAll(() => place.open());
afterEach(() => place.tidy());
afterAll(() => place.close());

describe.skipIf(!hasRedis)('with redis-server', () => {
  test('two workers come to what one computer comes to, and nothing stays in the store', async () => {
    const grid = gridFile('two', 2);
    const alone = compare(grid, 'alone');
    const [first, second] = [work(...patient), work('--concurrency', '2', ...patient)];
    await Promise.all([first.shows('"ready"'), second.shows('"ready"')]);
    const { code, stdout, stderr } = await compare(grid, 'shared', '--queue').ended;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const ended = jsonLines(stdout).filter(({ ended }) => ended !== undefined);
    expect(ended.map(({ id }) => id).sort()).toEqual(IDS);
    await succeeds(alone);
    expect(found('shared')).toEqual(found('alone'));
    await expect.poll(() => place.redis.keys()).toEqual([]);
    first.interrupt();
    second.interrupt();
    const told = (await Promise.all([first.ended, second.ended])).map(({ stdout: text }) => jsonLines(text));
    const finished = told.flat().filter(({ kind }) => kind === 'end');
    expect(finished.map(({ id }) => id).sort()).toEqual(IDS);
    // A cell is the ordinary run folder.
    const folder = join(at('shared'), 'cells', IDS[0]);
    expect(readdirSync(folder).sort()).toEqual(
      ['checkpoint.eqp', 'config.json', 'metrics.jsonl', 'recipe.toml', 'report.html'].sort(),
    );
    expect(new RunFolder(folder).isFinished()).toBe(true);
  });

  test('one computer, for what follows', async () => {
    await succeeds(compare(gridFile('long', LONG), 'long-alone'));
  });

  test('a worker that is killed is followed by another, which goes on from its checkpoint', async () => {
    const grid = gridFile('longer', LONGER);
    const lost = work();
    const whole = compare(grid, 'killed-shared', '--queue');
    await place.isMidway(lost);
    lost.kill();
    const next = work('--concurrency', '2');
    await succeeds(whole);
    next.interrupt();
    const told = jsonLines((await next.ended).stdout);
    expect(told.filter(({ kind, goesOn }) => kind === 'begin' && goesOn === true)).toHaveLength(1);
    await succeeds(compare(grid, 'longer-alone'));
    expect(found('killed-shared')).toEqual(found('longer-alone'));
  });

  test('a worker that is interrupted saves, and its cell waits for the next', async () => {
    const grid = gridFile('long', LONG);
    const first = work();
    const whole = compare(grid, 'interrupted-shared', '--queue');
    await first.shows('"epoch":3,');
    first.interrupt();
    expect((await first.ended).stdout).toContain('"ended":"interrupted"');
    const next = work('--concurrency', '2');
    await succeeds(whole);
    next.interrupt();
    expect((await next.ended).stdout).toContain('"goesOn":true');
    expect(found('interrupted-shared')).toEqual(found('long-alone'));
  });

  test('killed and started again, or come back empty, the store loses no cell', async () => {
    const grid = gridFile('long', LONG);
    const worker = work('--concurrency', '2');
    const whole = compare(grid, 'store-shared', '--queue');
    await worker.shows('"epoch":2,');
    await place.redis.kill();
    await place.redis.restart();
    await worker.shows('"ended":"finished"');
    await place.redis.flush();
    const { code, stderr } = await whole.ended;
    expect(stderr).toContain('is gone');
    expect(stderr).toContain('is back');
    expect(code).toBe(0);
    worker.interrupt();
    await worker.ended;
    expect(found('store-shared')).toEqual(found('long-alone'));
  });

  test('a submitter that is killed is followed by --resume --queue', async () => {
    const grid = gridFile('submitter', 2);
    const first = compare(grid, 'submitter', '--queue');
    const worker = work();
    await first.shows('"ended":"finished"');
    first.kill();
    await first.ended;
    const second = goOn('submitter');
    await succeeds(second);
    expect(Object.keys(digests('submitter'))).toEqual(IDS);
    await expect.poll(() => place.redis.keys()).toEqual([]);
    worker.interrupt();
    await worker.ended;
  });

  test('a board takes the cells that fit it, at an address of its own; others are told', async () => {
    const grid = gridFile('fits', 1);
    const wide = ['--network', '36-24-4', '36-200-4', '--weights', 'Q1.14'];
    const device = await serveDevices(30_000, 2048);
    const board = work('--device', device.spec, ...patient);
    const whole = compare(grid, 'fits', '--queue', ...wide);
    await board.shows('"misfit"');
    await board.shows('"id":"36-24-4_seed-2","ended":"finished"');
    const other = work();
    await succeeds(whole);
    board.interrupt();
    other.interrupt();
    const told = jsonLines((await board.ended).stdout);
    await other.ended;
    await device.end();
    expect(told.find(({ kind }) => kind === 'misfit')?.reason).toMatch(
      /^it needs [\d,]+ bytes of arena, the device has 30,000$/,
    );
    const begun = told.filter(({ kind }) => kind === 'begin').map(({ id }) => id);
    expect(begun).toEqual(['36-24-4_seed-1', '36-24-4_seed-2']);
    await succeeds(compare(grid, 'fits-alone', ...wide));
    expect(digests('fits')).toEqual(digests('fits-alone'));
  });

  test('a board that is gone ends its worker, and its cell waits for another', async () => {
    const grid = gridFile('gone', LONGER);
    const device = await serveDevices(60_000, 2048);
    const board = work('--device', device.spec, '--patience', '2', ...patient);
    const whole = compare(grid, 'gone', '--queue');
    await board.shows('"epoch":1,');
    await device.end();
    const { code, stderr, stdout } = await board.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('error: ')]);
    expect(jsonLines(stdout).filter(({ ended }) => ended === 'finished')).toEqual([]);
    const other = work('--concurrency', '2', ...patient);
    await succeeds(whole);
    other.interrupt();
    await other.ended;
    expect(found('gone').digests).toEqual(found('longer-alone').digests);
  });

  test('what lies in the queue is shown, paused, gone on with and cancelled', async () => {
    // Nobody waits for the end of these.
    const grid = gridFile('shown', 100_000);
    const queue = async (...words: readonly string[]) => {
      const { stdout } = await eqprop('queue', '--json', ...words).ended;
      return stdout === '' ? [] : jsonLines(stdout).filter(({ kind }) => kind !== 'worker');
    };
    const whole = compare(grid, 'shown', '--queue', '--yes');
    await expect.poll(() => queue()).toMatchObject([{ waiting: 4, isPaused: false, active: [] }]);
    expect(await queue(at('shown'), '--pause')).toMatchObject([{ waiting: 4, isPaused: true }]);
    const worker = work();
    await worker.shows('"ready"');
    expect(await queue()).toMatchObject([{ waiting: 4, active: [] }]);
    await queue('--go-on');
    await worker.shows('"epoch":1,');
    expect(await queue()).toMatchObject([{ waiting: 3, isPaused: false, active: [{ id: IDS[0] }] }]);
    const cancelled = await eqprop('queue', '--cancel').ended;
    expect(cancelled.stderr).toBe('the queue is empty\n');
    const { code, stderr } = await whole.ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('called off in the queue, and not done to the end: 4 tasks'),
    ]);
    await worker.shows('"ended":"lost"');
    await expect.poll(() => place.redis.keys()).toEqual([]);
    worker.interrupt();
    await worker.ended;
  });

  test('two submitters do not share a folder', async () => {
    const grid = gridFile('twice', 2);
    const first = compare(grid, 'twice', '--queue');
    const worker = work();
    await worker.shows('"begin"');
    const { code, stderr } = await goOn('twice').ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('is in use: process')]);
    await succeeds(first);
    worker.interrupt();
    await worker.ended;
  });
});
