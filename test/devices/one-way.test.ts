import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OneWay } from '#host/devices/one-way';

const whole = () => Number.POSITIVE_INFINITY;
const chunkLists = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 });

function collector() {
  const parts: Uint8Array[] = [];
  return {
    parts,
    deliver: (bytes: Uint8Array) => void parts.push(bytes),
    length: () => parts.reduce((sum, { length }) => sum + length, 0),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('delivers at once where no speed is set, in chunks of the sizes asked for', () => {
  fc.assert(
    fc.property(chunkLists, fc.integer({ min: 1, max: 50 }), (lists, most) => {
      const { parts, deliver } = collector();
      const way = new OneWay(deliver, Number.POSITIVE_INFINITY, () => most);
      for (const bytes of lists) way.push(bytes);
      expect(Buffer.concat(parts)).toEqual(Buffer.concat(lists));
      expect(parts.every(({ length }) => length > 0 && length <= most)).toBe(true);
      expect(way.held).toBe(0);
    }),
  );
});

describe('paced', () => {
  test('delivers everything in order, never ahead of the line, and soon after it', () => {
    fc.assert(
      fc.property(chunkLists, fc.integer({ min: 30, max: 400_000 }), (lists, speed) => {
        const { parts, deliver, length } = collector();
        const way = new OneWay(deliver, speed, whole);
        const start = performance.now();
        for (const bytes of lists) way.push(bytes);
        const total = lists.reduce((sum, bytes) => sum + bytes.length, 0);
        const needed = (total / speed) * 1000;
        while (performance.now() - start < needed + 2) {
          vi.advanceTimersByTime(1);
          expect(length()).toBeLessThanOrEqual(((performance.now() - start) * speed) / 1000 + 1e-6);
        }
        expect(Buffer.concat(parts)).toEqual(Buffer.concat(lists));
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  test('saves no time up while idle', () => {
    const { deliver, length } = collector();
    const way = new OneWay(deliver, 1000, whole);
    way.push(new Uint8Array(10));
    vi.advanceTimersByTime(5000);
    way.push(new Uint8Array(100));
    vi.advanceTimersByTime(50);
    expect(length()).toBeGreaterThan(10);
    expect(length()).toBeLessThanOrEqual(60);
  });

  test('needs far fewer timers than bytes', () => {
    const { parts, deliver } = collector();
    const way = new OneWay(deliver, 100_000, whole);
    way.push(new Uint8Array(100_000));
    vi.advanceTimersByTime(1001);
    expect(parts.length).toBeLessThanOrEqual(210);
  });

  test('changes speed under way', () => {
    const { deliver, length } = collector();
    const way = new OneWay(deliver, 10, whole);
    way.push(new Uint8Array(1000));
    way.setSpeed(100_000);
    vi.advanceTimersByTime(20);
    expect(length()).toBe(1000);
  });

  test('drops what it holds', () => {
    const { deliver, length } = collector();
    const way = new OneWay(deliver, 1000, whole);
    way.push(new Uint8Array(100));
    vi.advanceTimersByTime(50);
    const delivered = length();
    expect(way.clear()).toBe(100 - delivered);
    vi.advanceTimersByTime(1000);
    expect(length()).toBe(delivered);
    expect(vi.getTimerCount()).toBe(0);
  });
});
