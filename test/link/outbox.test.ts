import { describe, expect, test } from 'vitest';
import { Outbox } from '#host/link/outbox';

const limits = { first: 0, room: 100, replyRoom: 40 };
const REPLY_TYPE = 0x89;

function outbox(options: Partial<typeof limits> = {}) {
  const box = new Outbox({ ...limits, ...options });
  const add = (kind: string, length: number, isLoud: boolean) => {
    const expectation = { resolve: () => {}, reject: () => {} };
    const reply = isLoud ? { type: REPLY_TYPE, bytes: 10, expectation } : undefined;
    box.add(kind, () => new Uint8Array(length), reply, 0);
  };
  return {
    box,
    quiet: (length = 10) => add('quiet', length, false),
    loud: (length = 10) => add('loud', length, true),
    take: () => box.take(0).map(({ sequence }) => sequence),
    answer: (sequence: number) => {
      const found = box.answered(sequence, REPLY_TYPE);
      if (found) box.acknowledge((sequence + 1) & 0xffff);
      return found?.sequence;
    },
  };
}

test('no more than the window is under way', () => {
  const { box, quiet, take } = outbox();
  for (let i = 0; i < 5; i++) quiet(40);
  expect(take()).toEqual([0, 1]);
  expect(take()).toEqual([]);
  box.acknowledge(1);
  expect(take()).toEqual([2]);
  box.acknowledge(1);
  box.acknowledge(0);
  expect(take()).toEqual([]);
  box.acknowledge(3);
  expect(take()).toEqual([3, 4]);
  box.acknowledge(5);
  expect(box.oldest).toBeUndefined();
});

test('what is larger than the window travels alone', () => {
  const { box, quiet, take } = outbox();
  quiet(30);
  quiet(101);
  quiet(30);
  expect(take()).toEqual([0]);
  box.acknowledge(1);
  expect(take()).toEqual([1]);
  box.acknowledge(2);
  expect(take()).toEqual([2]);
});

test('a lost reply holds up those that would displace it on the device', () => {
  const { loud, take, answer } = outbox();
  for (let i = 0; i < 9; i++) loud();
  expect(take()).toEqual([0, 1, 2, 3]);
  for (const sequence of [1, 2, 3]) expect(answer(sequence)).toBe(sequence);
  expect(take()).toEqual([0]);
  expect(answer(0)).toBe(0);
  expect(take()).toEqual([4, 5, 6, 7]);
});

test('what was lost goes again, in order, before all else', () => {
  const { box, loud, quiet, take, answer } = outbox();
  loud();
  quiet();
  loud();
  quiet();
  expect(take()).toEqual([0, 1, 2, 3]);
  quiet();
  box.acknowledge(2);
  box.settle(2, 0n, box.mark());
  expect(take()).toEqual([0, 2, 3, 4]);
  expect(box.sent.map(({ sends }) => sends)).toEqual([2, 2, 2, 1]);
  expect(answer(0)).toBe(0);
  expect(answer(0)).toBeUndefined();
});

test('a second copy fills the window until what was sent after it has come', () => {
  const { box, quiet, take } = outbox();
  for (let i = 0; i < 4; i++) quiet(30);
  expect(take()).toEqual([0, 1, 2]);
  // The first was lost: those behind it have come.
  expect(box.hear(0, 0b110n, 2)).toBe(true);
  expect(take()).toEqual([0]);
  box.acknowledge(3);
  quiet(30);
  quiet(30);
  expect(take()).toEqual([3, 4]);
  expect(box.isUnderWay).toBe(true);
  box.acknowledge(5);
  expect(take()).toEqual([5]);
  box.acknowledge(6);
  expect(box.isUnderWay).toBe(false);
});

test('only the right type of reply answers', () => {
  const { box, loud, quiet, take } = outbox();
  loud();
  quiet();
  take();
  expect(box.answered(0, 0x8a)).toBeUndefined();
  expect(box.answered(1)).toBeUndefined();
  expect(box.answered(7)).toBeUndefined();
  expect(box.answered(0)?.sequence).toBe(0);
});

