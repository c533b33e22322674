// Differences between the two sides of a minibatch. Meanwhile they stand in place of the minus states.

import { dense, layer, layerCount, unitCount } from '../network/graph';
import { Layer, NO_PLACES } from '../network/layer';
import {
  layersMoved,
  minusStates,
  movedSlots,
  placesOf,
  plusStates,
  setLayersMoved,
} from '../network/minibatch';

/** minus ← plus − minus, State[unitCount], in a slot; notes which layers moved. */
export function takeDifferences(slot: i32): void {
  let moved = 0;
  for (let k = 1; k < layerCount; k++) {
    const l = layer(k);
    const at = l.firstUnit << alignof<State>();
    const minus = minusStates(slot) + at;
    const plus = plusStates(slot) + at;
    const any =
      l.firstPlace == NO_PLACES
        ? subtractFromPlus(minus, plus, l.size)
        : takeOfPlaces(l, placesOf(l, slot), minus, plus);
    if (any) moved |= 1 << k;
  }
  setLayersMoved(slot, moved);
}

/** The same of one layer, of whose places those that moved get a bit. Returns whether any did. */
function takeOfPlaces(l: Layer, bits: usize, minus: usize, plus: usize): bool {
  const places = l.rows * l.columns;
  const bytes: usize = l.channels << alignof<State>();
  let any: u32 = 0;
  for (let first = 0; first < places; first += 8, bits++) {
    let moved: u32 = 0;
    for (let p = 0; p < min(places - first, 8); p++, minus += bytes, plus += bytes)
      moved |= u32(subtractFromPlus(minus, plus, l.channels)) << p;
    store<u8>(bits, moved);
    any |= moved;
  }
  return any != 0;
}

/** The inverse: minus ← plus − difference. */
export function restoreMinus(samples: i32): void {
  for (let slot = 0; slot < samples; slot++) subtractFromPlus(minusStates(slot), plusStates(slot), unitCount);
}

/** Lists the slots in which one of the layers (a bit each) moved, u16 each. Returns how many there are. */
export function listMoved(layers: u32, samples: i32): i32 {
  let count = 0;
  for (let slot = 0; slot < samples; slot++) {
    if ((layersMoved(slot) & layers) == 0 && !dense) continue;
    store<u16>(movedSlots + (count << 1), slot);
    count++;
  }
  return count;
}

/** values ← plus − values, State[n]. Returns whether any is not zero. */
function subtractFromPlus(values: usize, plus: usize, n: i32): bool {
  let any = 0;
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    let bits = i16x8.splat(0);
    for (; i + 8 <= n; i += 8) {
      const difference = i16x8.sub(v128.load(plus + (i << 1)), v128.load(values + (i << 1)));
      v128.store(values + (i << 1), difference);
      bits = v128.or(bits, difference);
    }
    any = i32(v128.any_true(bits));
  }
  for (; i < n; i++) {
    const at = i << alignof<State>();
    const difference = load<State>(plus + at) - load<State>(values + at);
    store<State>(values + at, difference);
    any |= difference;
  }
  return any != 0;
}
