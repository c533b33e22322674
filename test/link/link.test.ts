import { afterEach, describe, expect, test, vi } from 'vitest';
import { UserError } from '#host/errors';
import { cobsDecode } from '#host/link/cobs';
import { ConnectionLost } from '#host/link/connection-lost';
import { encodeFrame } from '#host/link/frame';
import { Link, type LinkOptions } from '#host/link/link';
import {
  Errors,
  errorLayout,
  Fault,
  MAX_PAYLOAD,
  Messages,
  PROTOCOL,
  REPLY,
  Signal,
  schemaHash,
  Tensor,
} from '#host/link/schema';
import { FaultyLine, type FaultyLineOptions } from './faulty-line.js';
import { limits, network, prepare, stage, trainAt } from './workload.js';

const weights = { offset: 0, index: 0, tensor: Tensor.weights, padding: 0 } as const;
const wide = { shape: [64, 64, 4, 13, 13] } as const;

const opened: { link: Link; line: FaultyLine }[] = [];

async function open(options: FaultyLineOptions = {}, linkOptions: LinkOptions = {}) {
  const line = new FaultyLine(options);
  const written: Uint8Array[] = [];
  const write = line.write.bind(line);
  vi.spyOn(line, 'write').mockImplementation(((bytes: Uint8Array) => {
    written.push(bytes);
    return write(bytes);
  }) as typeof line.write);
  const link = await Link.open(line, linkOptions);
  opened.push({ link, line });
  const session = Buffer.from(cobsDecode(written[0].subarray(1, -1)) ?? []).readUInt16LE(1);
  return { line, link, session, greeting: written[0], written };
}

const outcome = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

afterEach(() => {
  for (const { link, line } of opened.splice(0)) {
    link.close();
    line.destroy();
  }
});

