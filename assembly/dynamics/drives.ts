// Drives, kept in step with the states. The event-driven form adds Δρ · W for the units whose rate changed; in
// integers that is the dense sum exactly, not nearly. The dense form adds everything up again.

import { rest, send as sendAlong, sendBack } from '../connections/kinds';
import { copy } from '../memory/arena';
import { Connection } from '../network/connection';
import {
  biasShift,
  connection,
  connectionCount,
  dense,
  layer,
  layerCount,
  PIXEL_FRACTION,
  rateFraction,
} from '../network/graph';
import { Layer } from '../network/layer';
import { image, setClamped } from '../network/minibatch';
import { scaleUp } from '../network/scaling';
import { centreDrives } from './centre';

/** Sets the drives to the biases and the clamped input's share: a slot's image of u8 with 8 fractional bits, multiplied by `scale` / 4. */
export function clampInput(slot: i32, scale: i32): void {
  const pixels = image(slot);
  setClamped(slot);
  const input = layer(0);
  if (scale == 4) pixelRates(input.changes, pixels, input.size);
  else strongerRates(input.changes, pixels, input.size, scale);
  for (let k = 1; k < layerCount; k++) startDrives(layer(k));
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.isFromInput) forward(c, input.changes, dense);
    else rest(c);
  }
  centreDrives(slot, scale);
  if (dense)
    for (let k = 1; k < layerCount; k++) copy<Drive>(layer(k).clamped, layer(k).drives, layer(k).size);
}

/** The biases alone. */
function startDrives(l: Layer): void {
  const n = l.biasCount;
  const bytes: usize = n << alignof<Drive>();
  for (let to = l.drives, end = to + (l.size << alignof<Drive>()); to < end; to += bytes) {
    if (sizeof<Drive>() == 4 && biasShift == 0) copy<i32>(to, l.biases, n);
    else
      for (let i = 0; i < n; i++)
        store<Drive>(to + (i << alignof<Drive>()), (load<i32>(l.biases + (i << 2)) as Drive) << biasShift);
  }
}

/** u8[n] pixels to State[n] rates. */
function pixelRates(rates: usize, pixels: usize, n: i32): void {
  const shift = rateFraction - PIXEL_FRACTION;
  let i = 0;
  if (ASC_FEATURE_SIMD)
    for (; i + 8 <= n; i += 8) v128.store(rates + (i << 1), i16x8.shl(v128.load8x8_u(pixels + i), shift));
  else if (sizeof<State>() == 2 && ((rates | (pixels << 1)) & 7) == 0)
    // Four at a time: a word of pixels is two of rates.
    for (; i + 4 <= n; i += 4) {
      const word = load<u32>(pixels + i);
      const to = rates + (i << 1);
      if (word == 0) {
        store<u64>(to, 0);
        continue;
      }
      store<u32>(to, ((word & 0xff) | ((word & 0xff00) << 8)) << shift);
      store<u32>(to, (((word >> 16) & 0xff) | ((word >> 8) & 0xff0000)) << shift, 4);
    }
  for (; i < n; i++) store<State>(rates + (i << alignof<State>()), i32(load<u8>(pixels + i)) << shift);
}

/** The same for pixels of so many quarters: exact, since states have two bits more than pixels. */
function strongerRates(rates: usize, pixels: usize, n: i32, scale: i32): void {
  const shift = rateFraction - PIXEL_FRACTION - 2;
  for (let i = 0; i < n; i++)
    store<State>(rates + (i << alignof<State>()), (i32(load<u8>(pixels + i)) * scale) << shift);
}

/** Adds W ρ to the drives of `post`, rates = State[pre.size]: rates, or changes of rates; the zero ones too if `all`. */
function forward(c: Connection, rates: usize, all: bool): void {
  sendAlong(c, scaleUp(c, rates, c.pre.size), all);
}

/** Adds Wᵀ ρ to the drives of `pre`, rates = State[post.size]: rates, or changes of rates; the zero ones too if `all`. */
function back(c: Connection, rates: usize, all: bool): void {
  sendBack(c, scaleUp(c, rates, c.post.size), all);
}

/** Tells the neighbours of a layer that its states changed by its `changes`. */
export function send(source: Layer): void {
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.pre == source && c.goesForth) {
      if (dense) recompute(c.post);
      else forward(c, source.changes, false);
      // Choices follow the source, and so does what is sent back to the places that are chosen.
      if (dense && c.chooses && !c.isFromInput) recompute(source);
    }
    // A lateral connection does both.
    if (c.post == source && c.goesBack) {
      if (dense) recompute(c.pre);
      else back(c, source.changes, false);
    }
  }
}

function recompute(target: Layer): void {
  copy<Drive>(target.drives, target.clamped, target.size);
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.isFromInput) continue;
    if (c.post == target && c.goesForth) forward(c, c.pre.states, true);
    if (c.pre == target && c.goesBack) back(c, c.post.states, true);
  }
}
