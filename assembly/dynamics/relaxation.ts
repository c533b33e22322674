// Relaxation: iterating the dynamics to a fixed point. An iteration that changed no state was the last that could
// have: stopping there changes no result. The dense form goes on all the same; noise goes on changing states.
import { Ability, Relaxation } from '../messages/wire';
import { colourCount, dense, layer, layerCount, outputLayer } from '../network/graph';
import { Layer } from '../network/layer';
import { isPresent } from '../network/present';
import { traced, traceStep } from '../plasticity/trace';
import { send } from './drives';
import { eulerUpdate, nudgedEulerUpdate } from './euler';
import { exactUpdate, nudgedExactUpdate } from './exact';
import { beginIteration, isNoisy } from './noise';
import { relaxation } from './parameters';
import { inputPull, isPulled } from './pull';
import { spike } from './spikes';

/** True where the last phase ended in an iteration that changed nothing. */
export let settled: bool = false;

/** True where the output stays as it is. */
let holdsOutput: bool = false;

/**
 * Runs one phase. `beta` is signed, with 12 fractional bits; 0 in the free phase. Returns the iterations until the states
 * were settled, the unchanged one counted.
 * @param isClamped whether the output stays as it is
 */
export function relax(iterations: i32, beta: i64, target: i32, isClamped: bool = false): i32 {
  settled = false;
  holdsOutput = isClamped;
  let taken = 0;
  for (let n = 0; n < iterations && (!settled || dense); n++) {
    if (isNoisy()) beginIteration(n + 1);
    const changed = relaxation == Relaxation.euler ? eulerIteration(beta, target) : sweep(beta, target);
    if (!settled) taken++;
    if (!changed && !isNoisy()) settled = true;
  }
  return taken;
}

function isTracing(): bool {
  return isPresent(Ability.rates) && traced != 0;
}

function isHeld(l: Layer): bool {
  return isPresent(Ability.clamped) && holdsOutput && l == outputLayer();
}

/** How strongly a layer is pulled towards its target, the output by `beta`. */
function pullOn(l: Layer, beta: i64): i64 {
  return isPulled(l) ? i64(inputPull) : l == outputLayer() ? beta : 0;
}

/** All free layers at once, from the old states. */
function eulerIteration(beta: i64, target: i32): bool {
  let changed: u32 = 0;
  for (let k = 1; k < layerCount; k++) {
    const l = layer(k);
    if (isHeld(l)) continue;
    const nudge = pullOn(l, beta);
    const moved = nudge != 0 || isNoisy() ? nudgedEulerUpdate(l, nudge, target) : eulerUpdate(l);
    if (moved) changed |= 1 << k;
  }
  if (isTracing()) for (let k = 1; k < layerCount; k++) if (changed & (1 << k)) traceStep(layer(k), true);
  for (let k = 1; k < layerCount; k++) if (changed & (1 << k) || dense) send(layer(k));
  return changed != 0;
}

/** Colour by colour: no two layers of one are connected, so all of them minimise at once. Spiking ones come as near as a spike takes them. */
function sweep(beta: i64, target: i32): bool {
  let changed = false;
  for (let colour = 0; colour < colourCount; colour++) {
    for (let k = 1; k < layerCount; k++) {
      const l = layer(k);
      if (l.colour != colour || isHeld(l)) continue;
      const nudge = pullOn(l, beta);
      const moved = nudge != 0 ? nudgedExactUpdate(l, nudge, target) : exactUpdate(l);
      if (moved) changed = true;
      if (moved && isPresent(Ability.spikes) && relaxation == Relaxation.spiking) spike(l);
      if (moved && isTracing()) traceStep(l, false);
      if (moved || dense) send(l);
    }
  }
  return changed;
}
