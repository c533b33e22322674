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

function feed(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  kernel.feed(bytes, (answer) => {
    expect(answer.indexOf(0)).toBe(answer.length - 1);
    const frame = decodeFrame(answer.subarray(0, -1));
    if (!frame) throw new Error('the device sent a damaged frame');
    frames.push(frame);
  });
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
    expect(statistics()).toMatchObject({ damaged: 0, gaps: 0, repeats: 0 });
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
    expect(statistics()).toMatchObject({ damaged: rubbish.length, gaps: 1, frames: 2 });
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

  const missing = (sequence: number, count: number) => ({
    type: Signal.missing,
    sequence,
    payload: missingLayout.encode({ count }),
  });
  const told = (sequence: number) => ({ type: Messages.statistics.code | REPLY, sequence });

  test('what comes before its turn is held, and runs in its turn', () => {
    expect(send('statistics', {}, 2)).toMatchObject([missing(0, 2)]);
    expect(send('statistics', {}, 4)).toEqual([]);
    expect(send('statistics', {}, 1)).toEqual([]);
    expect(send('statistics', {}, 1)).toEqual([]);
    expect(send('statistics', {}, 0)).toMatchObject([told(0), told(1), told(2), missing(3, 1)]);
    expect(send('statistics', {}, 5)).toEqual([]);
    expect(send('statistics', {}, 3)).toMatchObject([told(3), told(4), told(5)]);
  });

  test('the next gap is told of when a quiet request has closed one', () => {
    send('configure', wide, 0);
    const data = new Uint8Array(4);
    expect(send('write', { ...weights, data }, 2)).toMatchObject([missing(1, 1)]);
    expect(send('write', { ...weights, data }, 5)).toEqual([]);
    expect(send('write', { ...weights, data }, 1)).toMatchObject([missing(3, 2)]);
    expect(send('statistics', {}, 3)).toMatchObject([told(3), missing(4, 1)]);
    expect(send('statistics', {}, 4)).toMatchObject([told(4)]);
    expect(send('statistics', {}, 6)).toMatchObject([told(6)]);
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

  test('a gap is told of once, and again when the host has asked', () => {
    const polled = () => poll().map(({ payload }) => Messages.poll.reply.decode(payload));
    expect(polled()).toEqual([{ id: 5, missing: 0 }]);
    expect(send('statistics', {}, 2)).toMatchObject([missing(0, 2)]);
    expect(send('statistics', {}, 1)).toEqual([]);
    expect(polled()).toEqual([{ id: 5, missing: 1 }]);
    expect(send('statistics', {}, 3)).toMatchObject([missing(0, 1)]);
    expect(send('statistics', {}, 0)).toMatchObject([told(0), told(1), told(2), told(3)]);
    expect(polled()).toEqual([{ id: 5, missing: 0 }]);
    expect(send('statistics', {}, 5)).toMatchObject([missing(4, 1)]);
  });

  test('a network that fills the arena leaves nothing to hold requests in, which the gap tells', () => {
    const { needed } = Messages.configure.reply.decode(send('configure', wide, 0)[0].payload);
    kernel = new Kernel(needed, WINDOW, portableModule());
    hello();
    send('configure', wide, 0);
    expect(send('statistics', {}, 2)).toMatchObject([missing(1, 0)]);
    expect(send('statistics', {}, 1)).toMatchObject([told(1)]);
    expect(send('statistics', {}, 2)).toMatchObject([told(2)]);
  });

  test('what is held is let go when the network changes', () => {
    send('statistics', {}, 1);
    expect(send('configure', wide, 0)).toHaveLength(1);
    expect(send('statistics', {}, 2)).toMatchObject([missing(1, 1)]);
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

  test('the last replies are kept, whatever quiet requests come between', () => {
    const replies = Array.from({ length: REPLY_SLOTS }, () => {
      // Refused, there being no network; each reply tells of that.
      stage();
      return ask('statistics', {});
    });
    for (const reply of replies) expect(send('statistics', {}, reply.sequence)).toEqual([reply]);
    ask('statistics', {});
    const [oldest, ...kept] = replies;
    expect(send('statistics', {}, oldest.sequence)).toMatchObject([
      { type: Signal.acknowledge, sequence: next },
    ]);
    for (const reply of kept) expect(send('statistics', {}, reply.sequence)).toEqual([reply]);
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
