// Drives, kept in step with the states. The event-driven form adds Δρ · W for the units whose rate changed; in
// integers that is the dense sum exactly, not nearly. The dense form adds everything up again.
import { sendBackward, sendForward } from '../model/connection';
import { Layer } from '../model/layer';
import {
  connection,
  connectionCount,
  dense,
  layer,
  layerCount,
  PIXEL_FRACTION,
  stateFraction,
} from '../model/network';

/** Sets the drives to the biases and the clamped input's share: an image of u8 with 8 fractional bits. */
export function clampInput(image: usize): void {
  const input = layer(0);
  const shift = stateFraction - PIXEL_FRACTION;
  for (let i = 0; i < input.size; i++)
    store<i16>(input.changes + (i << 1), i32(load<u8>(image + i)) << shift);
  for (let k = 1; k < layerCount; k++) copyDrives(layer(k).drives, layer(k).biases, layer(k).size);
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.pre == input) sendForward(c, input.changes);
  }
  if (dense)
    for (let k = 1; k < layerCount; k++) copyDrives(layer(k).clamped, layer(k).drives, layer(k).size);
}

/** Tells the neighbours of a layer that its states changed by its `changes`. */
export function send(source: Layer): void {
  const input = layer(0);
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.pre == source) {
      if (dense) recompute(c.post);
      else sendForward(c, source.changes);
    } else if (c.post == source && c.pre != input) {
      if (dense) recompute(c.pre);
      else sendBackward(c, source.changes);
    }
  }
}

function recompute(target: Layer): void {
  const input = layer(0);
  copyDrives(target.drives, target.clamped, target.size);
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.pre == input) continue;
    if (c.post == target) sendForward(c, c.pre.states);
    else if (c.pre == target) sendBackward(c, c.post.states);
  }
}

function copyDrives(to: usize, from: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<i32>(to + (i << 2), load<i32>(from + (i << 2)));
}
