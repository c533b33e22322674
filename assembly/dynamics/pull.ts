// An input that is pulled, not held (Scellier & Bengio 2016, Eq. 6): layer 1 is free in all phases, and ½ β_x ‖s − x‖² stands
// beside the energy, x being the image.
import { Ability } from '../messages/wire';
import { layer } from '../network/graph';
import { Layer } from '../network/layer';
import { isPresent } from '../network/present';

/** β_x, 8 fractional bits; 0 where no layer is pulled. */
export let inputPull: i32 = 0;

export function setInputPull(strength: i32): void {
  inputPull = strength;
}

/** Returns whether a layer is pulled towards the image. */
export function isPulled(l: Layer): bool {
  return isPresent(Ability.pulledInput) && inputPull != 0 && l == layer(1);
}

/** The pixel that a unit of that layer is pulled towards, as the input has it: with the fractional bits of rates. */
export function pixelOf(unit: i32): i64 {
  return i64(load<State>(layer(0).changes + (unit << alignof<State>())));
}
