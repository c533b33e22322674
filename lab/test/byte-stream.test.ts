/** Bytes on their way to another thread. */
import { expect, test } from 'vitest';
import { BrowserStream } from '../browser/byte-stream.js';

function opened() {
  const sent: number[][] = [];
  const stream = new BrowserStream((bytes) => sent.push([...bytes]));
  return { sent, stream, write: (...bytes: number[]) => stream.write(Uint8Array.from(bytes)) };
}

test('what is written while two messages are under way travels in one, when there is room for it', () => {
  const { sent, stream, write } = opened();
  write(1, 2, 3);
  write(4);
  write(5, 6);
  write(7);
  expect(sent).toEqual([[1, 2, 3], [4]]);
  // A part of the first.
  stream.taken(2);
  expect(sent).toHaveLength(2);
  stream.taken(1);
  expect(sent.slice(2)).toEqual([[5, 6, 7]]);
  write(8);
  // More than one message at once.
  stream.taken(4);
  expect(sent.slice(3)).toEqual([[8]]);
});

test('no byte is lost, doubled or out of order, however the other end takes them', () => {
  for (let seed = 1; seed <= 50; seed++) {
    let state = seed;
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 16) % below;
    };
    const { sent, stream, write } = opened();
    const written: number[] = [];
    let taken = 0;
    for (let act = 0; act < 200; act++) {
      const bytes = Array.from({ length: random(4) }, () => random(256));
      written.push(...bytes);
      write(...bytes);
      const count = random(sent.flat().length - taken + 1);
      taken += count;
      stream.taken(count);
    }
    for (let left = sent.flat().length - taken; left > 0; left = sent.flat().length - taken) {
      taken += left;
      stream.taken(left);
    }
    expect(sent.flat()).toEqual(written);
  }
});

test('a writer is told to pause by all that is not taken, and to go on once', () => {
  const { stream } = opened();
  let drains = 0;
  stream.on('drain', () => drains++);
  for (let message = 0; message < 5; message++) stream.write(new Uint8Array(0x4000));
  expect(stream.writableNeedDrain).toBe(true);
  stream.taken(0x3fff);
  expect(drains).toBe(0);
  stream.taken(1);
  stream.taken(0x4000);
  expect([stream.writableNeedDrain, drains]).toEqual([false, 1]);
});

test('what has gathered can be sent before its turn, and counts as under way', () => {
  const { sent, stream, write } = opened();
  for (const byte of [1, 2, 3, 4]) write(byte);
  stream.flush();
  stream.flush();
  expect(sent).toEqual([[1], [2], [3, 4]]);
  write(5);
  stream.taken(1);
  expect(sent).toHaveLength(3);
  stream.taken(1);
  expect(sent.slice(3)).toEqual([[5]]);
});

test('what was not sent when the line ended is not sent', () => {
  const { sent, stream, write } = opened();
  for (const byte of [1, 2, 3]) write(byte);
  stream.destroy();
  stream.taken(2);
  write(4);
  expect(sent).toEqual([[1], [2]]);
});
