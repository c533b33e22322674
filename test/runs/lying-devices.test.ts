/** Devices that lie: each lie is found and named, or changes nothing, and none keeps the host waiting for ever. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '#host/ground/index';
import type { Frame } from '#host/link/frame';
import { encodeFrame } from '#host/link/index';
import { parseLevel, VerificationError } from '#host/verification/index';
import { ErrorPayload, MAX_PAYLOAD, Messages, MissingPayload, REPLY, Signal } from '#host/wire/index';
import { adding, babbling, lyingIn, resized } from './lies.js';
import { type Answering, honest, type OddDevice, serve } from './odd-devices.js';
import { begin, type Recorded, roomForRuns } from './runs.js';
import { smallRecipe } from './small-data.js';

const MEGABYTE = 2 ** 20;

const { data, fresh } = roomForRuns();
let device: OddDevice | undefined;
const devices: OddDevice[] = [];
let whole: Recorded;
const recipe = smallRecipe({ epochs: 1, validation: '200..300', training: '0..200' });

beforeAll(async () => {
  whole = await begin({ data, folder: fresh(), recipe });
});
afterEach(() => Promise.all(devices.splice(0).map((each) => each.end())));

async function served(answering: Answering): Promise<OddDevice> {
  device = await serve(answering);
  devices.push(device);
  return device;
}

async function on(answering: Answering, level?: string): Promise<Recorded> {
  return runOn(await served(answering), level);
}

function runOn({ spec }: OddDevice, level = 'digest', patience = 5000): Promise<Recorded> {
  const choice = { device: spec, options: { baudRate: 115_200 }, patience };
  return begin({ data, folder: fresh(), recipe, device: choice, verification: parseLevel(level) });
}

/** The error of a run, by how many bytes this process has grown meanwhile, at most, and how often its device was called. */
async function fail(answering: Answering, level?: string, patience?: number) {
  const own = await served(answering);
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  const error = await runOn(own, level, patience).then(
    () => new Error('the run came to its end'),
    (reason: unknown) => reason as Error,
  );
  clearInterval(watch);
  return { error, growth: most - before, calls: own.calls() };
}

const framed = (type: number, session: number, sequence: number, payload: Uint8Array = new Uint8Array(0)) =>
  encodeFrame({ type, session, sequence, payload });