describe('a session', () => {
  test('opens with what the device says of itself', async () => {
    const { link } = await open({ window: 2000, arena: 5000 });
    expect(link.device).toMatchObject({ schema: schemaHash, protocol: PROTOCOL, window: 2000, arena: 5000 });
  });

  test('opens although the first HELLOs are lost', async () => {
    const line = new FaultyLine();
    line.isCut = true;
    setTimeout(() => {
      line.isCut = false;
    }, 300);
    const link = await Link.open(line);
    expect(link.device.configured).toBe(0);
    link.close();
  });

  test('does not open with a device of another version', async () => {
    const line = new FaultyLine();
    line.isCut = true;
    const opening = outcome(Link.open(line));
    const error = { value: 1, limit: schemaHash, place: 0, code: 1, request: Messages.hello.code };
    line.inject(
      encodeFrame({ type: Signal.error, session: 0, sequence: 0, payload: errorLayout.encode(error) }),
    );
    expect(await opening).toMatchObject({ name: 'DeviceError', error: 'schemaMismatch', value: 1 });
  });

  test('does not open on a line that is closed, or closes', async () => {
    const closed = new FaultyLine();
    closed.destroy();
    await expect(Link.open(closed)).rejects.toThrow('the line to the device was closed');
    const closing = new FaultyLine();
    closing.isCut = true;
    const opening = outcome(Link.open(closing));
    closing.destroy(new UserError('unplugged'));
    expect(await opening).toMatchObject({ message: 'unplugged' });
  });

  test('takes up where a device that knows its number stands', async () => {
    const line = new FaultyLine();
    line.isCut = true;
    let greeting: Uint8Array = new Uint8Array(0);
    vi.spyOn(line, 'write').mockImplementationOnce(((bytes: Uint8Array) => {
      greeting = bytes;
      return true;
    }) as typeof line.write);
    const opening = Link.open(line);
    const session = Buffer.from(cobsDecode(greeting.subarray(1, -1)) ?? []).readUInt16LE(1);
    line.isCut = false;
    line.disturb(greeting);
    const payload = Messages.statistics.request.encode({});
    line.disturb(encodeFrame({ type: Messages.statistics.code, session, sequence: 0, payload }));
    line.disturb(greeting);
    const link = await opening;
    expect(await link.request('statistics', {})).toMatchObject({ early: 0 });
    link.close();
  });

  test('is not rewound by a HELLO that was late', async () => {
    const { link, line, greeting } = await open();
    await prepare(link);
    line.disturb(greeting);
    expect(await link.request('statistics', {})).toMatchObject({ step: 0, early: 0, repeats: 0 });
    expect(link.counters).toMatchObject({ resent: 0, damaged: 0 });
  });

  test.each([
    ['statistics', Errors.unknownSession],
    ['hello', Errors.schemaMismatch],
  ] as const)("goes on when another host's %s is refused", async (name, [code]) => {
    const { link, line, session } = await open();
    await prepare(link);
    // Behind CONFIGURE and INITIALISE.
    const sequence = 2;
    const answer = link.request('statistics', {});
    const numbers = { value: session ^ 1, limit: session, place: 0 };
    const payload = errorLayout.encode({ ...numbers, code, request: Messages[name].code });
    line.inject(encodeFrame({ type: Signal.error, session, sequence, payload }));
    expect(await answer).toMatchObject({ step: 0 });
  });

  test('ends when the device was reset, which every later request is told', async () => {
    const { link, line } = await open();
    await prepare(link);
    line.reset();
    const [first, second] = [link.request('statistics', {}), link.request('statistics', {})].map(outcome);
    const error = await first;
    expect(error).toBeInstanceOf(ConnectionLost);
    expect(error).toMatchObject({ cause: { error: 'unknownSession', limit: 0 } });
    expect(await second).toBe(error);
    await expect(link.request('statistics', {})).rejects.toBe(error);
    await expect(link.post('sample', { slot: 0, label: 0, image: new Uint8Array(0) })).rejects.toBe(error);
  });

  test('ends when the device was reset while it computed', async () => {
    const busy = (type: number) => (type === Messages.initialise.code ? 50 : 0);
    const { link, line } = await open({ busy });
    await link.request('configure', network);
    const answer = outcome(link.request('initialise', { limits }));
    await turn();
    line.reset();
    expect(await answer).toMatchObject({ name: 'ConnectionLost', cause: { error: 'unknownSession' } });
  });

  test('ends when the device was reset and a late HELLO opened it again', async () => {
    const { link, line, greeting } = await open();
    await prepare(link);
    line.reset();
    line.disturb(greeting);
    await expect(link.request('statistics', {})).rejects.toThrow(/it was reset/);
  });

  test('ends when the device says that it gave up', async () => {
    const { link, line } = await open();
    await prepare(link);
    const answer = outcome(link.request('statistics', {}));
    const payload = errorLayout.encode({ value: Fault.exception, limit: 0, place: 64, code: 22, request: 0 });
    line.push(Buffer.from(encodeFrame({ type: Signal.error, session: 0, sequence: 0, payload })));
    const cause = { error: 'fault', value: Fault.exception, place: 64 };
    expect(await answer).toMatchObject({ name: 'ConnectionLost', cause });
  });

  test('hears nothing of earlier ones', async () => {
    const { link, line, session } = await open();
    const other = (session % 0xffff) + 1;
    const payload = Messages.statistics.reply.encode({
      digest: 0n,
      samples: 0n,
      products: 0n,
      step: 7,
      needed: 0,
      arena: 0,
      saturations: 0,
      frames: 0,
      damaged: 0,
      early: 0,
      repeats: 0,
      stackUsed: 0,
      stackSize: 0,
    });
    line.isCut = true;
    const answer = link.request('statistics', {});
    const unknown = { value: other, limit: 0, place: 0, code: 2, request: Messages.train.code };
    const late = [
      { type: Messages.statistics.code | REPLY, payload },
      { type: Signal.acknowledge, payload: new Uint8Array(0) },
      { type: Signal.missing, payload: new Uint8Array(0) },
      { type: Signal.error, payload: errorLayout.encode(unknown) },
      { type: Signal.error, payload: errorLayout.encode({ ...unknown, code: 5 }) },
      { type: Messages.poll.code | REPLY, payload: Messages.poll.reply.encode({ id: 0, held: 0n }) },
    ];
    for (const frame of late) line.inject(encodeFrame({ session: other, sequence: 0, ...frame }));
    await turn();
    line.isCut = false;
    expect((await answer).step).not.toBe(7);
  });

  test('ends where the device says what the host cannot read', async () => {
    const { link, line, session } = await open();
    line.isCut = true;
    const answer = outcome(link.request('statistics', {}));
    const payload = new Uint8Array(3);
    line.inject(encodeFrame({ type: Messages.poll.code | REPLY, session, sequence: 0, payload }));
    expect(await answer).toMatchObject({ name: 'UserError', message: expect.stringContaining('3 bytes') });
  });
});

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
    const { link, line } = await open();
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
    await link.request('configure', { ...network, ...wide });
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
    expect(link.counters).toMatchObject({ resent: 2, polls: 1 });
  });

  test.each([
    ['a slow line', 2000],
    ['a fast line', 200_000],
  ])('all are sent in the end on a line that is given no more than it passes on: %s', async (_, bytesPerSecond) => {
    const { link, line } = await open({}, { bytesPerSecond });
    await link.request('configure', { ...network, ...wide });
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
    const { link, line } = await open();
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
    await link.request('configure', { ...network, ...wide });
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

  const losses = { drop: 0.0003, corrupt: 0.0003, lose: 0.01 };
  test.each([
    ['a good line', {}],
    ['a bad line', losses],
    ['a line that repeats', { repeat: 0.02, chunk: 60 }],
    ['a line that rustles', { insert: 0.0005 }],
  ])('never has more to hold than its window: %s', async (_, faults) => {
    const sizes = [6, 30, 100, 400, 1000];
    const run = async (window: number, seed: number) => {
      const options = { window, busy: () => 1, toDevice: faults, fromDevice: faults, seed };
      const { link, line } = await open(options, { patience: 8000 });
      await link.request('configure', { ...network, ...wide });
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
    const { link } = await open({ backlog: 64, toDevice: { chunk: 20, delay: 0.3 } });
    await link.request('configure', { ...network, ...wide });
    for (let i = 0; i < 30; i++) await link.post('write', { ...weights, data: new Uint8Array(200) });
    expect(await link.request('statistics', {})).toMatchObject({ frames: 33, damaged: 0 });
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
    expect(link.counters.polls).toBeGreaterThan(2);
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
    const { link } = await open({}, { patience: 60 });
    await link.request('statistics', {});
    await new Promise((resolve) => setTimeout(resolve, 150));
    await link.request('statistics', {});
  });

  test('posts that wait for room are rejected too', async () => {
    const { link, line } = await open({ window: 1024 }, { patience });
    await link.request('configure', { ...network, ...wide });
    line.isCut = true;
    const posts = Array.from({ length: 9 }, () =>
      link.post('write', { ...weights, data: new Uint8Array(500) }),
    );
    const outcomes = await Promise.all(posts.map(outcome));
    expect(outcomes[0]).toBeUndefined();
    expect(outcomes.at(-1)).toBeInstanceOf(UserError);
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
    await link.request('configure', { ...network, ...wide });
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
