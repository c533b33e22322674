import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pace } from '#host/link/pace';

test('by hand: 92,160 bytes a second queue for 10 ms, and are passed on at 92.16 a millisecond', () => {
  const pace = new Pace(92_160);
  expect(pace.room(0)).toBeCloseTo(921.6);
  pace.note(900, 0);
  expect(pace.room(0)).toBeCloseTo(21.6);
  expect(pace.room(5)).toBeCloseTo(21.6 + 5 * 92.16);
  pace.note(600, 5);
  expect(pace.room(5)).toBeLessThan(0);
  expect(pace.room(5 + pace.wait(5))).toBeCloseTo(921.6 / 2);
  expect(pace.room(1000)).toBeCloseTo(921.6);
});

test('a slow line queues 256 bytes, one of unknown speed whatever there is', () => {
  expect(new Pace(960).room(0)).toBe(256);
  const unknown = new Pace(Number.POSITIVE_INFINITY);
  unknown.note(1e9, 0);
  expect(unknown.room(0)).toBe(Number.POSITIVE_INFINITY);
});

test('a line that is given bytes whenever there is room passes on all it can, and no more', () => {
  const times = fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 50_000, max: 1_000_000 }), times, (speed, waits) => {
      const pace = new Pace(speed);
      const frame = 178;
      let now = 0;
      let given = 0;
      for (const wait of waits) {
        for (; pace.room(now) > 0; given += frame) pace.note(frame, now);
        // Never idle for as long as the host is no later than the queue lasts.
        expect(given).toBeGreaterThanOrEqual((now * speed) / 1000);
        now += wait;
      }
      const queue = Math.max(speed / 100, 256) + frame;
      expect(given).toBeLessThanOrEqual((now * speed) / 1000 + queue);
    }),
  );
});
