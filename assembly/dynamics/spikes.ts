// Spikes: a unit tells of a change of its rate by signed powers of two, one an iteration (after O'Connor et al. 2019; the slides'
// Mesnard et al. 2016). Whoever hears of one adds a row of weights, shifted: no product is taken, and the sums are the same bits.
import { Ability } from '../messages/wire';
import { layer } from '../network/graph';
import { Layer } from '../network/layer';
import { isPresent } from '../network/present';

/** Spikes that a pixel is sent as, at most; 0: all of its bits. */
let pixelSpikes: i32 = 0;

export function setPixelSpikes(most: i32): void {
  pixelSpikes = most;
}

/** Leaves each of an image's pixels its greatest powers of two, as many as it may send. */
export function sparePixels(pixels: usize): void {
  if (!isPresent(Ability.spikes) || pixelSpikes == 0) return;
  for (const end = pixels + layer(0).size; pixels < end; pixels++) {
    const pixel = i32(load<u8>(pixels));
    let left = pixel;
    for (let n = 0; n < pixelSpikes && left != 0; n++) left -= greatestWithin(left);
    store<u8>(pixels, pixel - left);
  }
}

/** Has each unit of a layer that changed come as near to its new state as the greatest power of two within the change takes it. */
export function spike(l: Layer): void {
  const states = l.states;
  const changes = l.changes;
  for (let at: usize = 0, end: usize = l.size << alignof<State>(); at < end; at += sizeof<State>()) {
    const change = i32(load<State>(changes + at));
    if (change == 0) continue;
    const sent = change < 0 ? -greatestWithin(-change) : greatestWithin(change);
    store<State>(states + at, i32(load<State>(states + at)) - change + sent);
    store<State>(changes + at, sent);
  }
}

/** Returns the greatest power of two that is not above size > 0. Small cores have no instruction that counts leading zeros. */
function greatestWithin(size: i32): i32 {
  let power = 1;
  while (power <= size >> 1) power <<= 1;
  return power;
}
