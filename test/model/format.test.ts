import { describe, expect, test } from 'vitest';
import { storages } from '#host/ground/index';
import { stateFormat, weightFormat } from '#host/model/format';

const finest = { 8: 12, 16: 15, 32: 30 } as const;

describe.each(storages)('weights of %i bits', (bits) => {
  const fractions = Array.from({ length: finest[bits] + 1 }, (_, fraction) => fraction);

  test.each(fractions)('%i of them fractional', (fraction) => {
    const name = `Q${bits - 1 - fraction}.${fraction}`;
    expect(weightFormat(name)).toEqual({ name, bits, fraction });
  });

  test('one more is too fine', () => {
    const fraction = finest[bits] + 1;
    expect(() => weightFormat(`Q${bits - 1 - fraction}.${fraction}`)).toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: `weight format 'Q${bits - 1 - fraction}.${fraction}' is impossible`,
        hint: `of ${bits} bits, Q${bits - 1 - finest[bits]}.${finest[bits]} is the finest, Q${bits - 1}.0 the coarsest`,
      }),
    );
  });
});

test.each([
  [' q2.13 ', 'Q2.13'],
  ['Q-1.8', 'Q-1.8'],
  ['Q-0.15', 'Q0.15'],
])('%j is read generously and written one way', (name, written) => {
  expect(weightFormat(name).name).toBe(written);
});

test.each([
  'Q3.13',
  'Q2.14',
  'Q0.8',
  'Q0.63',
  '2.13',
  'Q2',
  'Q--1.8',
  'Q8.-1',
  'Q2.13.1',
  '',
  'int16',
])('no bits make %j', (name) => {
  expect(() => weightFormat(name)).toThrow(
    expect.objectContaining({
      name: 'UserError',
      message: `weight format '${name}' is impossible`,
      hint: expect.stringContaining('m + n = 7, 15 or 31'),
    }),
  );
});

describe.each([
  [8, 16, 14],
  [16, 16, 14],
  [32, 32, 18],
] as const)('states beside weights of %i bits', (storage, bits, most) => {
  const name = (fraction: number) => `Q${bits - 1 - fraction}.${fraction}`;

  test('hold 1, in steps of 1/64 or finer', () => {
    for (let fraction = 6; fraction <= most; fraction++)
      expect(stateFormat(name(fraction), storage)).toEqual({ name: name(fraction), bits, fraction });
  });

  test.each([5, most + 1])('do not have %i fractional bits', (fraction) => {
    expect(() => stateFormat(name(fraction), storage)).toThrow(
      expect.objectContaining({
        message: `state format '${name(fraction)}' is impossible`,
        hint: expect.stringContaining(`${name(most)} is the finest, ${name(6)} the coarsest`),
      }),
    );
  });

  test.each(storages.filter((other) => other !== bits))('are not of %i bits', (other) => {
    expect(() => stateFormat(`Q${other - 1}.0`, storage)).toThrow(
      expect.objectContaining({
        message: `states of ${other} bits (Q${other - 1}.0) beside weights of ${storage}`,
        hint: expect.stringContaining(`${bits} bits: choose ${name(6)} … ${name(most)}`),
      }),
    );
  });
});
