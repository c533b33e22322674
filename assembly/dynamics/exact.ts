// Exact minimisation of the energy in one layer, its neighbours held (asynchronous relaxation, Scellier et al.
// 2023): ∂F/∂s = 0 gives s = 0 ∨ (drive + β t) / (1 + β) ∧ 1, β being 0 but for a nudged output.
import { Layer } from '../model/layer';
import { driveFraction, stateFraction } from '../model/network';
import { PARAMETER_FRACTION } from './parameters';

/**
 * New states of a layer from its drives, rounded once from the exact quotient. `beta` is signed, with 12
 * fractional bits, 1 + β > 0; `target` is the unit whose t is 1. Returns whether any state changed.
 *
 * Exact: drive · 2¹² + β t < 2⁴³ + 2¹⁶ · 2³⁰.
 */
export function exactUpdate(l: Layer, beta: i64, target: i32): bool {
  const one: i32 = 1 << stateFraction;
  const toState = i64(driveFraction - stateFraction);
  const half = toState > 0 ? (<i64>1) << (toState - 1) : 0;
  const divisor = (((<i64>1) << PARAMETER_FRACTION) + beta) << toState;
  const states = l.states;
  const changes = l.changes;
  const drives = l.drives;
  const size = l.size;
  let changed: i32 = 0;
  for (let i = 0; i < size; i++) {
    const state = i32(load<i16>(states + (i << 1)));
    const drive = i64(load<i32>(drives + (i << 2)));
    let next: i64;
    if (beta == 0) {
      next = (drive + half) >> toState;
    } else {
      const pull = i == target ? beta << driveFraction : 0;
      const sum = (drive << PARAMETER_FRACTION) + pull;
      next = sum <= 0 ? 0 : (sum + (divisor >> 1)) / divisor;
    }
    const clipped = i32(min<i64>(max<i64>(next, 0), one));
    store<i16>(states + (i << 1), clipped);
    store<i16>(changes + (i << 1), clipped - state);
    changed |= clipped - state;
  }
  return changed != 0;
}
