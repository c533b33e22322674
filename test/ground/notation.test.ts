import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, test } from 'vitest';
import {
  byteTickLabel,
  closely,
  count,
  decimals,
  difference,
  duration,
  inPercent,
  memory,
  percent,
  powerOfTen,
  powerOfTwo,
  rounded,
  several,
  significant,
  tickLabel,
  time,
  withInterval,
} from '#host/ground/notation';

it.each([
  [percent(0.0203), '2.03 %'],
  [percent(0), '0.00 %'],
  [percent(-0.00001), '0.00 %'],
  [percent(undefined), '–'],
  [inPercent(2.03), '2.03 %'],
  [inPercent(undefined), '–'],
  [difference(0.05), '+0.05'],
  [difference(-1.23), '−1.23'],
  [difference(0.001), '0.00'],
  [difference(-0.001), '0.00'],
  [withInterval({ mean: 2, halfWidth: 0.125 }), '2.00 ± 0.13'],
  [withInterval({ mean: 1.5, halfWidth: undefined }, difference), '+1.50'],
  [withInterval(undefined), '–'],
  [count(1234567), '1,234,567'],
  [count(-1200), '−1,200'],
  [count(-0.2), '0'],
  [count(undefined), '–'],
  [decimals(-1234.56, 1), '−1,234.6'],
  [decimals(3), '3.00'],
  [decimals(Number.POSITIVE_INFINITY, 1), '∞'],
  [significant(517.24), '517'],
  [significant(12345), '12,300'],
  [significant(-0.00012345), '−0.000123'],
  [closely(0.123456), '0.1235'],
  [closely(-0.0000123), '−1.23 · 10⁻⁵'],
  [closely(0), '0'],
  [powerOfTen(-12), '10⁻¹²'],
  [powerOfTen(3), '10³'],
  [powerOfTwo(0.25), '2^−2.0'],
  [powerOfTwo(0), '0'],
  [tickLabel(0.001), '10⁻³'],
  [tickLabel(0.002), '0.002'],
  [tickLabel(60000), '60,000'],
  [byteTickLabel(500), '500'],
  [byteTickLabel(20000), '20 kB'],
  [byteTickLabel(1.5e6), '1.5 MB'],
  [memory(600), '600 bytes'],
  [memory(26000), '25.4 KiB'],
  [memory(2 ** 26), '64 MiB'],
  [duration(8.42), '8.42 s'],
  [duration(59.999), '1 min 00 s'],
  [duration(192), '3 min 12 s'],
  [several(1, 'row'), '1 row'],
  [several(2000, 'row'), '2,000 rows'],
  [several(1, 'reply', 'replies'), '1 reply'],
  [several(0, 'reply', 'replies'), '0 replies'],
  [duration(2 * 3600 + 5 * 60 + 20), '2 h 05 min'],
  [time('2025-03-01T15:03:11+01:00'), '2025-03-01 14:03 UTC'],
  [time('yesterday'), 'yesterday'],
])('writes %s', (written, expected) => {
  expect(written).toBe(expected);
});

test('rounds what is stored', () => {
  expect(rounded(0.123456, 3)).toBe(0.123);
});

/** Sources that write numbers by themselves, with the calls by which they do. */
const OWN_NOTATION: Readonly<Record<string, readonly string[]>> = {
  // Coordinates of an SVG are for machines.
  'drawing/drawing.ts': ['toFixed'],
};

test('what people read is written by the notation alone', () => {
  const host = fileURLToPath(new URL('../../host/', import.meta.url));
  const found = readdirSync(host, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.[jt]s$/.test(path) && path !== 'ground/notation.ts')
    .map((path) => {
      const text = readFileSync(`${host}${path}`, 'utf8');
      // A collator sorts, and writes nothing.
      const calls = text.match(/\b(to(Fixed|Precision|Exponential|LocaleString)|Intl(?!\.Collator))\b/g);
      return [path, calls ?? []] as const;
    })
    .filter(([, calls]) => calls.length > 0);
  expect(Object.fromEntries(found)).toEqual(OWN_NOTATION);
});
