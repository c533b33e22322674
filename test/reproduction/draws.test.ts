import { expect, test } from 'vitest';
import { randomKey } from '#host/model/index';
import { normalDraw, uniformDraw } from '#host/reproduction/draws';

const N = 40_000;
const key = randomKey(3, 9, 1);

function moment(draw: (index: number) => number, power: number): number {
  let sum = 0;
  for (let n = 0; n < N; n++) sum += draw(n) ** power;
  return sum / N;
}

test('uniform draws have the moments 1/2, 1/3, 1/4 and stay below 1', () => {
  for (const power of [1, 2, 3])
    expect(moment((n) => uniformDraw(key, n), power)).toBeCloseTo(1 / (power + 1), 2);
  for (let n = 0; n < N; n++) {
    const drawn = uniformDraw(key, n);
    expect(drawn >= 0 && drawn < 1).toBe(true);
  }
});

test('normal draws have the moments 0, 1, 0, 3', () => {
  // Standard errors .005, .007, .019, .049.
  expect(Math.abs(moment((n) => normalDraw(key, n), 1))).toBeLessThan(0.025);
  expect(Math.abs(moment((n) => normalDraw(key, n), 2) - 1)).toBeLessThan(0.035);
  expect(Math.abs(moment((n) => normalDraw(key, n), 3))).toBeLessThan(0.1);
  expect(Math.abs(moment((n) => normalDraw(key, n), 4) - 3)).toBeLessThan(0.25);
});
