// Shifted images: a minibatch sees each of its images moved by a few rows and columns. Evaluation sees them as they are.
import { randomKey, randomWord } from '../arithmetic/random';
import { Stream } from '../messages/wire';
import { layer, seed } from '../network/graph';
import { image } from '../network/minibatch';

/** Rows and columns that an image moves by, at most. */
let shift: i32 = 0;

export function setShift(most: i32): void {
  shift = most;
}

/** Moves a slot's image by rows and columns drawn by step and slot, each from −shift … shift. */
export function shiftImage(slot: i32, step: u32): void {
  if (shift == 0) return;
  const word = randomWord(randomKey(seed, Stream.shift, step), slot);
  move(image(slot), scaled(word & 0xffff), scaled(word >> 16));
}

/** 16 random bits as one of the −shift … shift. */
function scaled(bits: u32): i32 {
  return i32((bits * (2 * shift + 1)) >> 16) - shift;
}

/**
 * Moves an image down and to the right, in place: from the end that it moves towards, so that each byte is read before it is
 * overwritten. What comes in from outside is zero.
 */
function move(pixels: usize, down: i32, right: i32): void {
  const input = layer(0);
  const rows = input.rows;
  const width = input.columns * input.channels;
  const across = right * input.channels;
  const distance = down * width + across;
  const backwards = distance > 0;
  for (let n = 0; n < rows; n++) {
    const row = backwards ? rows - 1 - n : n;
    const to = pixels + row * width;
    const isFilled = u32(row - down) < u32(rows);
    for (let m = 0; m < width; m++) {
      const at = backwards ? width - 1 - m : m;
      const isInside = isFilled && u32(at - across) < u32(width);
      store<u8>(to + at, isInside ? load<u8>(to + at - distance) : 0);
    }
  }
}
