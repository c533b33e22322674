// Euler's method on the energy's gradient (Scellier & Bengio 2016, Eq. 54):
//   s ← 0 ∨ (s + ε (drive − s + β (t − s))) ∧ 1, the last term at the output, and at an input that is pulled.
import { roundNearest } from '../arithmetic/rounding';
import { driveFraction, rateFraction, stateFraction } from '../network/graph';
import { Layer } from '../network/layer';
import { NextStates } from './next';
import { isNoisy, noiseOf } from './noise';
import { epsilon, PARAMETER_FRACTION, PULL_FRACTION } from './parameters';
import { isPulled, pixelOf } from './pull';

/** ½ with the fraction of ε: what rounds to nearest, and the papers' ε. */
const HALF: i32 = 1 << (PARAMETER_FRACTION - 1);

/** Where ε · drive may be clipped, in 12 fractional bits more than a state has: the state is, whatever the rest. */
const FAR_BITS: i64 = sizeof<Drive>() == 8 ? 61 : 30;
const FAR: i64 = (<i64>1) << FAR_BITS;

/**
 * New states of a layer from its drives, rounded once from the exact sum. Returns whether any state changed.
 *
 * Exact in a Drive: with drive = high · 2ᵗ + low the sum (1 − ε) s + ε drive, in 12 fractional bits more than a state
 * has, is (4096 − ε) s + ε high + ⌊ε low / 2ᵗ⌋ but for what is cut off anyway. Where ε high leaves ±FAR the state is
 * clipped whatever the rest: such a `high` may be clipped first.
 */
export function eulerUpdate(l: Layer): bool {
  const one: i32 = 1 << stateFraction;
  const t = driveFraction - stateFraction;
  const rate = epsilon;
  const keep = (1 << PARAMETER_FRACTION) - rate;
  const farthest = (FAR / rate) as Drive;
  const below = ((1 << t) - 1) as Drive;
  const states = l.states;
  const changes = l.changes;
  const drives = l.drives;
  const size = l.size;
  let changed: i32 = 0;
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    // A shift by a constant is one instruction, any other three.
    if (rate != HALF) i = stepVectors(l, t, rate);
    else i = t == 14 ? EulerVectors.halfStepVectors(l, 14) : EulerVectors.halfStepVectors(l, t);
    changed = vectorsChanged;
  }
  for (; i < size; i++) {
    const state = i32(load<State>(states + (i << alignof<State>())));
    const drive = load<Drive>(drives + (i << alignof<Drive>()));
    const high = min<Drive>(max<Drive>(drive >> t, -farthest), farthest);
    const sum =
      (keep as Drive) * state + (rate as Drive) * high + (((rate as Drive) * (drive & below)) >> t) + HALF;
    const next = i32(min<Drive>(max<Drive>(sum >> PARAMETER_FRACTION, 0), one));
    store<State>(states + (i << alignof<State>()), next);
    store<State>(changes + (i << alignof<State>()), next - state);
    changed |= next - state;
  }
  return changed != 0;
}

/** Not zero where the vectors' part of a layer changed. */
let vectorsChanged: i32 = 0;

/** The units that are whole vectors. Returns how many they are. */
function stepVectors(l: Layer, t: i32, rate: i32): i32 {
  const size = l.size & ~7;
  let bits = i16x8.splat(0);
  for (let i = 0; i < size; i += 8) {
    const state = v128.load(l.states + (i << 1));
    const low = EulerVectors.step4(i32x4.extend_low_i16x8_s(state), v128.load(l.drives + (i << 2)), t, rate);
    const high = EulerVectors.step4(
      i32x4.extend_high_i16x8_s(state),
      v128.load(l.drives + (i << 2), 16),
      t,
      rate,
    );
    bits = v128.or(bits, NextStates.storeNext(l, i, state, i16x8.narrow_i32x4_s(low, high)));
  }
  vectorsChanged = i32(v128.any_true(bits));
  return size;
}

