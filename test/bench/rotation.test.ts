/** Rotated images, held against rotations that need no arithmetic. */
import { expect, test } from 'vitest';
import { rotated } from '../../bench/adapting/rotation.mjs';

const side = 5;
const images = Uint8Array.from({ length: 2 * side * side }, (_, n) => (37 * n * n + 11) % 256);

test('none, a quarter turn counterclockwise, and four of them', () => {
  expect(rotated(images, side, 0)).toEqual(images);
  // The rightmost column becomes the uppermost row.
  const turned = Uint8Array.from(images, (_, n) => {
    const [image, row, column] = [Math.floor(n / 25), Math.floor(n / 5) % 5, n % 5];
    return images[image * 25 + column * 5 + (side - 1 - row)];
  });
  expect(rotated(images, side, 90)).toEqual(turned);
  expect(rotated(rotated(images, side, 180), side, 180)).toEqual(images);
});

test('by 45° a pixel beside the centre is spread over its neighbours, and corners leave the image', () => {
  const lit = (row: number, column: number) =>
    Uint8Array.from({ length: 25 }, (_, n) => (n === row * 5 + column ? 255 : 0));
  const right = rotated(lit(2, 3), side, 45);
  const half = Math.SQRT1_2;
  // Where (0.5, 0.5) · √2 of the upper right neighbour comes from: one pixel to the right, 0.41 further.
  expect(right[1 * 5 + 3]).toBe(Math.round(255 * (2 - 2 * half)));
  expect(right[1 * 5 + 2]).toBe(Math.round(255 * half * (1 - half)));
  expect(rotated(lit(0, 0), side, 45).reduce((sum, value) => sum + value, 0)).toBeLessThan(64);
});
