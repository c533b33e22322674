/** Requests over a link, and what becomes of them. */
import { describe, expect, test, vi } from 'vitest';
import { UserError } from '#host/ground/index';
import { Link } from '#host/link/link';
import { MAX_PAYLOAD } from '#host/wire/index';
import type { FaultyLine } from './faulty-line.js';
import { closesItsLinks, open, openUnhurried, outcome, turn } from './opened-link.js';
import { network, prepare, stage, trainAt, weights, wide } from './workload.js';

closesItsLinks();

describe('requests', () => {
  test('a refused quiet one rejects the next request, and only that', async () => {
    const { link } = await open();
    await prepare(link);
    await link.post('sample', { slot: 4, label: 0, image: new Uint8Array(0) });
    await link.post('sample', { slot: 0, label: 4, image: new Uint8Array(0) });
    const error = await outcome(link.request('statistics', {}));
    expect(error).toMatchObject({ error: 'badSlot', request: 'sample', value: 4 });
    expect((await link.request('statistics', {})).step).toBe(0);
  });

  test('one that was lost alone is sent again alone, and those behind it run', async () => {
    const { link, line } = await openUnhurried();
    await prepare(link);
    vi.mocked(line.write).mockImplementationOnce(() => true);
    const replies = await Promise.all(Array.from({ length: 3 }, () => link.request('statistics', {})));
    expect(replies.map(({ frames }) => frames)).toEqual([6, 6, 6]);
    expect(link.counters).toMatchObject({ resent: 1, polls: 0 });
    expect(await link.request('statistics', {})).toMatchObject({ early: 2, repeats: 0 });
  });

  test.each([
    ['many quiet ones', 20, 0],
    ['some with replies', 0, 3],
    ['both', 9, 2],
  ])('a burst of losses is mended at once: %s', async (_, quiet, loud) => {
    const { link, line } = await open();
    await link.request('configure', wide);
    const data = new Uint8Array(100);
    const burst = quiet + loud;
    for (let lost = 0; lost < burst; lost++) vi.mocked(line.write).mockImplementationOnce(() => true);
    for (let i = 0; i < quiet; i++) await link.post('write', { ...weights, data });
    const replies = Array.from({ length: loud + 1 }, () => link.request('statistics', {}));
    await Promise.all(replies);
    expect(link.counters.resent).toBe(burst);
    // There is no room for many second copies: a poll makes them the first. A gap that they close tells of the next.
    expect(link.counters.polls).toBeLessThanOrEqual(2);
    expect(await link.request('statistics', {})).toMatchObject({ repeats: 0 });
  });

  test('one of many is mended at once although it is lost twice', async () => {
    const { link, line } = await open({ window: 8192 });
    await link.request('configure', network);
    const write = vi.mocked(line.write).getMockImplementation() as typeof line.write;
    let first: Uint8Array | undefined;
    let losses = 2;
    vi.mocked(line.write).mockImplementation(((bytes: Uint8Array) => {
      first ??= bytes;
      const isIt = Buffer.compare(first, bytes.subarray(0, first.length)) === 0;
      return write(isIt && losses-- > 0 ? bytes.subarray(first.length) : bytes);
    }) as typeof line.write);
    for (let i = 0; i < 150; i++) await link.post('write', { ...weights, data: new Uint8Array(2) });
    expect((await link.request('statistics', {})).early).toBe(63);
    // Once since a gap was told, then at most once a poll: the one of them, however late answers are.
    const { resent, polls } = link.counters;
    expect(resent).toBeGreaterThanOrEqual(2);
    expect(resent).toBeLessThanOrEqual(1 + polls);
  });

  test.each([
    ['a slow line', 2000],
    ['a fast line', 200_000],
  ])('all are sent in the end on a line that is given no more than it passes on: %s', async (_, bytesPerSecond) => {
    const { link, line } = await openUnhurried({}, { bytesPerSecond });
    await link.request('configure', wide);
    const write = vi.mocked(line.write).getMockImplementation() as typeof line.write;
    // A write that takes its time: what was full then may have room by the end of it.
    vi.mocked(line.write).mockImplementation(((bytes: Uint8Array) => {
      for (const until = performance.now() + 1; performance.now() < until; );
      return write(bytes);
    }) as typeof line.write);
    const began = performance.now();
    const before = link.counters.bytesSent;
    await Promise.all(
      Array.from({ length: 12 }, () => link.post('write', { ...weights, data: new Uint8Array(150) })),
    );
    await link.request('statistics', {});
    const most = 512 + Math.max(bytesPerSecond / 100, 512);
    const sent = link.counters.bytesSent - before;
    expect(sent).toBeLessThanOrEqual(most + ((performance.now() - began) * bytesPerSecond) / 1000);
    expect(link.counters.polls).toBe(0);
  });

  test('one whose reply was lost is sent again alone, and does not run again', async () => {
    const { link, line } = await openUnhurried();
    await prepare(link);
    const push = line.push.bind(line);
    vi.spyOn(line, 'push').mockImplementationOnce((bytes: Buffer) =>
      push(bytes.subarray(bytes.indexOf(0) + 1)),
    );
    const asked: ReturnType<typeof link.request<'train'>>[] = [];
    for (const step of [0, 1]) {
      await stage(link, 0, step);
      asked.push(link.request('train', trainAt(step)));
    }
    const replies = await Promise.all(asked);
    expect(replies.map(({ step }) => step)).toEqual([1, 2]);
    expect(link.counters).toMatchObject({ resent: 1, polls: 0 });
    expect(await link.request('statistics', {})).toMatchObject({ step: 2, repeats: 1 });
  });

  test('too long for the device are refused before they are numbered', async () => {
    const { link } = await open();
    await link.request('configure', wide);
    const data = new Uint8Array(MAX_PAYLOAD);
    await expect(link.post('write', { ...weights, data })).rejects.toThrow(
      `write: a payload of ${MAX_PAYLOAD + 8} bytes, the device takes ${MAX_PAYLOAD}`,
    );
    await link.post('write', { ...weights, data: data.subarray(8) });
    expect(await link.request('statistics', {})).toMatchObject({ early: 0, damaged: 0 });
  });

  test('that cannot be encoded are refused before they are numbered', async () => {
    const { link } = await open();
    await expect(link.request('load', { step: 0 } as never)).rejects.toThrow();
    expect(await link.request('statistics', {})).toMatchObject({ early: 0 });
  });

  test('more than sequences there are', async () => {
    const { link } = await open();
    const count = 70_000;
    const together = 500;
    let frames = 0;
    for (let sent = 0; sent < count; sent += together) {
      const replies = Array.from({ length: together }, () => link.request('statistics', {}));
      for (const reply of await Promise.all(replies)) frames = Math.max(frames, reply.frames);
    }
    expect(frames).toBeGreaterThan(count);
    expect(link.counters).toMatchObject({ resent: 0, damaged: 0 });
  });
});