class EulerVectors {
  /** The sums of four units, rounded and not yet clipped. */
  @inline
  static step4(state: v128, drive: v128, t: i32, rate: i32): v128 {
    const farthest = (1 << 30) / rate;
    const whole = i32x4.min_s(
      i32x4.max_s(i32x4.shr_s(drive, t), i32x4.splat(-farthest)),
      i32x4.splat(farthest),
    );
    const part = i32x4.mul(v128.and(drive, i32x4.splat((1 << t) - 1)), i32x4.splat(rate));
    const kept = i32x4.mul(state, i32x4.splat((1 << PARAMETER_FRACTION) - rate));
    const sum = i32x4.add(
      i32x4.add(kept, i32x4.mul(whole, i32x4.splat(rate))),
      i32x4.add(i32x4.shr_s(part, t), i32x4.splat(HALF)),
    );
    return i32x4.shr_s(sum, PARAMETER_FRACTION);
  }

  /** The same for ε = ½, the papers': the mean of state and drive. A drive cut to 16 bits has the state clipped as well. */
  @inline
  static halfStepVectors(l: Layer, t: i32): i32 {
    const size = l.size & ~7;
    let bits = i16x8.splat(0);
    for (let i = 0; i < size; i += 8) {
      const state = v128.load(l.states + (i << 1));
      const low = i32x4.shr_s(v128.load(l.drives + (i << 2)), t);
      const high = i32x4.shr_s(v128.load(l.drives + (i << 2), 16), t);
      bits = v128.or(
        bits,
        NextStates.storeNext(l, i, state, NextStates.meanUp(state, i16x8.narrow_i32x4_s(low, high))),
      );
    }
    vectorsChanged = i32(v128.any_true(bits));
    return size;
  }
}

/**
 * The same for a nudged output, or with noise. `beta` is signed, with 12 fractional bits; `target` is the unit whose t is 1. Of
 * a pulled input `beta` is β_x, with 8 fractional bits, and t its pixels.
 *
 * Exact, as above, with 24 fractional bits more than a state has: all terms but the drive's stay below 2⁴⁹, or below ε 2³⁹ of a
 * pulled input's force, and a drive clipped to ±2³⁸ states weighs ε 2⁵⁰, at least 2⁵⁰ then.
 */
export function nudgedEulerUpdate(l: Layer, beta: i64, target: i32): bool {
  const one: i32 = 1 << stateFraction;
  const t = i64(driveFraction - stateFraction);
  const leak = i64(epsilon) << PARAMETER_FRACTION;
  const farthest = (<i64>1) << 38;
  const below = ((<i64>1) << t) - 1;
  const pulled = isPulled(l);
  // Pixels have two bits more than the coarsest states.
  const finer = i64(rateFraction - stateFraction);
  let changed: i32 = 0;
  for (let i = 0; i < l.size; i++) {
    const state = i32(load<State>(l.states + (i << alignof<State>())));
    const drive = i64(load<Drive>(l.drives + (i << alignof<Drive>())));
    const high = min<i64>(max<i64>(drive >> t, -farthest), farthest);
    const driven = leak * high + ((leak * (drive & below)) >> t);
    const force = pulled
      ? ((i64(epsilon) * beta) << (PARAMETER_FRACTION - PULL_FRACTION - finer)) *
        (pixelOf(i) - (i64(state) << finer))
      : i64(epsilon) * beta * i64((i == target ? one : 0) - state);
    let sum = (i64(state) << (2 * PARAMETER_FRACTION)) + driven - leak * state + force;
    if (isNoisy()) sum += noiseOf(l.firstUnit + i);
    const next = i32(min<i64>(max<i64>(roundNearest(sum, 2 * PARAMETER_FRACTION), 0), one));
    store<State>(l.states + (i << alignof<State>()), next);
    store<State>(l.changes + (i << alignof<State>()), next - state);
    changed |= next - state;
  }
  return changed != 0;
}
