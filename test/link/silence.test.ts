/** A device that computes for long, and one that is not there. */
import { describe, expect, test } from 'vitest';
import { ConnectionLost } from '#host/endpoint/index';
import { UserError } from '#host/ground/index';
import { Link } from '#host/link/link';
import { Messages } from '#host/wire/index';
import type { Faults } from '../faults/spoiler.js';
import { FaultyLine } from './faulty-line.js';
import { closesItsLinks, open, outcome } from './opened-link.js';
import { prepare, stage, trainAt, weights, wide } from './workload.js';

closesItsLinks();

describe('a device that takes its time', () => {
  test('is asked a few times and sent nothing again', async () => {
    const busy = (type: number) => (type === Messages.train.code ? 2000 : 0);
    const { link, line } = await open({ busy });
    await prepare(link);
    await stage(link);
    const reply = link.request('train', trainAt(0));
    const behind = link.request('statistics', {});
    expect((await reply).step).toBe(1);
    expect((await behind).step).toBe(1);
    expect(link.counters.resent).toBe(0);
    expect(link.counters.polls).toBeGreaterThan(0);
    expect(link.counters.polls).toBeLessThan(9);
    expect(line.fullest).toBeLessThan(4096);
  });

  const losses: Faults = { drop: 0.0003, corrupt: 0.0003, truncate: 0.00003 };
  test.each<[string, Faults]>([
    ['a good line', {}],
    ['a bad line', losses],
    ['a line that repeats', { repeat: 0.0007 }],
    ['a line that rustles', { insert: 0.0005 }],
  ])('never has more to hold than its window: %s', async (_, faults) => {
    const sizes = [6, 30, 100, 400, 1000];
    const run = async (window: number, seed: number) => {
      const options = { window, busy: () => 1, toDevice: faults, fromDevice: faults, seed };
      const { link, line } = await open(options, { patience: 8000 });
      await link.request('configure', wide);
      const posts = Array.from({ length: 60 }, (_, i) =>
        link.post('write', { ...weights, data: new Uint8Array(sizes[i % 5]) }),
      );
      const reads = Array.from({ length: 12 }, () => link.request('read', { ...weights, count: 100 }));
      await Promise.all([...posts, ...reads]);
      expect(line.fullest).toBeGreaterThan(window / 4);
      expect(line.fullest).toBeLessThanOrEqual(window);
    };
    await Promise.all([1400, 2048, 4096].flatMap((window) => [1, 2, 3].map((seed) => run(window, seed))));
  });

  test('does not choke a line that wants writing to pause', async () => {
    const { link } = await open({ backlog: 64, toDevice: { stall: 0.03 }, chunk: 20 });
    await link.request('configure', wide);
    for (let i = 0; i < 30; i++) await link.post('write', { ...weights, data: new Uint8Array(200) });
    expect(await link.request('statistics', {})).toMatchObject({ frames: 33, damaged: 0 });
  });
});

describe('patience', () => {
  const longest = 2_147_483_000;

  test.each([
    0,
    -1,
    Number.NaN,
    longest + 1,
    9_999_999_000,
    Number.POSITIVE_INFINITY,
  ])('of %d ms is refused: a timer would end at once', async (patience) => {
    const error = await outcome(Link.open(new FaultyLine(), { patience }));
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      message: `the patience with a device is ${patience} ms`,
      hint: `give milliseconds above 0, up to ${longest} (24 days)`,
    });
  });

  test('of 24 days is patience', async () => {
    const { link } = await open({ busy: () => 30 }, { patience: longest });
    expect(await link.request('statistics', {})).toMatchObject({ damaged: 0 });
  });
});

describe('a device that says nothing', () => {
  const patience = 250;

  test('from the start', async () => {
    const line = new FaultyLine();
    line.isCut = true;
    const error = await outcome(Link.open(line, { patience }));
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      message: 'no answer from the device within 0.25 s',
      hint: expect.stringContaining('is it powered'),
    });
  });

  test('in the middle of a run', async () => {
    const { link, line } = await open({}, { patience });
    await prepare(link);
    line.isCut = true;
    const since = performance.now();
    const waiting = [link.request('statistics', {}), link.request('statistics', {})].map(outcome);
    await link.post('write', { ...weights, data: new Uint8Array(2) });
    const [first, second] = await Promise.all(waiting);
    expect(performance.now() - since).toBeGreaterThanOrEqual(patience);
    expect(first).toBeInstanceOf(ConnectionLost);
    expect(first).toMatchObject({
      message: expect.stringMatching(/^the device has been silent for \d+ s$/),
      hint: expect.stringContaining('unplugged'),
    });
    expect(second).toBe(first);
    expect(link.counters.resent).toBe(0);
  });

  test('but talks rubbish', async () => {
    const { link, line } = await open({}, { patience });
    line.isCut = true;
    const noise = setInterval(() => line.inject(Uint8Array.of(1, 2, 3, 0)), 2);
    const error = await outcome(link.request('statistics', {}));
    clearInterval(noise);
    expect(error).toMatchObject({ message: expect.stringContaining('silent') });
    expect(link.counters.damaged).toBeGreaterThan(5);
    expect(link.counters.polls).toBeGreaterThan(2);
    expect(link.counters.polls).toBeLessThan(20);
  });

  test('is not given up while nobody asks it', async () => {
    const { link } = await open({}, { patience: 500 });
    await link.request('statistics', {});
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await link.request('statistics', {});
  });

  test('posts that wait for room are rejected too', async () => {
    const { link, line } = await open({ window: 1024 }, { patience });
    await link.request('configure', wide);
    line.isCut = true;
    const posts = Array.from({ length: 9 }, () =>
      link.post('write', { ...weights, data: new Uint8Array(500) }),
    );
    const outcomes = await Promise.all(posts.map(outcome));
    expect(outcomes[0]).toBeUndefined();
    expect(outcomes.at(-1)).toBeInstanceOf(UserError);
  });
});
