/** The device's end: requests early, late, lost and repeated. */
import { beforeEach, describe, expect, test } from 'vitest';
import { encodeFrame, type Frame } from '#host/link/frame';
import {
  HEADER,
  MAX_REPLY,
  Messages,
  MissingPayload,
  PROTOCOL,
  REPLY,
  REPLY_SLOTS,
  Signal,
  schemaHash,
} from '#host/wire/index';
import {
  ask,
  blank,
  device,
  feed,
  frameOf,
  hello,
  poll,
  refusal,
  SESSION,
  send,
  speaksToNewDevices,
  stage,
  statistics,
  WINDOW,
} from './spoken-to.js';
import { limits, network, sampleAt, trainAt, weights, wide } from './workload.js';

speaksToNewDevices();

describe('sequences', () => {
  beforeEach(() => hello());

  /** Requests held from the expected one on, and what came last. */
  const gap = (sequence: number, held: bigint, latest: number) => ({
    type: Signal.missing,
    sequence,
    payload: MissingPayload.encode({ held, latest }),
  });
  const told = (sequence: number) => ({ type: Messages.statistics.code | REPLY, sequence });

  test('what comes before its turn is held and told of, and runs in its turn', () => {
    expect(send('statistics', {}, 2)).toMatchObject([gap(0, 0b100n, 2)]);
    expect(send('statistics', {}, 4)).toMatchObject([gap(0, 0b10100n, 4)]);
    expect(send('statistics', {}, 1)).toMatchObject([gap(0, 0b10110n, 1)]);
    expect(send('statistics', {}, 1)).toMatchObject([gap(0, 0b10110n, 1)]);
    expect(send('statistics', {}, 0)).toMatchObject([told(0), told(1), told(2)]);
    expect(send('statistics', {}, 5)).toMatchObject([gap(3, 0b110n, 5)]);
    expect(send('statistics', {}, 3)).toMatchObject([told(3), told(4), told(5)]);
    device.next = 6;
    expect(statistics()).toMatchObject({ early: 5, repeats: 0 });
  });

  test('of what is farther ahead than can be told nothing is', () => {
    expect(send('statistics', {}, 63)).toMatchObject([gap(0, 1n << 63n, 63)]);
    expect(send('statistics', {}, 64)).toEqual([]);
  });

  test('damage is told of once, until a frame comes whole', () => {
    const rubbish = Uint8Array.of(3, 1, 2, 0);
    ask('statistics', {});
    expect(feed(rubbish)).toMatchObject([gap(1, 0n, 0)]);
    expect(feed(rubbish)).toEqual([]);
    send('statistics', {}, 2);
    expect(feed(rubbish)).toMatchObject([gap(1, 0b10n, 2)]);
  });

  describe('what takes long', () => {
    const bytes = (step: number) => frameOf('train', trainAt(step), device.next++);
    const trained = (sequence: number) => ({ type: Messages.train.code | REPLY, sequence });
    const staged = (step: number) => {
      const frames: Uint8Array[] = [];
      for (let slot = 0; slot < network.batch; slot++)
        frames.push(frameOf('sample', sampleAt(1, step, slot), device.next++));
      return frames;
    };

    beforeEach(() => {
      send('configure', network);
      send('initialise', { limits });
    });

    test('waits for all that has come, and what follows it for that', () => {
      const first = [...staged(0), bytes(0)];
      const second = [...staged(1), bytes(1)];
      const lost = second.splice(2, 1);
      const end = 2 + first.length;
      // The gap in the second minibatch is told of before the first one runs.
      expect(feed(Buffer.concat([...first, ...second]))).toMatchObject([
        {
          type: Signal.missing,
          sequence: end - 1,
          payload: MissingPayload.encode({ held: 0b10111n, latest: end + 3 }),
        },
        { type: Signal.missing, sequence: end - 1 },
        trained(end - 1),
      ]);
      expect(feed(lost[0])).toMatchObject([trained(end + first.length - 1)]);
      expect(statistics()).toMatchObject({ step: 2, early: 2, repeats: 0 });
    });

    test('waits for the end of a frame of which a part has come', () => {
      const minibatch = [...staged(0), bytes(0)];
      const data = new Uint8Array(100).fill(1);
      const write = frameOf('write', { ...weights, data }, device.next++);
      // More than the device takes at once.
      const part = 90;
      expect(feed(Buffer.concat([...minibatch, write.subarray(0, part)]))).toEqual([]);
      expect(feed(write.subarray(part))).toMatchObject([trained(device.next - 2)]);
      expect(statistics()).toMatchObject({ damaged: 0, early: 0 });
    });

    test('goes on with what was heard meanwhile, and answers once', () => {
      const all = Buffer.concat([...staged(0), bytes(0), ...staged(1), bytes(1)]);
      expect(feed(all, (answers) => answers > 0)).toMatchObject([trained(2 + network.batch)]);
      expect(feed(Uint8Array.of(0))).toMatchObject([trained(device.next - 1)]);
      expect(statistics()).toMatchObject({ step: 2, early: 0, repeats: 0 });
    });

    test('does not wait where there is no room to hold what follows it', () => {
      const { needed } = Messages.configure.reply.decode(send('configure', network)[0].payload);
      device.kernel = blank(needed);
      hello();
      device.next = 0;
      send('configure', network);
      send('initialise', { limits });
      const frames = [...staged(0), bytes(0), ...staged(1), bytes(1)];
      const answers = feed(Buffer.concat(frames));
      expect(answers.map(({ type }) => type)).toEqual([trained(0).type, trained(0).type]);
      expect(statistics()).toMatchObject({ step: 2, early: 0 });
    });

    test('comes twice and runs once', () => {
      const frames = staged(0);
      const train = bytes(0);
      expect(feed(Buffer.concat([...frames, train, train]))).toMatchObject([trained(device.next - 1)]);
      expect(statistics()).toMatchObject({ step: 1, repeats: 0 });
    });

    test('is forgotten with a greeting that comes before it has run', () => {
      const frames = staged(0);
      const train = bytes(0);
      const greeting = frameOf('hello', { schema: schemaHash, protocol: PROTOCOL, session: SESSION }, 0);
      const answers = feed(Buffer.concat([...frames, train, greeting]));
      expect(answers).toMatchObject([{ type: Messages.hello.code | REPLY, sequence: device.next - 1 }]);
      expect(feed(train)).toMatchObject([trained(device.next - 1)]);
    });
  });

  test('of what is held the payload is kept, over a window of it and no more', () => {
    send('configure', wide, 0);
    const size = HEADER + Messages.write.request.size;
    const rows = Array.from({ length: 10 }, (_, row) =>
      Uint8Array.from({ length: (WINDOW / 8 - size) & ~1 }, (_, i) => 1 + row + (i % 5)),
    );
    const write = (row: number) => ({ ...weights, offset: 256 * row, data: rows[row] });
    for (const row of [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]) send('write', write(row), 1 + row);
    // Eight filled the window, and the ninth was let go.
    expect(poll()).toMatchObject([{ sequence: 10 }]);
    device.next = 10;
    for (const row of [0, 1, 7, 8]) {
      const { payload } = ask('read', { ...weights, offset: 256 * row, count: rows[row].length / 2 });
      expect(Buffer.compare(payload, rows[row])).toBe(0);
    }
  });

  test('a poll is told what is held', () => {
    const polled = () => poll().map(({ payload }) => Messages.poll.reply.decode(payload));
    expect(polled()).toEqual([{ id: 5, held: 0n }]);
    send('statistics', {}, 2);
    expect(polled()).toEqual([{ id: 5, held: 0b100n }]);
    send('statistics', {}, 0);
    expect(polled()).toEqual([{ id: 5, held: 0b10n }]);
  });

  test('a network that fills the arena leaves nothing to hold requests in, which is told', () => {
    const { needed } = Messages.configure.reply.decode(send('configure', wide, 0)[0].payload);
    device.kernel = blank(needed);
    hello();
    send('configure', wide, 0);
    expect(send('statistics', {}, 2)).toMatchObject([gap(1, 0n, 2)]);
    expect(send('statistics', {}, 1)).toMatchObject([told(1)]);
    expect(send('statistics', {}, 2)).toMatchObject([told(2)]);
  });

  test('what is held is let go when the network changes', () => {
    send('statistics', {}, 1);
    expect(send('configure', wide, 0)).toHaveLength(1);
    expect(send('statistics', {}, 2)).toMatchObject([gap(1, 0b10n, 2)]);
    expect(send('statistics', {}, 1)).toMatchObject([told(1), told(2)]);
  });

  test('nothing that was held outlives a greeting', () => {
    send('statistics', {}, 1);
    hello();
    expect(send('statistics', {}, 0)).toMatchObject([told(0)]);
    send('statistics', {}, 2);
    hello(78);
    const [reply, ...others] = feed(frameOf('statistics', {}, 0, 78));
    expect(reply).toMatchObject(told(0));
    expect(others).toEqual([]);
  });

  test('the last replies are kept, as many as there is room for, whatever quiet requests come between', () => {
    send('configure', wide);
    // Sizes differ: the room is for bytes.
    const counts = [288, 0, 100, 288, 7, 250, 1, 288];
    const replies = counts.map((count) => {
      stage();
      return ask('read', { ...weights, count });
    });
    const first = replies.map(({ sequence }) => sequence);
    const sizes = replies.map(({ payload }) => HEADER + payload.length);
    const room = REPLY_SLOTS * (HEADER + MAX_REPLY);
    for (const [i, reply] of replies.entries()) {
      const isKept = sizes.slice(i).reduce((sum, size) => sum + size, 0) <= room;
      const again = send('read', { ...weights, count: counts[i] }, first[i]);
      expect(again).toMatchObject(isKept ? [reply] : [{ type: Signal.acknowledge, sequence: device.next }]);
    }
  });

  test('that come again stand for the later request', () => {
    ask('configure', wide);
    const nothing = { ...weights, data: new Uint8Array(0) };
    while (device.next < 0x10000) send('write', nothing);
    const [reply] = send('statistics', {}, 0);
    expect(reply.type).toBe(Messages.statistics.code | REPLY);
    expect(send('statistics', {}, 0)).toEqual([reply]);
  });

  test('quiet requests are acknowledged by an eighth of the window', () => {
    send('configure', wide);
    const before = device.next;
    let bytes = 0;
    let answers: Frame[] = [];
    while (answers.length === 0) {
      answers = send('write', { ...weights, data: new Uint8Array(100) });
      bytes += 100 + 17;
    }
    expect(bytes).toBeGreaterThanOrEqual(WINDOW / 8);
    expect(bytes - 117).toBeLessThan(WINDOW / 8);
    expect(answers).toMatchObject([{ type: Signal.acknowledge, sequence: device.next }]);
    expect(send('write', { ...weights, data: new Uint8Array(2) }, before)).toMatchObject(answers);
  });

  test('a refused quiet request is told of once, in the place of the next reply', () => {
    send('configure', network);
    send('initialise', { limits });
    expect(send('sample', { slot: 9, label: 0, image: new Uint8Array(0) })).toEqual([]);
    expect(send('sample', { slot: 0, label: 9, image: new Uint8Array(0) })).toEqual([]);
    const told = ask('statistics', {});
    expect(refusal(told)).toMatchObject({ error: 'badSlot', value: 9, limit: 4, request: 'sample' });
    expect(send('statistics', {}, told.sequence)).toEqual([told]);
    expect(statistics().step).toBe(0);
  });

  test('what is to be replied to does not run behind a refused one', () => {
    send('configure', network);
    send('initialise', { limits });
    stage();
    send('sample', { slot: 9, label: 0, image: new Uint8Array(0) });
    expect(refusal(ask('train', trainAt(0)))).toMatchObject({ error: 'badSlot', request: 'sample' });
    expect(statistics().step).toBe(0);
    expect(Messages.train.reply.decode(ask('train', trainAt(0)).payload).step).toBe(1);
  });

  test('what the device said itself, and the line sends back, is not heard', () => {
    const echoes = [Signal.acknowledge, Signal.missing, Signal.error, Messages.statistics.code | REPLY];
    for (const type of echoes)
      expect(
        feed(encodeFrame({ type, session: SESSION, sequence: device.next, payload: new Uint8Array(16) })),
      ).toEqual([]);
    expect(statistics()).toMatchObject({ early: 0, repeats: 0 });
  });
});
