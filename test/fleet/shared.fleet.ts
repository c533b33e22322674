/** Comparisons whose folders go below a path that all see, over a Redis of their own. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { jsonLines } from '../cli/command.js';
import { succeeds } from './comparisons.js';
import { hasRedis } from './redis.js';
import { IDS, LONG, LONGER, patient, Workplace } from './workplace.js';

const place = new Workplace();
const { at, eqprop, gridFile, compare, goOn, work, found } = place;

beforeAll(() => place.open());
afterEach(() => place.tidy());
afterAll(() => place.close());

/** Makes a folder for a path, and names the flag for it. */
function sharing(name: string): readonly [string, string] {
  mkdirSync(at(name), { recursive: true });
  return ['--shared', at(name)];
}

const MARKER = 'eqprop-shared.json';
/** Names below a path, the marker's aside. */
const left = (name: string) => readdirSync(at(name)).filter((each) => each !== MARKER);

const keptIn = (out: string) => JSON.parse(readFileSync(join(at(out), 'queue.json'), 'utf8'));

describe.skipIf(!hasRedis)('with redis-server', () => {
  test('two workers come to what one computer comes to; Redis has no folder, and nothing stays', async () => {
    const grid = gridFile('two', 2);
    const alone = compare(grid, 'alone');
    const shared = sharing('path');
    const said = await place.redis.listen();
    const workers = [work(...shared, ...patient), work(...shared, '--concurrency', '2', ...patient)];
    const { code, stderr } = await compare(grid, 'two', '--queue', ...shared).ended;
    expect([code, stderr]).toEqual([0, '']);
    await succeeds(alone);
    expect(found('two')).toEqual(found('alone'));
    expect(left('path')).toEqual([]);
    await expect.poll(() => place.redis.keys()).toEqual([]);
    expect(said()).toMatch(/"set" "eqprop:run:/i);
    expect(said()).not.toMatch(/"rpush" "eqprop:run:/i);
    for (const worker of workers) worker.interrupt();
    const told = (await Promise.all(workers.map(({ ended }) => ended))).map(({ stdout }) =>
      jsonLines(stdout),
    );
    const finished = told.flat().filter(({ kind }) => kind === 'end');
    expect(finished.map(({ id }) => id).sort()).toEqual(IDS);
  });

  test('a worker that is killed is followed by another, which goes on from its checkpoint', async () => {
    const grid = gridFile('longer', LONGER);
    const shared = sharing('path');
    const lost = work(...shared);
    const whole = compare(grid, 'killed', '--queue', ...shared);
    await place.isMidway(lost);
    lost.kill();
    const next = work(...shared, '--concurrency', '2');
    await succeeds(whole);
    next.interrupt();
    const told = jsonLines((await next.ended).stdout);
    expect(told.filter(({ kind, goesOn }) => kind === 'begin' && goesOn === true)).toHaveLength(1);
    expect(left('path')).toEqual([]);
    await succeeds(compare(grid, 'longer-alone'));
    expect(found('killed')).toEqual(found('longer-alone'));
  });

  test('a store that comes back empty loses no cell', async () => {
    const shared = sharing('path');
    const worker = work(...shared);
    const whole = compare(gridFile('empty', LONG), 'empty', '--queue', ...shared);
    await worker.shows('"ended":"finished"');
    await place.redis.flush();
    await succeeds(whole);
    expect(left('path')).toEqual([]);
    worker.interrupt();
    await worker.ended;
  });

  test('a path that is away for a while is waited for', async () => {
    const shared = sharing('coming');
    const whole = compare(gridFile('while', LONGER), 'while', '--queue', ...shared);
    await expect.poll(async () => (await place.redis.keys()).some((key) => key.endsWith(':wait'))).toBe(true);
    renameSync(at('coming'), at('going'));
    // Where this one sees it the submitter does not.
    const first = work('--shared', at('going'), ...patient);
    await whole.shows('is not the shared path that was there');
    renameSync(at('going'), at('coming'));
    await first.shows('is not the shared path that was there');
    renameSync(at('coming'), at('going'));
    await first.shows('"ended":"finished"');
    first.interrupt();
    await first.ended;
    renameSync(at('going'), at('coming'));
    const second = work(...shared, ...patient);
    await succeeds(whole);
    second.interrupt();
    await second.ended;
    expect(found('while').digests).toEqual(found('longer-alone').digests);
    expect(left('coming')).toEqual([]);
  });

  test('workers that do not see the path leave it alone, and say what to do', async () => {
    const shared = sharing('path');
    const [without, elsewhere] = [work(), work(...sharing('other'))];
    const whole = compare(gridFile('misfit', 1), 'misfit', '--queue', ...shared);
    await without.shows('"misfit"');
    await elsewhere.shows('"misfit"');
    const sees = work(...shared, ...patient);
    await succeeds(whole);
    for (const worker of [without, elsewhere, sees]) worker.interrupt();
    const reasonOf = (stdout: string) => jsonLines(stdout).find(({ kind }) => kind === 'misfit')?.reason;
    const [one, other] = await Promise.all([without.ended, elsewhere.ended]);
    expect(reasonOf(one.stdout)).toBe(
      'its folders go below a shared path: name where the worker sees it, eqprop work --shared PATH',
    );
    expect(reasonOf(other.stdout)).toContain('below another shared path: name where');
    expect(one.stdout + other.stdout).not.toContain('"begin"');
    await sees.ended;
  });

  test('workers that see a path take queues without one too', async () => {
    const worker = work(...sharing('path'), ...patient);
    await succeeds(compare(gridFile('plain', 1), 'plain', '--queue'));
    expect(left('path')).toEqual([]);
    worker.interrupt();
    await worker.ended;
  });

  test('gone on with, folders go the way that they went, or another that is named', async () => {
    const grid = gridFile('ways', LONGER);
    const shared = sharing('ways-path');
    const worker = work(...shared, ...patient);
    const killed = async (submitter: ReturnType<typeof compare>, isFarEnough: Promise<unknown>) => {
      await isFarEnough;
      submitter.kill();
      await submitter.ended;
    };
    // Redis, then a path, then the same unnamed, then Redis again.
    const first = compare(grid, 'ways', '--queue');
    await killed(first, first.shows('"ended":"finished"'));
    const { experiment, shared: before } = keptIn('ways');
    expect(before).toBeUndefined();
    await killed(goOn('ways', ...shared), expect.poll(() => left('ways-path')).not.toEqual([]));
    const moved = keptIn('ways');
    expect(moved.shared.path).toBe(at('ways-path'));
    expect(moved.experiment).not.toBe(experiment);
    const third = goOn('ways');
    await killed(third, third.shows('"ended":"finished"'));
    expect(keptIn('ways')).toEqual(moved);
    await succeeds(goOn('ways', '--no-shared'));
    expect(keptIn('ways').shared).toBeUndefined();
    expect(new Set([experiment, moved.experiment, keptIn('ways').experiment]).size).toBe(3);
    await expect.poll(() => left('ways-path')).toEqual([]);
    // Those that hear late that their cells were taken back.
    await expect
      .poll(async () => (await place.redis.keys()).filter((key) => !key.startsWith('eqprop:called-off:')))
      .toEqual([]);
    worker.interrupt();
    const { stdout } = await worker.ended;
    // Some of what was under way went on.
    expect(jsonLines(stdout).filter(({ goesOn }) => goesOn === true).length).toBeGreaterThan(0);
    expect(found('ways').digests).toEqual(found('longer-alone').digests);
    await place.redis.flush();
  });

  test('what has ended the other way is fetched, and not trained again', async () => {
    const worker = work(...patient, '--concurrency', '2');
    const first = compare(gridFile('ended', 1), 'ended', '--queue');
    await worker.shows('"begin"');
    first.kill();
    await first.ended;
    for (const id of IDS) await worker.shows(`"id":"${id}","ended":"finished"`);
    worker.interrupt();
    await worker.ended;
    // There is no worker any more.
    await succeeds(goOn('ended', ...sharing('path')));
    expect(left('path')).toEqual([]);
    expect((await place.redis.keys()).filter((key) => !key.startsWith('eqprop:called-off:'))).toEqual([]);
    await place.redis.flush();
  });

  test('a path that is away is refused by name; what it is needed for goes on another way', async () => {
    const shared = sharing('away');
    const first = compare(gridFile('away', 2), 'gone', '--queue', ...shared);
    await expect.poll(async () => (await place.redis.keys()).includes('eqprop:offers')).toBe(true);
    first.kill();
    await first.ended;
    renameSync(at('away'), at('away-elsewhere'));
    const refused = await goOn('gone').ended;
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`there is no shared path ${at('away')}`);
    mkdirSync(at('away'));
    const unmounted = await goOn('gone').ended;
    expect(unmounted.stderr).toContain(`what is at ${at('away')} now is not the shared path that was there`);
    expect(readdirSync(at('away'))).toEqual([]);
    const worker = work('--shared', at('away-elsewhere'), ...patient);
    await succeeds(goOn('gone', '--no-shared'));
    // A worker that sees it takes away what the submitter could not.
    await expect.poll(() => left('away-elsewhere')).toEqual([]);
    worker.interrupt();
    await worker.ended;
    await place.redis.flush();
  });

  test('cancelled, nothing stays below the path, whoever hears of it', async () => {
    // Nobody waits for the end of these.
    const grid = gridFile('cancelled', 100_000);
    const shared = sharing('cancelled-path');
    const cancel = () => eqprop('queue', '--cancel').ended;
    const first = compare(grid, 'cancelled', '--queue', '--yes', ...shared);
    const worker = work(...shared);
    await worker.shows('"epoch":1,');
    await cancel();
    expect((await first.ended).stderr).toContain('called off in the queue');
    await worker.shows('"ended":"lost"');
    await expect.poll(() => left('cancelled-path')).toEqual([]);
    worker.interrupt();
    await worker.ended;
    // The submitter is gone: a worker that comes later finds what is left.
    const second = goOn('cancelled', '--yes');
    await expect.poll(() => left('cancelled-path')).not.toEqual([]);
    await expect.poll(async () => (await place.redis.keys()).includes('eqprop:offers')).toBe(true);
    second.kill();
    await second.ended;
    await cancel();
    expect(left('cancelled-path')).not.toEqual([]);
    const later = work(...shared);
    await expect.poll(() => left('cancelled-path')).toEqual([]);
    expect(await place.redis.keys()).toEqual([expect.stringMatching(/^eqprop:called-off:/)]);
    later.interrupt();
    await later.ended;
    await place.redis.flush();
  });

  test('a path that cannot be used is refused before anything else is done', async () => {
    const nowhere = ['--shared', at('nowhere')];
    for (const running of [
      compare(gridFile('refused', 1), 'refused', '--queue', ...nowhere),
      work(...nowhere),
    ]) {
      const { code, stderr } = await running.ended;
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(`there is no shared path ${at('nowhere')}`),
      ]);
    }
    expect(existsSync(at('refused'))).toBe(false);
  });
});
