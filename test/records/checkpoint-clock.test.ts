import { expect, test } from 'vitest';
import { CheckpointClock } from '#host/records/checkpoint-clock';

function clockOf(interval: number) {
  let time = 1000;
  const clock = new CheckpointClock(interval, () => time);
  const pass = (milliseconds: number) => {
    time += milliseconds;
  };
  const saveFor = (milliseconds: number) => clock.save(async () => pass(milliseconds));
  return { clock, pass, saveFor };
}

test('a checkpoint is due an interval after the start, and after each saving', async () => {
  const { clock, pass, saveFor } = clockOf(60);
  for (let round = 0; round < 3; round++) {
    pass(59);
    expect(clock.isDue).toBe(false);
    pass(1);
    expect(clock.isDue).toBe(true);
    await saveFor(2);
    expect(clock.isDue).toBe(false);
  }
});

test('saving never takes more than a tenth of the time', async () => {
  const { clock, pass, saveFor } = clockOf(60);
  pass(60);
  await saveFor(50);
  pass(449);
  expect(clock.isDue).toBe(false);
  pass(1);
  expect(clock.isDue).toBe(true);
  await saveFor(1);
  pass(60);
  expect(clock.isDue).toBe(true);
});

test('a saving that fails is told', async () => {
  const { clock } = clockOf(60);
  await expect(clock.save(() => Promise.reject(new Error('the disk is full')))).rejects.toThrow('full');
});
