// Drives, kept in step with the states. The event-driven form adds Δρ · W for the units whose rate changed; in
// integers that is the dense sum exactly, not nearly. The dense form adds everything up again.
import { copy } from '../memory/arena';
import { sendBackward, sendForward } from '../model/connection';
import { Layer } from '../model/layer';
import {
  biasShift,
  connection,
  connectionCount,
  dense,
  layer,
  layerCount,
  PIXEL_FRACTION,
  stateFraction,
} from '../model/network';

/** Sets the drives to the biases and the clamped input's share: an image of u8 with 8 fractional bits, `scale` quarters strong. */
export function clampInput(image: usize, scale: i32): void {
  const input = layer(0);
  if (scale == 4) pixelRates(input.changes, image, input.size);
  else strongerRates(input.changes, image, input.size, scale);
  for (let k = 1; k < layerCount; k++) startDrives(layer(k));
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.pre == input) sendForward(c, input.changes, dense);
  }
  if (dense)
    for (let k = 1; k < layerCount; k++) copy<Drive>(layer(k).clamped, layer(k).drives, layer(k).size);
}

/** The biases alone. */
function startDrives(l: Layer): void {
  if (sizeof<Drive>() == 4) return copy<i32>(l.drives, l.biases, l.size);
  for (let i = 0; i < l.size; i++)
    store<Drive>(l.drives + (i << alignof<Drive>()), (load<i32>(l.biases + (i << 2)) as Drive) << biasShift);
}

/** u8[n] pixels to State[n] rates. */
function pixelRates(rates: usize, pixels: usize, n: i32): void {
  const shift = stateFraction - PIXEL_FRACTION;
  let i = 0;
  if (ASC_FEATURE_SIMD)
    for (; i + 8 <= n; i += 8) v128.store(rates + (i << 1), i16x8.shl(v128.load8x8_u(pixels + i), shift));
  for (; i < n; i++) store<State>(rates + (i << alignof<State>()), i32(load<u8>(pixels + i)) << shift);
}

/** The same for pixels of so many quarters: exact, since states have two bits more than pixels. */
function strongerRates(rates: usize, pixels: usize, n: i32, scale: i32): void {
  const shift = stateFraction - PIXEL_FRACTION - 2;
  for (let i = 0; i < n; i++)
    store<State>(rates + (i << alignof<State>()), (i32(load<u8>(pixels + i)) * scale) << shift);
}

/** Tells the neighbours of a layer that its states changed by its `changes`. */
export function send(source: Layer): void {
  const input = layer(0);
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.pre == source) {
      if (dense) recompute(c.post);
      else sendForward(c, source.changes, false);
    } else if (c.post == source && c.pre != input) {
      if (dense) recompute(c.pre);
      else sendBackward(c, source.changes, false);
    }
  }
}

function recompute(target: Layer): void {
  const input = layer(0);
  copy<Drive>(target.drives, target.clamped, target.size);
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.pre == input) continue;
    if (c.post == target) sendForward(c, c.pre.states, true);
    else if (c.pre == target) sendBackward(c, c.post.states, true);
  }
}
