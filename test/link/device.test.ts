/** The device's end: what it reads, and when it obeys. */
import { beforeEach, describe, expect, test } from 'vitest';
import { encodeFrame } from '#host/link/frame';
import { MAX_PAYLOAD, MAX_REPLY, Messages, REPLY, Signal, schemaHash } from '#host/wire/index';
import {
  ask,
  feed,
  frameOf,
  hello,
  refusal,
  SESSION,
  send,
  speaksToNewDevices,
  stage,
  statistics,
} from './spoken-to.js';
import { limits, network, trainAt, weights, wide } from './workload.js';

speaksToNewDevices();

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
