/** Bytes to windows: however a stream is cut into chunks, what comes of it is the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineCutter } from '#host/capture/line-cutter';
import { Sensor } from '#host/capture/sensor';
import { saidIn } from '#host/capture/values';
import { Windows } from '#host/capture/windows';

type Window = readonly (readonly number[])[];

/** All that a sensor makes of these chunks, in its order. */
function heard(chunks: readonly Uint8Array[], window = 2, stride = 1) {
  const events: unknown[] = [];
  const windows: Window[] = [];
  const tell = (kind: string) => (line: string) => events.push([kind, line]);
  const sensor = new Sensor(window, stride, {
    channels: (channels, line) => events.push(['channels', channels, line]),
    window: (lines) => windows.push(lines),
    damaged: tell('damaged'),
    text: tell('text'),
  });
  for (const chunk of chunks) sensor.push(chunk);
  return { events, windows, counts: sensor.counts };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const heardOf = (text: string, window?: number, stride?: number) => heard([bytesOf(text)], window, stride);

const value = fc.oneof(
  fc.integer({ min: -999, max: 999 }),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
);
const separator = fc.constantFrom(',', ';', '\t', ' ', ', ', ' ; ');
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.array(value, { minLength: 2, maxLength: 3 }), separator)
      .map(([v, s]) => v.join(s)),
  },
  fc.constantFrom('', 'accX,accY,accZ', 'ready µ', '1,x,2', '-', '1.5,'),
);
const stream = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 })
  .map((lines) => bytesOf(lines.flat().join('')));

test('any cutting into chunks gives the same', () => {
  fc.assert(
    fc.property(stream, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (bytes, sizes) => {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += chunks.at(-1)?.length ?? 0)
        chunks.push(bytes.subarray(at, at + Number(sizes.next().value)));
      expect(heard(chunks)).toEqual(heard([bytes]));
    }),
  );
});

test('whatever comes, every line is counted once', () => {
  fc.assert(
    fc.property(stream, fc.uint8Array({ maxLength: 60 }), (bytes, noise) => {
      const all = Buffer.concat([bytes, noise, bytes]);
      const { counts } = heard([all]);
      const lines = new LineCutter().push(all).length;
      // The last line of values of all waits for another one until there are two that agree.
      expect(lines - counts.lines - counts.text - counts.damaged).toBeOneOf(
        counts.lines === 0 ? [0, 1] : [0],
      );
    }),
  );
});

test('windows are the slices of the lines at every stride', () => {
  fc.assert(
    fc.property(
      fc.nat(60),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 15 }),
      (n, length, stride) => {
        const lines = Array.from({ length: n }, (_, i) => [i]);
        const windows = new Windows(length, stride);
        const expected: Window[] = [];
        for (let at = 0; at + length <= n; at += stride) expected.push(lines.slice(at, at + length));
        expect(lines.map((one) => windows.push(one)).filter((window) => window)).toEqual(expected);
      },
    ),
  );
});

describe('a line', () => {
  test.each<[string, readonly number[]]>([
    ['1.2,-0.3,9.8', [1.2, -0.3, 9.8]],
    ['1.2;-.3;+9.', [1.2, -0.3, 9]],
    ['1,5;-2', [1.5, -2]],
    ['1,5\t-2,25', [1.5, -2.25]],
    ['  12   -7 ', [12, -7]],
    ['1e3, 2E-2,', [1000, 0.02]],
    ['x:1,acc y: -2', [1, -2]],
    ['7', [7]],
  ])('of values: %j', (text, values) => {
    expect(saidIn(text)).toEqual({ kind: 'values', values });
  });

  test.each([
    ['damaged', '1.2,-0.\u00a7,9.8'],
    ['damaged', '1.2,nan,9.8'],
    ['damaged', '1.2,,9.8'],
    ['damaged', '1,2,1e999'],
    // Two numbers or four? Nobody knows.
    ['damaged', '1,5 2,5'],
    ['text', 'accX,accY,accZ'],
    ['text', 'Temp 25 C'],
    ['text', 'I (312) wifi: connected, 5'],
    ['text', '-'],
    ['text', ','],
    ['text', '0x1F'],
  ])('%s: %j', (kind, text) => {
    expect(saidIn(text)).toEqual({ kind });
  });

  test('without an end fills no memory, and is cut where nobody takes it for whole', () => {
    const cutter = new LineCutter(8);
    expect(cutter.push(bytesOf('1,2,3,4,5,6,7,8,9'))).toEqual([]);
    const [cut] = cutter.push(bytesOf('\n1,2\n'));
    expect(cut).toBe('1,2,3,4,…');
    expect(saidIn(cut)).toEqual({ kind: 'damaged' });
    expect(cutter.push(bytesOf('3,4,5,67\n8,9,1,23,\n'))).toEqual(['3,4,5,67', '8,9,1,23…']);
  });
});

describe('a stream', () => {
  test('the first line may be cut in half and is left out', () => {
    const { windows, counts } = heardOf('2.5,1\r\n1,1\r\n2,2\r\n');
    expect({ windows, counts }).toEqual({
      windows: [
        [
          [1, 1],
          [2, 2],
        ],
      ],
      counts: { lines: 2, text: 1, damaged: 0 },
    });
  });

  test('words between lines interrupt nothing, a damaged line does', () => {
    expect(heardOf('\nx\n1,1\nbattery low\n2,2\n').windows).toEqual([
      [
        [1, 1],
        [2, 2],
      ],
    ]);
    for (const damaged of ['3', '3,4,5', '3,4,x']) {
      const { windows, events } = heardOf(`x\n1,1\n2,2\n${damaged}\n4,4\n5,5\n`);
      expect(windows).toEqual([
        [
          [1, 1],
          [2, 2],
        ],
        [
          [4, 4],
          [5, 5],
        ],
      ]);
      expect(events).toEqual([
        ['text', 'x'],
        ['channels', 2, '2,2'],
        ['damaged', damaged],
      ]);
    }
  });

  test('two lines that agree tell the channels: a number alone before them is none', () => {
    expect(heardOf('x\n42\n1,1\n2,2\n')).toMatchObject({
      windows: [
        [
          [1, 1],
          [2, 2],
        ],
      ],
      events: [
        ['text', 'x'],
        ['damaged', '42'],
        ['channels', 2, '2,2'],
      ],
    });
    expect(heardOf('x\n42\n1,1\n42\n1,1\n').windows).toEqual([]);
  });
});
