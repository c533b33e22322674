/** The device's end, spoken to frame by frame. */
import { beforeEach, describe, expect, test } from 'vitest';
import { Kernel, portableModule } from '#host/kernel/kernel';
import { DeviceError } from '#host/link/device-error';
import { decodeFrame, encodeFrame, type Frame } from '#host/link/frame';
import {
  HEADER,
  MAX_PAYLOAD,
  MAX_REPLY,
  type MessageName,
  Messages,
  missingLayout,
  PROTOCOL,
  REPLY,
  REPLY_SLOTS,
  type RequestOf,
  Signal,
  schemaHash,
  Tensor,
} from '#host/link/schema';
import { limits, network, sampleAt, trainAt } from './workload.js';

const SESSION = 77;
const WINDOW = 4096;
const wide = { ...network, shape: [64, 64, 4, 13, 13] } as const;
const weights = { offset: 0, index: 0, tensor: Tensor.weights, padding: 0 } as const;

let kernel: Kernel;
let next: number;

/** @param hasMore given how many answers there were */
function feed(bytes: Uint8Array, hasMore = (_: number) => false): Frame[] {
  const frames: Frame[] = [];
  const hear = (answer: Uint8Array) => {
    expect(answer.indexOf(0)).toBe(answer.length - 1);
    const frame = decodeFrame(answer.subarray(0, -1));
    if (!frame) throw new Error('the device sent a damaged frame');
    frames.push(frame);
  };
  kernel.feed(bytes, hear, () => hasMore(frames.length));
  return frames;
}

function frameOf<N extends MessageName>(name: N, values: RequestOf<N>, sequence: number, session = SESSION) {
  const { code, request } = Messages[name];
  const payload = (request.encode as (values: RequestOf<N>) => Uint8Array)(values);
  return encodeFrame({ type: code, session, sequence, payload });
}

function send<N extends MessageName>(name: N, values: RequestOf<N>, sequence = next++): Frame[] {
  return feed(frameOf(name, values, sequence));
}

function hello(session = SESSION, schema = schemaHash): Frame[] {
  return feed(frameOf('hello', { schema, protocol: PROTOCOL, session }, 0, session));
}

function ask<N extends MessageName>(name: N, values: RequestOf<N>): Frame {
  const frames = send(name, values);
  expect(frames).toHaveLength(1);
  return frames[0];
}

const refusal = ({ type, payload }: Frame) => {
  expect(type).toBe(Signal.error);
  return DeviceError.decode(payload);
};
const statistics = () => Messages.statistics.reply.decode(ask('statistics', {}).payload);
const poll = (id = 5) => feed(frameOf('poll', { id }, 0));

function stage(step = 0): void {
  for (let slot = 0; slot < network.batch; slot++) send('sample', sampleAt(1, step, slot));
}

beforeEach(() => {
  kernel = new Kernel(1 << 16, WINDOW, portableModule());
  next = 0;
});

describe('frames', () => {
  test('of every length are read and written as the host does', () => {
    hello();
    send('configure', wide);
    for (let count = 0; 2 * count <= MAX_REPLY; count++) {
      const data = Uint8Array.from({ length: 2 * count }, (_, i) =>
        count % 3 === 0 && i % 251 === 0 ? 0 : Math.imul(i + 1, count + 7) | 1,
      );
      send('write', { ...weights, data });
      const { type, payload } = ask('read', { ...weights, count });
      expect(type).toBe(Messages.read.code | REPLY);
      expect(payload).toHaveLength(2 * count);
      expect(Buffer.compare(payload, data)).toBe(0);
    }
    expect(statistics()).toMatchObject({ damaged: 0, early: 0, repeats: 0 });
  });

  test('that are longer than any, damaged or cut are dropped, and the next is read', () => {
    hello();
    const whole = frameOf('statistics', {}, 0);
    const rubbish = [
      encodeFrame({ type: 5, session: SESSION, sequence: 0, payload: new Uint8Array(MAX_PAYLOAD + 1) }),
      new Uint8Array(5000).fill(255),
      whole.subarray(0, -4),
      whole.map((byte, i) => (i === 3 ? byte ^ 0x10 : byte)),
      Uint8Array.of(1),
    ];
    for (const bytes of rubbish) {
      const answers = feed(Buffer.concat([bytes, Uint8Array.of(0)]));
      for (const { type, sequence } of answers) expect([type, sequence]).toEqual([Signal.missing, 0]);
    }
    expect(statistics()).toMatchObject({ damaged: rubbish.length, early: 0, frames: 2 });
  });
});

