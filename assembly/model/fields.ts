// Receptive fields: where images have a width, each unit of the first hidden layer may see a window of them alone, drawn
// once. What it does not see has weights of zero, and they stay zero.
import { randomKey, randomWord } from '../arithmetic/random';
import { ArenaPart, Stream } from '../endpoint/wire';
import { allocate, zero } from '../memory/arena';

/** Pixels in a row of the image; 0 where every unit sees all of it. */
export let imageWidth: i32 = 0;
let imageHeight: i32 = 0;
/** Sides of the windows, in pixels. */
let least: i32 = 0;
let most: i32 = 0;
/** u8[units × 4]: first row, end of the rows, first column, end of the columns. */
let windows: usize = 0;
let units: i32 = 0;

export function setFields(width: i32, leastSide: i32, mostSide: i32): void {
  imageWidth = width;
  least = leastSide;
  most = mostSide;
}

/** The windows of `count` units that see `pixels`. */
export function layOutFields(pixels: i32, count: i32): void {
  if (imageWidth == 0) return;
  imageHeight = pixels / imageWidth;
  units = count;
  windows = allocate(ArenaPart.weights, u64(count) << 2);
}

/** Draws the windows: a random word a unit, a byte each for height, width, row and column. */
export function drawFields(seed: u32): void {
  if (imageWidth == 0) return;
  const key = randomKey(seed, Stream.fields, 0);
  const sides = most - least + 1;
  for (let j = 0; j < units; j++) {
    const word = randomWord(key, j);
    const height = least + i32(((word & 0xff) * sides) >> 8);
    const width = least + i32((((word >> 8) & 0xff) * sides) >> 8);
    const row = i32((((word >> 16) & 0xff) * (imageHeight - height + 1)) >> 8);
    const column = i32(((word >> 24) * (imageWidth - width + 1)) >> 8);
    const window = windows + (j << 2);
    store<u8>(window, row);
    store<u8>(window, row + height, 1);
    store<u8>(window, column, 2);
    store<u8>(window, column + width, 3);
  }
}

export function sees(unit: i32, pixel: i32): bool {
  return imageWidth == 0 || isWithin(windows + (unit << 2), pixel / imageWidth, pixel % imageWidth);
}

function isWithin(window: usize, row: i32, column: i32): bool {
  return (
    row >= i32(load<u8>(window)) &&
    row < i32(load<u8>(window, 1)) &&
    column >= i32(load<u8>(window, 2)) &&
    column < i32(load<u8>(window, 3))
  );
}

/** Zeroes what T[units] sums hold for units that do not see a pixel. */
export function keepSeen<T>(sums: usize, pixel: i32): void {
  const row = pixel / imageWidth;
  const column = pixel % imageWidth;
  let j = 0;
  if (ASC_FEATURE_SIMD && sizeof<T>() == 4) {
    const place = i32x4.splat((row * 0x101) | ((column * 0x101) << 16));
    // Begun, and not ended: bytes of a window up to the pixel's own are ones.
    const seen = i32x4.splat(0x00ff00ff);
    for (; j + 4 <= units; j += 4) {
      const begun = i8x16.le_u(v128.load(windows + (j << 2)), place);
      const at = sums + (j << 2);
      v128.store(at, v128.and(v128.load(at), i32x4.eq(begun, seen)));
    }
  }
  for (; j < units; j++)
    if (!isWithin(windows + (j << 2), row, column)) zero(sums + (j << alignof<T>()), sizeof<T>());
}
