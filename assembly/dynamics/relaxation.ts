// Relaxation: iterating the dynamics to a fixed point. An iteration that changed no state was the last that could
// have: stopping there changes no result.
import { Relaxation } from '../endpoint/wire';
import { Layer } from '../model/layer';
import { layer, layerCount, outputLayer } from '../model/network';
import { send } from './drives';
import { eulerUpdate } from './euler';
import { exactUpdate } from './exact';
import { relaxation } from './parameters';

/** Whether the last phase ended in an iteration that changed nothing. */
export let settled: bool = false;

/**
 * Runs one phase. `beta` is signed, with 12 fractional bits; 0 in the free phase. Returns the iterations run,
 * the unchanged one counted.
 */
export function relax(iterations: i32, beta: i64, target: i32): i32 {
  settled = false;
  let n = 0;
  while (n < iterations && !settled) {
    settled = !(relaxation == Relaxation.euler ? eulerIteration(beta, target) : exactSweep(beta, target));
    n++;
  }
  return n;
}

/** All free layers at once, from the old states. */
function eulerIteration(beta: i64, target: i32): bool {
  let changed: u32 = 0;
  for (let k = 1; k < layerCount; k++) {
    const l = layer(k);
    if (eulerUpdate(l, nudgeAt(l, beta), target)) changed |= 1 << k;
  }
  for (let k = 1; k < layerCount; k++) if (changed & (1 << k)) send(layer(k));
  return changed != 0;
}

/** The odd layers, then the even ones: no two of a kind are connected, so each kind minimises at once. */
function exactSweep(beta: i64, target: i32): bool {
  let changed = false;
  for (let first = 1; first <= 2; first++) {
    for (let k = first; k < layerCount; k += 2) {
      const l = layer(k);
      if (!exactUpdate(l, nudgeAt(l, beta), target)) continue;
      changed = true;
      send(l);
    }
  }
  return changed;
}

function nudgeAt(l: Layer, beta: i64): i64 {
  return l == outputLayer() ? beta : 0;
}