describe('a session', () => {
  test('is needed', () => {
    const error = refusal(ask('statistics', {}));
    expect(error).toMatchObject({ error: 'unknownSession', value: SESSION, limit: 0, request: 'statistics' });
    hello(78);
    expect(refusal(ask('statistics', {}))).toMatchObject({ value: SESSION, limit: 78 });
  });

  test('of another version is refused by frames that it understands', () => {
    const error = refusal(hello(SESSION, 1)[0]);
    expect(error).toMatchObject({ error: 'schemaMismatch', limit: 1, request: 'hello', value: schemaHash });
    expect(error.hint).toBeDefined();
    expect(refusal(ask('statistics', {})).error).toBe('unknownSession');
  });

  test('is not rewound by a repeated HELLO, whose answer says where it is', () => {
    expect(hello()[0]).toMatchObject({ type: Messages.hello.code | REPLY, session: SESSION, sequence: 0 });
    const first = ask('statistics', {});
    ask('statistics', {});
    expect(hello()[0].sequence).toBe(2);
    expect(send('statistics', {}, 0)).toEqual([first]);
    expect(statistics().repeats).toBe(1);
  });

  test('begins anew with another number', () => {
    hello();
    ask('statistics', {});
    hello(78);
    expect(feed(frameOf('statistics', {}, 0, 78))[0]).toMatchObject({ session: 78, sequence: 0 });
  });
});

describe('sequences', () => {
  beforeEach(() => hello());

  /** What is held from the expected one on, and what came last. */
  const gap = (sequence: number, held: bigint, latest: number) => ({
    type: Signal.missing,
    sequence,
    payload: missingLayout.encode({ held, latest }),
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
    next = 6;
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
    const bytes = (step: number) => frameOf('train', trainAt(step), next++);
    const trained = (sequence: number) => ({ type: Messages.train.code | REPLY, sequence });
    const staged = (step: number) => {
      const frames: Uint8Array[] = [];
      for (let slot = 0; slot < network.batch; slot++)
        frames.push(frameOf('sample', sampleAt(1, step, slot), next++));
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
          payload: missingLayout.encode({ held: 0b10111n, latest: end + 3 }),
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
      const write = frameOf('write', { ...weights, data }, next++);
      // More than the device takes at once.
      const part = 90;
      expect(feed(Buffer.concat([...minibatch, write.subarray(0, part)]))).toEqual([]);
      expect(feed(write.subarray(part))).toMatchObject([trained(next - 2)]);
      expect(statistics()).toMatchObject({ damaged: 0, early: 0 });
    });

    test('goes on with what was heard meanwhile, and answers once', () => {
      const all = Buffer.concat([...staged(0), bytes(0), ...staged(1), bytes(1)]);
      expect(feed(all, (answers) => answers > 0)).toMatchObject([trained(2 + network.batch)]);
      expect(feed(Uint8Array.of(0))).toMatchObject([trained(next - 1)]);
      expect(statistics()).toMatchObject({ step: 2, early: 0, repeats: 0 });
    });

    test('does not wait where there is no room to hold what follows it', () => {
      const { needed } = Messages.configure.reply.decode(send('configure', network)[0].payload);
      kernel = new Kernel(needed, WINDOW, portableModule());
      hello();
      next = 0;
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
      expect(feed(Buffer.concat([...frames, train, train]))).toMatchObject([trained(next - 1)]);
      expect(statistics()).toMatchObject({ step: 1, repeats: 0 });
    });

    test('is forgotten with a greeting that comes before it has run', () => {
      const frames = staged(0);
      const train = bytes(0);
      const greeting = frameOf('hello', { schema: schemaHash, protocol: PROTOCOL, session: SESSION }, 0);
      const answers = feed(Buffer.concat([...frames, train, greeting]));
      expect(answers).toMatchObject([{ type: Messages.hello.code | REPLY, sequence: next - 1 }]);
      expect(feed(train)).toMatchObject([trained(next - 1)]);
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
    next = 10;
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
    kernel = new Kernel(needed, WINDOW, portableModule());
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
    // Of different sizes: the room is for bytes.
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
      expect(again).toMatchObject(isKept ? [reply] : [{ type: Signal.acknowledge, sequence: next }]);
    }
  });

  test('that come again stand for the later request', () => {
    ask('configure', wide);
    const nothing = { ...weights, data: new Uint8Array(0) };
    while (next < 0x10000) send('write', nothing);
    const [reply] = send('statistics', {}, 0);
    expect(reply.type).toBe(Messages.statistics.code | REPLY);
    expect(send('statistics', {}, 0)).toEqual([reply]);
  });

  test('quiet requests are acknowledged by an eighth of the window', () => {
    send('configure', wide);
    const before = next;
    let bytes = 0;
    let answers: Frame[] = [];
    while (answers.length === 0) {
      answers = send('write', { ...weights, data: new Uint8Array(100) });
      bytes += 100 + 17;
    }
    expect(bytes).toBeGreaterThanOrEqual(WINDOW / 8);
    expect(bytes - 117).toBeLessThan(WINDOW / 8);
    expect(answers).toMatchObject([{ type: Signal.acknowledge, sequence: next }]);
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
        feed(encodeFrame({ type, session: SESSION, sequence: next, payload: new Uint8Array(16) })),
      ).toEqual([]);
    expect(statistics()).toMatchObject({ early: 0, repeats: 0 });
  });
});

