import { expect, test } from 'vitest';
import { ConnectionLost, UntrueError } from '#host/endpoint/index';
import { VitalSigns } from '#host/link/vital-signs';

const PATIENCE = 1000;
const oldest = (since = 0) => ({ kind: 'train', queued: 0, since });

test('silence', () => {
  const signs = new VitalSigns(PATIENCE, 0);
  expect(signs.left(400, oldest())).toBe(600);
  expect(signs.verdict(999, oldest())).toBeUndefined();
  expect(signs.verdict(1000, oldest())).toBeInstanceOf(ConnectionLost);
  expect(signs.verdict(1000, oldest())?.message).toBe('the device has been silent for 1 s');
  signs.hear(70);
  expect(signs.verdict(1000, oldest())?.message).toMatch(/for 1 s, but for 70 bytes that are no answer$/);
});

test('frames that nobody asked for put nothing off', () => {
  const signs = new VitalSigns(PATIENCE, 0);
  for (let now = 0; now < PATIENCE; now += 10) signs.note(now);
  expect(signs.left(999, oldest())).toBe(1);
  expect(signs.verdict(1000, oldest())).toBeInstanceOf(UntrueError);
  expect(signs.verdict(1000, oldest())?.message).toMatch(/\(train\), and has sent 100 other frames for 1 s$/);
  // It said something, and then fell silent: unplugged, perhaps.
  expect(signs.verdict(1500, oldest())).toBeInstanceOf(ConnectionLost);
});

test('answers to polls put the end off, but not for ever', () => {
  const signs = new VitalSigns(PATIENCE, 0);
  for (let now = 0; now < 4 * PATIENCE; now += 100) {
    signs.answer(now);
    expect(signs.verdict(now, oldest(now))).toBeUndefined();
  }
  expect(signs.verdict(4 * PATIENCE, oldest(3900))?.message).toBe(
    'the device answers, but for 4 s it has run nothing that it was sent (train)',
  );
  signs.progress(4 * PATIENCE);
  expect(signs.verdict(4 * PATIENCE, oldest(3900))).toBeUndefined();
});