describe('the end', () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

  test.each([
    ['close()', ({ link }: { link: Link }) => link.close(), 'the link was closed'],
    [
      'a closed line',
      ({ line }: { line: FaultyLine }) => line.destroy(),
      'the line to the device was closed',
    ],
    [
      'a line that ends',
      ({ line }: { line: FaultyLine }) => line.push(null),
      'the line to the device was closed',
    ],
    [
      'a broken line',
      ({ line }: { line: FaultyLine }) => line.destroy(new UserError('unplugged')),
      'unplugged',
    ],
  ])('%s rejects all that is outstanding and leaves nothing running', async (_, end, message) => {
    const before = timers();
    const { link, line } = await open({ window: 1024 });
    await link.request('configure', wide);
    line.isCut = true;
    const requests = Array.from({ length: 8 }, () => outcome(link.request('statistics', {})));
    const posts = Array.from({ length: 9 }, () =>
      outcome(link.post('write', { ...weights, data: new Uint8Array(300) })),
    );
    end({ link, line });
    for (const error of await Promise.all(requests)) expect(error).toMatchObject({ message });
    expect((await Promise.all(posts)).at(-1)).toMatchObject({ message });
    await expect(link.request('statistics', {})).rejects.toThrow(message);
    line.inject(new Uint8Array([5, 0]));
    await turn();
    expect(timers()).toBeLessThanOrEqual(before);
    expect(line.listenerCount('data')).toBe(0);
  });

  test('leaves the line to the next link', async () => {
    const { link, line } = await open();
    await prepare(link);
    link.close();
    const next = await Link.open(line);
    expect(next.device).toMatchObject({ configured: 1, step: 0 });
    expect((await next.request('statistics', {})).step).toBe(0);
    next.close();
  });
});