describe('a step happens once', () => {
  const train = (step: number) => ask('train', trainAt(step));

  beforeEach(() => {
    hello();
    send('configure', network);
  });

  test('the same request gets the same reply', () => {
    send('initialise', { limits });
    stage();
    const reply = train(0);
    expect(reply.type).toBe(Messages.train.code | REPLY);
    for (let i = 0; i < 3; i++) expect(send('train', trainAt(0), reply.sequence)).toEqual([reply]);
    const { step, digest, samples, repeats } = statistics();
    expect({ step, samples, repeats }).toEqual({ step: 1, samples: BigInt(network.batch), repeats: 3 });
    expect(digest).toBe(Messages.train.reply.decode(reply.payload).weights);
  });

  test('a new request for another step changes nothing', () => {
    send('initialise', { limits });
    stage();
    train(0);
    stage(1);
    const before = statistics().digest;
    expect(refusal(train(0))).toMatchObject({ error: 'alreadyApplied', value: 0, limit: 1 });
    expect(refusal(train(2))).toMatchObject({ error: 'stepGap', value: 2, limit: 1 });
    expect(statistics()).toMatchObject({ digest: before, step: 1 });
    expect(Messages.train.reply.decode(train(1).payload).step).toBe(2);
  });

  test('weights must be there', () => {
    stage();
    expect(refusal(train(0))).toMatchObject({ error: 'noWeights' });
    send('initialise', { limits });
    send('write', { ...weights, data: new Uint8Array(2) });
    expect(refusal(train(0))).toMatchObject({ error: 'noWeights' });
    expect(refusal(ask('load', { digest: 1n, step: 3 })).error).toBe('digestMismatch');
    expect(refusal(train(0))).toMatchObject({ error: 'noWeights' });
  });

  test('loading sets the step', () => {
    const { digest } = Messages.initialise.reply.decode(ask('initialise', { limits }).payload);
    const data = ask('read', { ...weights, count: 4 }).payload;
    send('write', { ...weights, data });
    ask('load', { digest, step: 41 });
    stage();
    expect(refusal(train(0)).error).toBe('alreadyApplied');
    expect(Messages.train.reply.decode(train(41).payload).step).toBe(42);
  });

  test('a network must be there', () => {
    send('initialise', { limits });
    stage();
    send('reset', {});
    expect(refusal(train(0))).toMatchObject({ error: 'notConfigured' });
    expect(refusal(ask('initialise', { limits }))).toMatchObject({ error: 'notConfigured' });
  });

  test('examples must be there, and are used up', () => {
    send('initialise', { limits });
    stage();
    train(0);
    expect(refusal(train(1))).toMatchObject({ error: 'missingSample', place: 0 });
    expect(refusal(ask('evaluate', { iterations: 3, samples: 2 }))).toMatchObject({ error: 'missingSample' });
  });
});