describe('of itself', () => {
  test.each([
    ['maxPayload', { maxPayload: 0 }, /^hello: the device's maxPayload is 0, it must be 1024$/],
    ['maxPayload', { maxPayload: 65_535 }, /^hello: the device's maxPayload is 65535/],
    ['replySlots', { replySlots: 0 }, /^hello: the device's replySlots is 0, it must be 4$/],
    ['replySlots', { replySlots: 255 }, /^hello: the device's replySlots is 255/],
    ['window', { window: 0 }, /^hello: the device's window is 0 bytes$/],
    ['schema', { schema: 5 }, /^hello: the device's schema is 5/],
    ['protocol', { protocol: 9 }, /^hello: the device's protocol is 9/],
    ['weightBits', { weightBits: 7 }, /stores weights in 7 bits, the recipe's have 16$/],
  ])('%s %o', async (_, changes, message) => {
    const { error } = await fail(lyingIn('hello', () => changes));
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(message);
    expect(device?.calls()).toBe(1);
  });

  test.each([0, 39, 41, MAX_PAYLOAD])('in %i bytes', async (length) => {
    const { error } = await fail(resized('hello', length));
    expect(error.message).toBe(`hello: a reply of ${length} bytes does not fit its layout of 40`);
  });

  test('4 GB of arena and of window cost the host nothing', async () => {
    const before = process.memoryUsage.rss();
    const { result } = await on(lyingIn('hello', () => ({ arena: 0xffff_ffff, window: 0xffff_ffff })));
    expect(result.position.digest).toBe(whole.result.position.digest);
    expect(process.memoryUsage.rss() - before).toBeLessThan(256 * MEGABYTE);
  });
});

const wrongDigests = (name: 'initialise' | 'load') => lyingIn(name, () => ({ digest: 1n }));

describe.each(['digest', 'off'])('of a minibatch (--verify %s)', (level) => {
  const predictions = (length: number, value: number) => new Uint8Array(length).fill(value);
  test.each<[string, Answering, RegExp]>([
    ['step', lyingIn('train', ({ step }) => ({ step: step + 1 })), /^train 0: the device.* step (is|2)/],
    ['step', lyingIn('train', () => ({ step: 0 })), /^train 0: the device.* step (is )?0/],
    ['step', lyingIn('train', () => ({ step: 0xffff_ffff })), /^train 0: the device.* step (is )?4294967295/],
    [
      'class',
      lyingIn('train', () => ({ predictions: predictions(16, 4) })),
      /^train 0: the device.* predict/,
    ],
    [
      'too few',
      lyingIn('train', () => ({ predictions: predictions(3, 0) })),
      /^train 0: the device.* predictions/,
    ],
    [
      'too many',
      lyingIn('evaluate', () => ({ predictions: predictions(300, 0) })),
      /^evaluate: the device.* predictions/,
    ],
    [
      'iterations',
      lyingIn('train', () => ({ freeIterations: 0xffff_ffff })),
      /^train 0: the device's freeIterations is 4294967295/,
    ],
    [
      'nudged iterations',
      lyingIn('train', () => ({ nudgedIterations: 0xffff_ffff })),
      /^train 0: the device's nudgedIterations is 4294967295/,
    ],
    ['nudged', lyingIn('train', () => ({ nudged: 17 })), /^train 0: the device's nudged is 17/],
    [
      'nudged, without a margin',
      lyingIn('train', ({ nudged }) => ({ nudged: nudged - 1 })),
      /^train 0: the device's nudged is 15, .* 16$/,
    ],
    ['unsettled', lyingIn('train', () => ({ unsettled: 17 })), /^train 0: the device's unsettled is 17/],
    [
      'cost',
      lyingIn('train', () => ({ cost: 2n ** 63n })),
      /^train 0: the device's cost is 922337203685477\d+/,
    ],
    [
      'products that fall',
      lyingIn('statistics', ({ products }) => ({ products: 2n ** 40n - products })),
      /^statistics: the number of products that the device tells fell from/,
    ],
    [
      'products that soar',
      lyingIn('statistics', ({ products }) => ({ products: products ** 3n })),
      /^statistics: the number of products that the device tells for \d+ examples is \d+, at most \d+/,
    ],
  ])('%s', async (_, answering, message) => {
    const { error } = await fail(answering, level);
    expect(error.message).toMatch(message);
    expect(error).toBeInstanceOf(VerificationError);
    expect(device?.calls()).toBe(1);
  });

  test.each([
    'configure',
    'initialise',
    'train',
    'evaluate',
    'statistics',
  ] as const)('a reply to %s that is too short', async (name) => {
    const { error } = await fail(resized(name, 3), level);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(
      new RegExp(`^${name}: a reply of 3 bytes does not fit its layout of \\d+$`),
    );
    expect(device?.calls()).toBe(1);
  });
});

describe('what only the twin can tell', () => {
  const wrongPredictions = lyingIn('train', ({ predictions }) => ({
    predictions: predictions.map((p) => p ^ 1),
  }));

  test('wrong predictions with a right digest', async () => {
    const { error } = await fail(wrongPredictions);
    expect(error).toBeInstanceOf(VerificationError);
    expect(error.message).toMatch(/^train 0: the device's predictions is \[[\d ]+\], the twin has/);
  });

  test('the digest of the first weights', async () => {
    const { error } = await fail(wrongDigests('initialise'));
    expect(error.message).toMatch(/^initialise: the device's digest is 1, the twin has/);
  });

  test('goes unnoticed without one', async () => {
    const { result } = await on(wrongPredictions, 'off');
    expect(result.position.digest).toBe(whole.result.position.digest);
    expect(result.folder.metrics()).not.toEqual(whole.result.folder.metrics());
  });
});

test('a tensor of another length', async () => {
  const { error } = await fail(resized('read', 8), 'off');
  expect(error.message).toMatch(/^the device was asked for \d+ bytes of a tensor and sent 8$/);
});

describe('acknowledgements', () => {
  const payloads: Readonly<Record<number, Uint8Array>> = {
    [Signal.missing]: MissingPayload.encode({ held: 0n, latest: 0 }),
  };
  const acknowledging = (type: number, ahead: number) =>
    adding(({ type: answered, session, sequence }) =>
      answered === (Messages.initialise.code | REPLY)
        ? framed(type, session, (sequence + ahead) & 0xffff, payloads[type])
        : new Uint8Array(0),
    );

  test.each([
    ['of what was never sent', Signal.acknowledge, 500],
    ['of half of all there can be', Signal.acknowledge, 32_000],
    ['with a gap after what was never sent', Signal.missing, 500],
  ])('%s', async (_, type, ahead) => {
    const { error } = await fail(acknowledging(type, ahead));
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(/^the device expects request \d+ next, but \d+ was not yet sent$/);
    expect(device?.calls()).toBe(1);
  });

  test('by a poll, of what was never sent', async () => {
    const isAnswer = (type: number) => type >= REPLY && type !== (Messages.hello.code | REPLY);
    const { error } = await fail((answer) => {
      if (answer.type === (Messages.poll.code | REPLY))
        return { ...answer, sequence: (answer.sequence + 500) & 0xffff };
      return isAnswer(answer.type) ? undefined : answer;
    });
    expect(error.message).toMatch(/^the device expects request \d+ next, but \d+ was not yet sent$/);
    expect(device?.calls()).toBe(1);
  });
});

test('what nobody asked for, beside what was, changes nothing', async () => {
  const { result } = await on(
    adding(({ session, sequence }) =>
      Buffer.concat([
        framed(Messages.train.code | REPLY, session, (sequence + 999) & 0xffff, new Uint8Array(80)),
        framed(Messages.poll.code | REPLY, session, 7, Messages.poll.reply.encode({ id: 12_345, held: 0n })),
        framed(0xf0, session, sequence),
        framed(Signal.acknowledge, session, sequence),
        framed(Signal.acknowledge, session ^ 1, sequence + 99),
      ]),
    ),
  );
  expect(result.position.digest).toBe(whole.result.position.digest);
});

describe('endless', () => {
  const patience = 400;
  const untilTrained = ({ type }: Frame) => type !== (Messages.train.code | REPLY);
  const refused = (session: number) =>
    framed(
      Signal.error,
      session,
      40_000,
      ErrorPayload.encode({ value: 1, limit: 2, place: 3, code: 999, request: Messages.train.code }),
    );
  const many = (frame: Uint8Array): Uint8Array => Buffer.concat(Array.from({ length: 1000 }, () => frame));

  const frames: [string, (session: number) => Uint8Array][] = [
    ['acknowledgements', (session) => many(framed(Signal.acknowledge, session, 0))],
    [
      'gaps',
      (session) => many(framed(Signal.missing, session, 0, MissingPayload.encode({ held: 0n, latest: 0 }))),
    ],
    ['errors', (session) => many(refused(session))],
    ['replies', (session) => many(framed(Messages.train.code | REPLY, session, 50_000))],
    [
      'answers to polls never sent',
      (session) =>
        many(
          framed(
            Messages.poll.code | REPLY,
            session,
            0,
            Messages.poll.reply.encode({ id: 0x8000_0000, held: 0n }),
          ),
        ),
    ],
  ];
  const noise: [string, (session: number) => Uint8Array][] = [
    ['bytes without an end', () => new Uint8Array(MEGABYTE).fill(0x55)],
    ['damaged frames', () => many(Uint8Array.of(3, 1, 2, 0))],
    ['frames of another session', (session) => many(framed(Signal.acknowledge, session ^ 1, 0))],
  ];

  test.each(frames)('%s', async (_, words) => {
    const { error, growth } = await fail(babbling(words, untilTrained), 'digest', patience);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(
      /^the device answers nothing that it is asked \((train|sample)\), and has sent \d+ other frames for/,
    );
    expect(device?.calls()).toBe(1);
    expect(growth).toBeLessThan(256 * MEGABYTE);
  });

  // Their ten vain tries take long: all at once.
  test(`${noise.map(([name]) => name).join(', ')}: as good as silence`, async () => {
    const ends = noise.map(([, words]) => fail(babbling(words, untilTrained), 'digest', patience));
    for (const { error, growth, calls } of await Promise.all(ends)) {
      expect(error).toBeInstanceOf(UserError);
      expect(error.message).toMatch(
        /^the device has been silent for .* s, but for [\d,]+ bytes that are no answer/,
      );
      // Ten in a row come to nothing; on a busy machine something was saved between some before them, or one was not
      // even greeted in time.
      if (!error.message.includes('the device is not back')) expect(calls).toBeGreaterThanOrEqual(10);
      expect(growth).toBeLessThan(256 * MEGABYTE);
    }
  });

  test.each([...frames, ...noise])('%s, from the start', async (_, words) => {
    const { error, growth } = await fail(
      babbling(words, () => false),
      'digest',
      patience,
    );
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(/^no answer from the device within 0.4 s, but (\d+ other bytes|a text): /);
    expect(growth).toBeLessThan(256 * MEGABYTE);
  });

  test('answers to polls, and nothing else', async () => {
    const alive = [Messages.hello.code | REPLY, Messages.poll.code | REPLY];
    const { error } = await fail(
      (answer) => (alive.includes(answer.type) ? answer : undefined),
      'digest',
      200,
    );
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(/^the device (answers, but for .* s it has run nothing|has been silent)/);
    // The first loss comes after the first checkpoint, ten more come to nothing.
    expect(device?.calls()).toBeLessThanOrEqual(11);
  });
});

test('an honest one', async () => {
  expect((await on(honest, 'off')).result.position.digest).toBe(whole.result.position.digest);
});
