import { expect, test } from 'vitest';
import { Outbox } from '#host/link/outbox';

const limits = { first: 0, room: 100, copies: 30, replySlots: 4 };
const REPLY_TYPE = 0x89;

function outbox(options: Partial<typeof limits> = {}) {
  const box = new Outbox({ ...limits, ...options });
  const add = (kind: string, length: number, isLoud: boolean) => {
    const expectation = { resolve: () => {}, reject: () => {} };
    const reply = isLoud ? { type: REPLY_TYPE, expectation } : undefined;
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
  expect(take()).toEqual([]);
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
  box.takeBack();
  expect(take()).toEqual([0, 2, 3, 4]);
  expect(box.sent.map(({ sends }) => sends)).toEqual([2, 2, 2, 1]);
  expect(answer(0)).toBe(0);
  expect(answer(0)).toBeUndefined();
});

test('a second copy fills the window until its reply is here', () => {
  const { box, loud, quiet, take, answer } = outbox();
  loud(60);
  quiet(60);
  expect(take()).toEqual([0]);
  box.acknowledge(1);
  box.takeBack();
  expect(take()).toEqual([0]);
  box.acknowledge(1);
  expect(take()).toEqual([]);
  expect(answer(0)).toBe(0);
  expect(take()).toEqual([1]);
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
  expect(box.isPlausible(65_535)).toBe(false);
  expect(box.isPlausible(0)).toBe(true);
  expect(box.isPlausible(3)).toBe(true);
  expect(box.isPlausible(4)).toBe(false);
  expect(answer(2)).toBe(2);
  expect(box.oldest).toBeUndefined();
});

test('what the device shows to be lost goes again at once, and once', () => {
  const { box, loud, quiet, take, answer } = outbox();
  loud();
  quiet();
  loud();
  quiet();
  quiet();
  expect(take()).toEqual([0, 1, 2, 3, 4]);
  const again = (expected: number, missing: number) =>
    box.repeat(expected, missing, 5).map(({ sequence }) => sequence);
  // Everything before 3 has run: the replies to 0 and 2 were lost, and 3 itself.
  box.acknowledge(3);
  expect(again(3, 0)).toEqual([0, 2]);
  expect(again(3, 1)).toEqual([3]);
  // The second copies may be under way.
  expect(again(3, 0)).toEqual([]);
  expect(again(3, 1)).toEqual([]);
  expect(answer(2)).toBe(2);
  // Not any more when a poll was answered.
  expect(box.repeatSettled(3, 2, 6).map(({ sequence }) => sequence)).toEqual([0, 3, 4]);
  expect(box.sent.map(({ sequence, sends, since }) => [sequence, sends, since])).toEqual([
    [0, 3, 6],
    [3, 3, 6],
    [4, 2, 6],
  ]);
});

test('second copies have a room of their own, until what was sent after them has run', () => {
  const { box, quiet, take } = outbox();
  for (let i = 0; i < 12; i++) quiet(15);
  expect(take()).toEqual([0, 1, 2, 3, 4, 5]);
  const again = (expected: number, missing: number) =>
    box.repeat(expected, missing, 5).map(({ sequence }) => sequence);
  expect(again(0, 3)).toEqual([]);
  expect(again(0, 2)).toEqual([0, 1]);
  box.acknowledge(2);
  // Those that have run may come once more.
  expect(again(2, 1)).toEqual([]);
  expect(take()).toEqual([6, 7]);
  box.acknowledge(6);
  expect(again(6, 1)).toEqual([]);
  box.acknowledge(7);
  expect(again(7, 1)).toEqual([7]);
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
