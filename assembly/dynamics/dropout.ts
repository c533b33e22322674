// Dropout of the input (Srivastava et al. 2014): a minibatch sees its images without a share of their pixels, and the
// others as much stronger as keeps the drive's mean. Evaluation sees all of them as they are.
import { randomKey, randomWord } from '../arithmetic/random';
import { Stream } from '../messages/wire';
import { layer, seed } from '../network/graph';
import { image } from '../network/minibatch';

/** How strong a kept pixel is, in quarters: the share of 4 / inputScale is kept. */
export let inputScale: i32 = 4;
/** The share of dropped pixels, in 65,536ths. */
let dropped: u32 = 0;

export function setDropout(scale: i32): void {
  inputScale = scale;
  dropped = ((scale - 4) << 16) / scale;
}

/** Takes pixels out of a slot's image, drawn by step, slot and pixel. */
export function dropPixels(slot: i32, step: u32): void {
  if (dropped == 0) return;
  const key = randomKey(seed, Stream.dropout, step);
  const pixels = layer(0).size;
  const first = slot * pixels;
  const at = image(slot);
  for (let i = 0; i < pixels; i++)
    if (load<u8>(at + i) != 0 && (randomWord(key, first + i) & 0xffff) < dropped) store<u8>(at + i, 0);
}
