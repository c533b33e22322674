// Euler's method on the energy's gradient (Scellier & Bengio 2016, Eq. 54):
//   s ← 0 ∨ (s + ε (drive − s + β (t − s))) ∧ 1, the last term at the output only.
import { roundNearest } from '../arithmetic/rounding';
import { Layer } from '../model/layer';
import { driveFraction, stateFraction } from '../model/network';
import { epsilon, PARAMETER_FRACTION } from './parameters';

/**
 * New states of a layer from its drives, rounded once from the exact sum. `beta` is signed, with 12 fractional
 * bits, and 0 but for a nudged output; `target` is the unit whose t is 1. Returns whether any state changed.
 *
 * Exact: |drive − s| < 2³², ε ≤ 2¹² and |εβ(t − s)| < 2¹² · 2¹⁶ · 2³⁰, so every term stays below 2⁵⁹.
 */
export function eulerUpdate(l: Layer, beta: i64, target: i32): bool {
  const one: i32 = 1 << stateFraction;
  const toDrive = i64(driveFraction - stateFraction);
  const shift = toDrive + 2 * PARAMETER_FRACTION;
  const leak = epsilon << PARAMETER_FRACTION;
  let changed: i32 = 0;
  for (let i = 0; i < l.size; i++) {
    const state = i32(load<i16>(l.states + (i << 1)));
    const drive = i64(load<i32>(l.drives + (i << 2)));
    let sum = (i64(state) << shift) + leak * (drive - (i64(state) << toDrive));
    if (beta != 0) sum += (epsilon * beta * i64((i == target ? one : 0) - state)) << toDrive;
    const next = i32(min<i64>(max<i64>(roundNearest(sum, shift), 0), one));
    store<i16>(l.states + (i << 1), next);
    store<i16>(l.changes + (i << 1), next - state);
    changed |= next - state;
  }
  return changed != 0;
}
