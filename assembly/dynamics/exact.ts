// Exact minimisation of the energy in one layer, its neighbours held (asynchronous relaxation, Scellier et al.
// 2023): ∂F/∂s = 0 gives s = 0 ∨ (drive + β t) / (1 + β) ∧ 1, β being 0 but for a nudged output and a pulled input.

import { settleStates } from '../arithmetic/primitives';
import { driveFraction, rateFraction, stateFraction } from '../network/graph';
import { Layer } from '../network/layer';
import { NextStates } from './next';
import { PARAMETER_FRACTION, PULL_FRACTION } from './parameters';
import { isPulled, pixelOf } from './pull';

/** New states of a layer from its drives, rounded to nearest. Returns whether any state changed. */
export function exactUpdate(l: Layer): bool {
  const one: i32 = 1 << stateFraction;
  const t = driveFraction - stateFraction;
  const size = l.size;
  let changed: i32 = 0;
  let i = 0;
  if (ASC_FEATURE_SIMD && t > 0) {
    // A shift by a constant is one instruction, any other three.
    i = t == 14 ? ExactVectors.roundVectors(l, 14) : ExactVectors.roundVectors(l, t);
    changed = vectorsChanged;
  }
  const at: usize = i << alignof<State>();
  changed |= settleStates(
    l.states + at,
    l.changes + at,
    l.drives + (i << alignof<Drive>()),
    size - i,
    t,
    one,
  );
  return changed != 0;
}

/** Not zero where the vectors' part of a layer changed. */
let vectorsChanged: i32 = 0;

class ExactVectors {
  /** The units that are whole vectors. Returns how many they are. A drive cut to 16 bits is clipped as well. */
  @inline
  static roundVectors(l: Layer, t: i32): i32 {
    const size = l.size & ~7;
    let bits = i16x8.splat(0);
    for (let i = 0; i < size; i += 8) {
      const low = i32x4.shr_s(v128.load(l.drives + (i << 2)), t - 1);
      const high = i32x4.shr_s(v128.load(l.drives + (i << 2), 16), t - 1);
      const next = NextStates.meanUp(i16x8.narrow_i32x4_s(low, high), i16x8.splat(0));
      bits = v128.or(bits, NextStates.storeNext(l, i, v128.load(l.states + (i << 1)), next));
    }
    vectorsChanged = i32(v128.any_true(bits));
    return size;
  }
}

/** Drives of this size, and β of so many bits, have a nudged output clipped: β stays below 2⁴, β_x below 2⁸. */
const FAR_BITS: i32 = 5 + PARAMETER_FRACTION;

/**
 * The same for a nudged output, rounded once from the exact quotient. `beta` is signed, with 12 fractional bits,
 * 1 + β > 0; `target` is the unit whose t is 1. Of a pulled input `beta` is β_x, with 8 fractional bits, and t its pixels.
 *
 * Exact: with at most 44 fractional bits drive · 2¹² + β t < 2⁶¹ + 2⁶⁰; pulled, drive · 2⁸ + β t < 2⁶¹ + 2⁶¹, pixels being below 2.
 */
export function nudgedExactUpdate(l: Layer, beta: i64, target: i32): bool {
  const one: i32 = 1 << stateFraction;
  const toState = i64(driveFraction - stateFraction);
  const toPixel = i64(driveFraction - rateFraction);
  const pulled = isPulled(l);
  const bits = pulled ? PULL_FRACTION : PARAMETER_FRACTION;
  const farthest = (<i64>1) << (driveFraction + FAR_BITS - bits);
  const unit: i64 = (<i64>1) << bits;
  const divisor = (unit + beta) << toState;
  // Small cores take long to divide.
  const isHalf = beta == unit;
  let changed: i32 = 0;
  for (let i = 0; i < l.size; i++) {
    const state = i32(load<State>(l.states + (i << alignof<State>())));
    const pull = pulled ? (beta * pixelOf(i)) << toPixel : i == target ? beta << driveFraction : 0;
    const drive = i64(load<Drive>(l.drives + (i << alignof<Drive>())));
    const sum = (min<i64>(max<i64>(drive, -farthest), farthest) << bits) + pull;
    const rounded = sum + (divisor >> 1);
    const quotient = sum <= 0 ? 0 : isHalf ? rounded >> (toState + bits + 1) : rounded / divisor;
    const next = i32(min<i64>(quotient, one));
    store<State>(l.states + (i << alignof<State>()), next);
    store<State>(l.changes + (i << alignof<State>()), next - state);
    changed |= next - state;
  }
  return changed != 0;
}
