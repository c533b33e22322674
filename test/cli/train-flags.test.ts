/** Flags that a built or flashed device is trained with. */
import { expect, test } from 'vitest';
import { trainFlags } from '#host/cli/build';

test.each([
  [{}, ''],
  [{ baud: 115_200 }, ''],
  [{ baud: 300_000 }, ' --baud 300000'],
  [{ preset: 'tiny', storage: 8, baud: 250_000 }, ' --preset tiny --baud 250000'],
  [{ network: '784-32-10', storage: 8 }, ' --network 784-32-10 --weights Q0.7'],
] as const)('%o', (flags, told) => {
  expect(trainFlags(flags)).toBe(told);
});