test('sequences wrap around', () => {
  const { box, quiet, loud, take, answer } = outbox({ first: 65_534 });
  for (let i = 0; i < 4; i++) quiet();
  loud();
  expect(take()).toEqual([65_534, 65_535, 0, 1, 2]);
  box.acknowledge(0);
  expect(box.sent.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
  box.acknowledge(65_535);
  expect(box.isPlausible(65_535, 0)).toBe(false);
  expect(box.isPlausible(0, 0)).toBe(true);
  expect(box.isPlausible(3, 0)).toBe(true);
  expect(box.isPlausible(4, 0)).toBe(false);
  expect(answer(2)).toBe(2);
  expect(box.oldest).toBeUndefined();
});

test('what has come shows what was lost, however often', () => {
  const { box, loud, quiet, take, answer } = outbox();
  loud();
  for (let i = 0; i < 5; i++) quiet();
  expect(take()).toEqual([0, 1, 2, 3, 4, 5]);
  // All before 2 have run: the reply to 0 was lost, and so were 2 and 4.
  box.acknowledge(2);
  expect(box.hear(2, 0b10n, 3)).toBe(true);
  expect(take()).toEqual([0, 2]);
  expect(box.hear(2, 0b1010n, 5)).toBe(true);
  expect(take()).toEqual([4]);
  // The second copies are on their way: nothing new.
  expect(box.hear(2, 0b1010n, 5)).toBe(false);
  expect(take()).toEqual([]);
  quiet();
  expect(take()).toEqual([6]);
  // And lost again: what was sent later has come.
  expect(box.hear(2, 0b11010n, 6)).toBe(true);
  expect(take()).toEqual([0, 2, 4]);
  expect(answer(0)).toBe(0);
  box.acknowledge(7);
  expect(box.oldest).toBeUndefined();
});

test('of two copies nobody knows which one came', () => {
  const { box, quiet, take } = outbox();
  for (let i = 0; i < 3; i++) quiet();
  expect(take()).toEqual([0, 1, 2]);
  box.hear(0, 0b10n, 1);
  expect(take()).toEqual([0]);
  // The copy may be behind 2, which is still under way.
  box.acknowledge(2);
  expect(take()).toEqual([]);
});

describe('of what lies too far ahead to be told', () => {
  const many = (from: number, end: number) => Array.from({ length: end - from }, (_, i) => from + i);

  function sent(count: number) {
    const one = outbox({ room: 10 * count });
    for (let i = 0; i < count; i++) one.quiet();
    expect(one.take()).toEqual(many(0, count));
    return one;
  }

  test('nothing is sent again', () => {
    const { box, take } = sent(200);
    box.settle(0, 0n, box.mark());
    expect(take()).toEqual(many(0, 64));
    expect(box.hear(0, 0n, 199)).toBe(false);
  });

  test('nothing keeps from sending again what was lost twice', () => {
    const { box, take } = sent(200);
    const held = (1n << 64n) - 2n;
    expect(box.hear(0, held, 199)).toBe(true);
    expect(take()).toEqual([0]);
    box.settle(0, held, box.mark());
    expect(take()).toEqual([0]);
  });

  test('all is sent again that is told later', () => {
    const { box, take } = sent(200);
    box.hear(0, (1n << 64n) - 2n, 199);
    expect(take()).toEqual([0]);
    box.acknowledge(100);
    box.settle(100, (1n << 64n) - 1n, box.mark());
    expect(take()).toEqual([]);
    box.settle(100, 0b101n, box.mark());
    expect(take()).toEqual([101, ...many(103, 164)]);
  });
});

test('copies of what has run, and nothing else, hold up what waits', () => {
  const { box, quiet, take } = outbox();
  for (let i = 0; i < 3; i++) quiet(30);
  take();
  box.settle(0, 0n, box.mark());
  expect(take()).toEqual([0, 1, 2]);
  quiet(30);
  box.acknowledge(2);
  expect(take()).toEqual([]);
  expect(box.isStuck).toBe(false);
  box.acknowledge(3);
  expect(take()).toEqual([]);
  expect(box.isStuck).toBe(true);
  box.settle(3, 0n, box.mark());
  expect(take()).toEqual([3]);
  expect(box.isStuck).toBe(false);
});

test('what is held is let go where the device says so', () => {
  const { box, quiet, take } = outbox();
  for (let i = 0; i < 3; i++) quiet();
  take();
  box.hear(0, 0b110n, 2);
  expect(take()).toEqual([0]);
  box.settle(0, 0b100n, box.mark());
  expect(take()).toEqual([0, 1]);
});

test('no more is taken than there is room for on the line', () => {
  const { box, quiet } = outbox();
  for (let i = 0; i < 5; i++) quiet(15);
  const take = (most: number) => box.take(0, most).map(({ sequence }) => sequence);
  expect(take(0)).toEqual([]);
  expect(take(1)).toEqual([0]);
  expect(take(30)).toEqual([1, 2]);
  expect(box.isFull).toBe(false);
  for (let i = 0; i < 6; i++) quiet(15);
  expect(box.isFull).toBe(true);
});
