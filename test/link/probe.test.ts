/** The device's end of a probe: outside of all frames, and of no consequence to them. */
import { describe, expect, test } from 'vitest';
import { Messages, PROBE_LIMIT, PROBE_MASK, probe, probeBytes, REPLY, Signal } from '#host/wire/index';
import {
  device,
  feed,
  frameOf,
  hello,
  poll,
  send,
  speaksToNewDevices,
  stage,
  statistics,
} from './spoken-to.js';
import { limits, network, sampleAt, trainAt } from './workload.js';

speaksToNewDevices();

const BEGIN = Buffer.from('EQPROBE?');
const END = Buffer.from('EQPROBE!');
const VALUES = Buffer.concat([Buffer.from('EQPROBE<'), probeBytes]);

/** The device's bytes, whatever they are. */
function said(...bytes: readonly Uint8Array[]): Buffer[] {
  const answers: Buffer[] = [];
  for (const part of bytes) device.kernel.feed(part, (answer) => answers.push(Buffer.from(answer)));
  return answers;
}

/** The answer that tells of these bytes. */
const told = (bytes: Uint8Array) =>
  Buffer.from(
    `EQPROBE>${[...bytes].map((byte) => String.fromCharCode(0x30 | (byte >> 4), 0x40 | (byte & 15))).join('')}.\0`,
  );

test('it says every byte, and tells what came', () => {
  expect(said(probe)).toEqual([VALUES, told(probeBytes)]);
  const missing = probeBytes.filter((byte) => byte !== 0x13);
  expect(said(BEGIN, missing, END)).toEqual([VALUES, told(missing)]);
  expect(said(BEGIN, END)).toEqual([VALUES, told(new Uint8Array(0))]);
});

test('the texts are heard in either case, and without or with an eighth bit', () => {
  const bytes = Uint8Array.of(1, 0, 255);
  for (const change of [0x20, 0x80, 0xa0]) {
    const altered = (text: Buffer) =>
      text.map((byte) => (byte & 0x40 || change === 0x80 ? byte ^ change : byte));
    expect(said(altered(BEGIN), bytes, altered(END))).toEqual([VALUES, told(bytes)]);
  }
  expect(BEGIN.map((byte) => byte & PROBE_MASK)).not.toEqual(END.map((byte) => byte & PROBE_MASK));
});

test('it tells of no more than it has room for, and listens to frames then', () => {
  const long = Uint8Array.from({ length: PROBE_LIMIT }, (_, i) => i);
  expect(said(BEGIN, long.subarray(1))).toEqual([VALUES]);
  expect(said(long.subarray(0, 1))).toEqual([told(Uint8Array.of(...long.subarray(1), 0))]);
  expect(hello()).toHaveLength(1);
});

test('one that begins again is the one that counts', () => {
  expect(said(BEGIN, Uint8Array.of(1, 2, 3), BEGIN, Uint8Array.of(4), END)).toEqual([
    VALUES,
    VALUES,
    told(Uint8Array.of(4)),
  ]);
});

describe('what looks like one', () => {
  test('in a frame is of the frame', () => {
    hello();
    send('configure', network);
    const data = Buffer.concat([BEGIN, Uint8Array.of(7, 0), END, BEGIN]);
    send('write', { offset: 0, index: 0, tensor: 0, padding: 0, data });
    const read = send('read', { offset: 0, index: 0, tensor: 0, padding: 0, count: data.length / 2 });
    expect(Buffer.from(read[0].payload)).toEqual(data);
    expect(statistics()).toMatchObject({ damaged: 0, frames: 5 });
  });

  test('behind the beginning of a frame is damage, and behind more than any frame has a probe', () => {
    expect(said(Uint8Array.of(9, 9), probe.subarray(1))).toEqual([]);
    expect(said(new Uint8Array(1100).fill(85), probe.subarray(1))).toEqual([VALUES, told(probeBytes)]);
  });

  test('and has no end, or no beginning, says nothing', () => {
    expect(said(END, Uint8Array.of(0), BEGIN.subarray(1), probeBytes, END)).toEqual([]);
  });
});

describe('a session', () => {
  test('knows nothing of it', () => {
    hello();
    send('configure', network);
    const before = poll();
    said(probe, probe);
    expect(poll()).toEqual(before);
    expect(statistics()).toMatchObject({ frames: 5, damaged: 0, early: 0, repeats: 0 });
  });

  test('keeps what it holds, and runs it after', () => {
    hello();
    send('configure', network);
    send('initialise', { limits });
    stage();
    // The one that comes too early is held.
    const [train, next] = [device.next++, device.next++];
    expect(feed(frameOf('statistics', {}, next))[0].type).toBe(Signal.missing);
    said(probe);
    // A minibatch that waits for the rest of what has come does not run into a probe.
    const frame = frameOf('train', trainAt(0), train);
    const answers: Buffer[] = [];
    device.kernel.feed(Buffer.concat([frame, probe]), (answer) => answers.push(Buffer.from(answer)));
    expect(answers[0]).toEqual(VALUES);
    expect(answers[1]).toEqual(told(probeBytes));
    expect(answers).toHaveLength(4);
    expect(statistics()).toMatchObject({ step: 1, damaged: 0 });
    expect(send('sample', sampleAt(1, 0, 0))).toEqual([]);
  });

  test('repeats its replies after one', () => {
    hello();
    const first = send('configure', network, 0);
    device.next = 1;
    said(probe);
    expect(send('configure', network, 0)).toEqual(first);
    expect(first[0].type).toBe(Messages.configure.code | REPLY);
  });
});
