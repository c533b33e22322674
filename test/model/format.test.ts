import { describe, expect, test } from 'vitest';
import { driveFormat, stateFormat, weightFormat } from '#host/model/format';

test.each(Array.from({ length: 16 }, (_, fraction) => fraction))('weights with %i fractional bits', (n) => {
  expect(weightFormat(`Q${15 - n}.${n}`)).toEqual({ name: `Q${15 - n}.${n}`, fraction: n });
});

test('names are read generously and written one way', () => {
  expect(weightFormat(' q2.13 ').name).toBe('Q2.13');
});

test.each([
  'Q3.13',
  'Q16.0',
  'Q2.14',
  '2.13',
  'Q2',
  'Q-1.16',
  'Q2.13.1',
  '',
  'int16',
])('weights cannot be %s', (name) => {
  expect(() => weightFormat(name)).toThrow(
    expect.objectContaining({
      name: 'UserError',
      message: `weight format '${name}' is impossible`,
      hint: expect.stringContaining('m + n = 15'),
    }),
  );
});

describe('states', () => {
  test.each([8, 9, 10, 11, 12, 13, 14])('%i fractional bits hold 1 and a pixel', (n) => {
    expect(stateFormat(`Q${15 - n}.${n}`).fraction).toBe(n);
  });

  test.each(['Q0.15', 'Q8.7', 'Q15.0'])('%s holds one of them not', (name) => {
    expect(() => stateFormat(name)).toThrow(
      expect.objectContaining({
        message: `state format '${name}' is impossible`,
        hint: expect.stringMatching(/Q1\.14 is the finest, Q7\.8 the coarsest/),
      }),
    );
  });
});

test('drives are the products’ format', () => {
  expect(driveFormat(weightFormat('Q2.13'), stateFormat('Q1.14'))).toEqual({ name: 'Q4.27', fraction: 27 });
});
