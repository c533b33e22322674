import { expect, it } from 'vitest';
import { count, duration, percent, points, significant, time } from '#host/ground/notation';

it.each([
  [percent(0.0203), '2.03 %'],
  [percent(0), '0.00 %'],
  [points(0.0005), '+0.05'],
  [points(-0.0123), '−1.23'],
  [points(-0.00001), '±0.00'],
  [count(1234567), '1,234,567'],
  [count(-1200), '−1,200'],
  [significant(517.24), '517'],
  [significant(-0.00012345), '−0.000123'],
  [duration(8.42), '8.42 s'],
  [duration(59.999), '60 s'],
  [duration(192), '3 min 12 s'],
  [duration(2 * 3600 + 5 * 60 + 20), '2 h 05 min'],
  [time('2025-03-01T15:03:11+01:00'), '2025-03-01 14:03 UTC'],
  [time('yesterday'), 'yesterday'],
])('writes %s', (written, expected) => {
  expect(written).toBe(expected);
});
