/** Reproductions whose experiments and runs other processes do, over a Redis of their own. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { loadRun } from '#host/records/index';
import { jsonLines, type Running, start } from '../cli/command.js';
import { succeeds, WORK } from './comparisons.js';
import { hasRedis } from './redis.js';
import { Workplace } from './workplace.js';

const place = new Workplace();
const { at, eqprop } = place;

beforeAll(() => place.open(4000, 28));
afterEach(() => place.tidy());
afterAll(() => place.close());

const work = (...more: readonly string[]) => eqprop(...WORK, ...more);
const reproduce = (out: string, ...words: readonly string[]) =>
  eqprop('reproduce', ...words, '--out', at(out), '--json');

/** Waits for a state that a process comes to before it ends. */
async function reached({ ended }: Running, state: () => boolean): Promise<void> {
  let told: string | undefined;
  ended.then(({ stdout, stderr }) => {
    told = stdout + stderr;
  });
  await expect.poll(() => told !== undefined || state()).toBe(true);
  expect(state(), told).toBe(true);
}

const namesIn = (path: string) => (existsSync(path) ? readdirSync(path) : []);

/** All findings but how long they took. */
function findingsIn(folder: string): unknown {
  const { findings } = JSON.parse(readFileSync(join(at(folder), 'result.json'), 'utf8'));
  return findings.map(({ seconds: _, ...others }: { readonly seconds: number }) => others);
}

/** Digests of the runs below a folder, by their names. */
function digests(...folder: readonly string[]): Readonly<Record<string, string>> {
  const path = at(...folder);
  const runs = readdirSync(path).filter((name) => existsSync(join(path, name, 'config.json')));
  return Object.fromEntries(runs.map((name) => [name, loadRun(join(path, name)).state.position.digest]));
}

/** The files of a reproduction, less what says how it was done. */
const files = (folder: string) => readdirSync(at(folder)).filter((name) => name !== 'queue.json');

describe.skipIf(!hasRedis)('with redis-server', () => {
  test('a paper’s experiments come to the findings of one computer, each as it ends', async () => {
    const [first, second] = [work(), work()];
    await succeeds(reproduce('alone', 'stdp'));
    const shared = reproduce('shared', 'stdp', '--queue');
    await succeeds(shared);
    expect(findingsIn('shared')).toEqual(findingsIn('alone'));
    expect(files('shared')).toEqual(files('alone'));
    expect(JSON.parse((await shared.ended).stdout).findings).toHaveLength(4);
    first.interrupt();
    second.interrupt();
    const ended = (await Promise.all([first.ended, second.ended])).flatMap(({ stdout }) => jsonLines(stdout));
    expect(ended.filter(({ kind }) => kind === 'end')).toHaveLength(4);
    await expect.poll(() => place.redis.keys()).toEqual([]);
  });

  test('an experiment whose worker is killed goes on, by another’s hands, with the runs that were saved', async () => {
    const words = ['vector-field', 'integers', '--data', place.data];
    const lost = work('--give-up', '3');
    const whole = reproduce('killed', ...words, '--queue');
    const runs = join(at('killed'), 'apart', 'integers', 'integers');
    await reached(whole, () => namesIn(runs).length > 1);
    lost.kill();
    const next = work('--give-up', '10');
    await succeeds(whole);
    next.interrupt();
    expect(jsonLines((await next.ended).stdout)).toContainEqual({
      kind: 'begin',
      id: 'integers',
      goesOn: true,
    });
    await succeeds(reproduce('whole', ...words));
    expect(findingsIn('killed')).toEqual(findingsIn('whole'));
    expect(digests('killed', 'integers')).toEqual(digests('whole', 'integers'));
  });

  test('what a queue has begun goes on here, and the other way round', async () => {
    const words = ['vector-field', 'integers'];
    const worker = work();
    const first = reproduce('moved', ...words, '--data', place.data, '--queue');
    const apart = join(at('moved'), 'apart', 'integers', 'integers');
    await reached(first, () => existsSync(apart));
    first.interrupt();
    const interrupted = await first.ended;
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toMatch(
      /go on with: eqprop reproduce vector-field integers --resume \S+ --queue/,
    );
    worker.kill();
    await worker.ended;
    await place.redis.flush();
    const begun = readdirSync(join(at('moved'), 'integers'));
    expect(begun).not.toEqual([]);
    const resume = (...more: readonly string[]) =>
      eqprop('reproduce', ...words, '--resume', at('moved'), '--json', ...more);
    const here = resume();
    await reached(here, () => namesIn(join(at('moved'), 'integers')).length > begun.length);
    here.interrupt();
    expect((await here.ended).code).toBe(130);
    const next = work();
    await succeeds(resume('--queue'));
    next.interrupt();
    expect((await next.ended).stdout).toContain('"goesOn":true');
    expect(findingsIn('moved')).toEqual(findingsIn('whole'));
    expect(existsSync(join(at('moved'), 'apart'))).toBe(false);
  });

  test('a part that another command put there is fetched with the rest', async () => {
    const first = reproduce('parts', 'stdp', 'figure-3', '--queue');
    await expect.poll(async () => (await place.redis.keys()).some((key) => key.endsWith(':wait'))).toBe(true);
    first.interrupt();
    expect((await first.ended).code).toBe(130);
    const worker = work();
    await worker.shows('"ended":"finished"');
    await succeeds(eqprop('reproduce', 'stdp', 'figure-5', '--resume', at('parts'), '--queue', '--json'));
    expect(findingsIn('parts')).toMatchObject([{ name: 'figure-3' }, { name: 'figure-5' }]);
    worker.interrupt();
    expect(jsonLines((await worker.ended).stdout).filter(({ kind }) => kind === 'end')).toHaveLength(2);
  });

  test('the runs of Table 2, and of claims, are those of one computer', async () => {
    const short = ['--network', '1', '--images', '100', '--epochs', '1'];
    const worker = work('--concurrency', '2');
    await succeeds(reproduce('table', 'table-2', ...short, '--queue'));
    await succeeds(reproduce('claims', 'claims', ...short, '--queue'));
    worker.interrupt();
    await worker.ended;
    await succeeds(reproduce('table-alone', 'table-2', ...short));
    await succeeds(reproduce('claims-alone', 'claims', ...short));
    expect(digests('table')).toEqual(digests('table-alone'));
    expect(Object.keys(digests('table'))).toEqual(['network-1']);
    expect(digests('claims', 'claims')).toEqual(digests('claims-alone', 'claims'));
    const claims = (name: string) => readFileSync(join(at(name), 'claims.json'), 'utf8');
    expect(claims('claims')).toBe(claims('claims-alone'));
  });

  test('what cannot be is refused by name', async () => {
    const words = ['stdp', 'figure-3', '--queue'];
    const device = await reproduce('refused', ...words, '--device', 'pico').ended;
    expect([device.code, device.stderr]).toEqual([
      1,
      expect.stringContaining('--queue beside the device pico'),
    ]);
    const nowhere = start(['reproduce', ...words, '--out', at('refused')], {
      environment: { EQPROP_QUEUE: '' },
    });
    expect((await nowhere.ended).stderr).toContain('EQPROP_QUEUE is not set');
    expect(existsSync(at('refused'))).toBe(false);
    const board = work('--device', 'pico');
    const whole = reproduce('misfit', ...words);
    await board.shows('"misfit"');
    board.interrupt();
    expect((await board.ended).stdout).toContain('it needs a device whose memory has no bound');
    whole.interrupt();
    expect((await whole.ended).code).toBe(130);
    await place.redis.flush();
  });
});
