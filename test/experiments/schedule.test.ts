import { describe, expect, test } from 'vitest';
import { runConcurrently, timeTaken } from '#host/experiments/index';

describe('jobs', () => {
  test('are begun in order, so many at a time at most', async () => {
    let running = 0;
    let most = 0;
    const begun: number[] = [];
    await runConcurrently([1, 2, 3, 4, 5], 2, new AbortController().signal, async (job) => {
      begun.push(job);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });
    expect([begun, most]).toEqual([[1, 2, 3, 4, 5], 2]);
  });

  test('no more are begun once aborted; a defect is told when the others have ended', async () => {
    const interruption = new AbortController();
    const ended: number[] = [];
    await runConcurrently([1, 2, 3], 1, interruption.signal, async (job) => {
      interruption.abort();
      ended.push(job);
    });
    expect(ended).toEqual([1]);
    const failing = runConcurrently([1, 2], 2, new AbortController().signal, async (job) => {
      if (job === 1) throw new Error('a defect');
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(job);
    });
    await expect(failing).rejects.toThrow('a defect');
    expect(ended).toEqual([1, 2]);
  });

  test('one that fails interrupts the others, and no more are begun', async () => {
    const begun: number[] = [];
    const failing = runConcurrently([1, 2, 3], 2, new AbortController().signal, (job, signal) => {
      begun.push(job);
      if (job === 2) return Promise.reject(new Error('a defect'));
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    });
    await expect(failing).rejects.toThrow('a defect');
    expect(begun).toEqual([1, 2]);
  });
});

test.each([
  ['one after the other', [3, 1, 2], 1, 6],
  ['each when a place is free', [3, 1, 1, 2], 2, 4],
  ['no sooner than the longest ends', [7, 1], 2, 7],
  ['of fewer jobs than places all at once', [3, 2], 8, 3],
  ['of none nothing', [], 2, 0],
])('the time that jobs take: %s', (_, durations, most, time) => {
  expect(timeTaken(durations, most)).toBe(time);
});

test('what is under way ends first where it does, and counts as one at a time', () => {
  expect(timeTaken([4, 4], 2, [1])).toBe(5);
  expect(timeTaken([4, 4], 2, [1, 3])).toBe(7);
  expect(timeTaken([], 2, [1, 3])).toBe(3);
});
