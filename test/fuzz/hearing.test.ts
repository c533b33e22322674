/** The host's ears: whatever comes, it is read, refused or dropped. `test/soak` sends more of it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { FrameSplitter } from '#host/link/frame';
import { Hearing } from './hearing.js';

test('frames, whole and damaged, in pieces of any size', () => {
  const hearing = new Hearing(1, 0);
  while (hearing.heard.sent < 50_000) hearing.next();
  for (const [what, count] of Object.entries(hearing.heard)) expect(count, what).toBeGreaterThan(1000);
});

test.each([
  ['large', 1 << 22, 64],
  ['small', 1, 1 << 17],
])('a line that never ends a frame fills no memory: %s pieces', (_, size, count) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = () => {
    collect();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };
  const piece = new Uint8Array(size).fill(255);
  const splitter = new FrameSplitter();
  const before = held();
  for (let n = 0; n < count; n++) for (const frame of splitter.split(piece)) expect(frame).toBeUndefined();
  // A frame's worth of it is kept, a byte an object at worst; all of it would be megabytes.
  expect(held() - before).toBeLessThan(1 << 20);
  expect([...splitter.split(Uint8Array.of(0))].map(({ length }) => length)).toEqual([1039]);
});
