/** Numbers as text: the library reads the doubles that the host reads. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../runs/small-data.js';
import { C, compilersFor, deployInto, gestures, run } from './folders.js';

const PATIENCE = 400_000;
const temporary = temporaryFolder();
afterAll(() => temporary.remove());
let program: string;
beforeAll(async () => {
  const { path } = await deployInto(temporary.path, gestures);
  const [compiler, ...words] = (await compilersFor()).c;
  const source = fileURLToPath(new URL('number.c', import.meta.url));
  program = join(path, 'number');
  run(compiler, [...words, ...C, `-I${join(path, 'src')}`, source, '-o', program]);
}, PATIENCE);

const bitsOf = (value: number) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16);
};
const readBy = (texts: readonly string[]) =>
  run(program, [], `${texts.join('\n')}\n`)
    .stdout.trim()
    .split('\n');

test('what is a number, to the last bit', () => {
  const texts = [
    ...['0', '-0', '+7', '.5', '4.', '-2e0', '1E+3', '00012.50', '1e22', '1e23', '9007199254740993', '1e200'],
    // Half-way between two doubles, and a little above.
    ...[
      '9007199254740993.0000000000000000000000000000001',
      '0.1',
      '0.30000000000000004',
      '1.7976931348623157e201',
    ],
    ...['1.00000000000000011102230246251565404', '1.00000000000000011102230246251565405', '2.5e-150'],
    ...[
      '123456789012345678901234567890123456789012345678901234567890123',
      '9'.repeat(63),
      `0.${'0'.repeat(60)}7`,
    ],
  ];
  expect(readBy(texts)).toEqual(texts.map((text) => bitsOf(Number(text))));
});

test('what is none', () => {
  const texts = [
    ...[
      'nan',
      'inf',
      '0x10',
      '1e',
      '1e+',
      '.',
      '-',
      '+-1',
      '1.2.3',
      '1_000',
      '1,5',
      '--1',
      'e5',
      '1e999',
      '12a',
    ],
  ];
  expect(readBy(texts)).toEqual(texts.map(() => '-'));
});

test('any double, in the shortest digits and in more than there are', () => {
  const within = fc
    .double({ noDefaultInfinity: true, noNaN: true })
    .filter((value) => value === 0 || (Math.abs(value) > 1e-150 && Math.abs(value) < 1e200));
  const text = fc
    .tuple(within, fc.constantFrom(1, 6, 17, 21))
    .map(([value, digits]) => [String(value), value.toPrecision(digits)]);
  const mixed = fc
    .tuple(fc.bigInt(0n, 10n ** 40n), fc.integer({ min: -60, max: 60 }))
    .map(([digits, power]) => [`${digits}e${power}`]);
  fc.assert(
    fc.property(fc.array(fc.oneof(text, mixed), { minLength: 500, maxLength: 1000 }), (groups) => {
      const texts = groups.flat();
      expect(readBy(texts)).toEqual(texts.map((each) => bitsOf(Number(each))));
    }),
    { numRuns: 20 },
  );
});
