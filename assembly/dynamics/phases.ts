// The phases of one example: free, then nudged. Both phases of centered nudging start from the free state
// (Laborieux et al. 2021).

import { keep } from '../connections/kinds';
import { copy, zero } from '../memory/arena';
import { Ability, Nudging } from '../messages/wire';
import {
  connection,
  connectionCount,
  layer,
  layerCount,
  outputLayer,
  stateFraction,
  unitCount,
} from '../network/graph';
import { freeStates, isTraced, label, minusStates, plusStates, Side } from '../network/minibatch';
import { isPresent } from '../network/present';
import { trace, traceStep } from '../plasticity/trace';
import { clampInput, send } from './drives';
import { NextStates } from './next';
import { beginPhase, isNoisy } from './noise';
import { nudge, nudgedIterations, persistent } from './parameters';
import { relax } from './relaxation';

/** Moves all free units to given states, State[unitCount], clipped to [0, 1], and tells their neighbours. */
function moveTo(states: usize): void {
  for (let k = 1; k < layerCount; k++) {
    const l = layer(k);
    const from = states + (l.firstUnit << alignof<State>());
    let changed: i32 = 0;
    let i = 0;
    if (ASC_FEATURE_SIMD) {
      let bits = i16x8.splat(0);
      for (; i + 8 <= l.size; i += 8)
        bits = v128.or(
          bits,
          NextStates.storeNext(l, i, v128.load(l.states + (i << 1)), v128.load(from + (i << 1))),
        );
      changed = i32(v128.any_true(bits));
    }
    for (; i < l.size; i++) {
      const at = i << alignof<State>();
      const next = min<i32>(max<i32>(load<State>(from + at), 0), 1 << stateFraction);
      const change = next - load<State>(l.states + at);
      store<State>(l.states + at, next);
      store<State>(l.changes + at, change);
      changed |= change;
    }
    if (changed != 0) send(l);
  }
}

function saveStates(to: usize): void {
  for (let k = 1; k < layerCount; k++)
    copy<State>(to + (layer(k).firstUnit << alignof<State>()), layer(k).states, layer(k).size);
}

/** Has connections that choose keep what they chose. */
function keepChoices(slot: i32, side: i32): void {
  for (let k = 0; k < connectionCount; k++) keep(connection(k), slot, side);
}

/** Relaxes a slot's example, its pixels `scale` quarters strong, free and keeps the state it settles in. Returns the iterations run. */
export function freePhase(slot: i32, iterations: i32, scale: i32): i32 {
  clampInput(slot, scale);
  for (let k = 1; k < layerCount; k++) {
    zero(layer(k).states, layer(k).size << alignof<State>());
  }
  if (persistent) moveTo(freeStates(slot));
  if (isNoisy()) beginPhase(slot, 0);
  const n = relax(iterations, 0, -1);
  saveStates(freeStates(slot));
  return n;
}

/** Moves the output to the target, all of the way (contrastive Hebbian learning). */
function clampOutput(target: i32): void {
  const output = outputLayer();
  for (let i = 0; i < output.size; i++) {
    const at = i << alignof<State>();
    const next = i == target ? 1 << stateFraction : 0;
    store<State>(output.changes + at, next - i32(load<State>(output.states + at)));
    store<State>(output.states + at, next);
  }
  if (isTraced()) traceStep(output, false);
  send(output);
  // It moves no more.
  zero(output.changes, output.size << alignof<State>());
}

/** Follows the free phase of the same slot where no nudged one does: there is no contrast. */
export function stayFree(slot: i32): void {
  keepChoices(slot, Side.plus);
  keepChoices(slot, Side.minus);
  copy<State>(plusStates(slot), freeStates(slot), unitCount);
  copy<State>(minusStates(slot), freeStates(slot), unitCount);
}

/** Follows the free phase of the same slot. Returns the iterations run, over both phases where there are two. */
export function nudgedPhases(slot: i32, nudging: i32): i32 {
  const free = freeStates(slot);
  const target = label(slot);
  let n = 0;
  if (isNoisy()) beginPhase(slot, 1);
  if (isTraced()) trace(1);
  keepChoices(slot, Side.plus);
  keepChoices(slot, Side.minus);
  if (isPresent(Ability.clamped) && nudging == Nudging.clamped) {
    clampOutput(target);
    n += relax(nudgedIterations, 0, -1, true);
  } else if (nudging == Nudging.negative) {
    copy<State>(plusStates(slot), free, unitCount);
  } else {
    n += relax(nudgedIterations, nudge, target);
  }
  if (nudging != Nudging.negative) {
    saveStates(plusStates(slot));
    keepChoices(slot, Side.plus);
  }
  if (nudging == Nudging.positive || (isPresent(Ability.clamped) && nudging == Nudging.clamped)) {
    copy<State>(minusStates(slot), free, unitCount);
  } else {
    if (nudging == Nudging.centered) moveTo(free);
    if (isNoisy()) beginPhase(slot, 2);
    if (isTraced()) trace(-1);
    n += relax(nudgedIterations, -i64(nudge), target);
    saveStates(minusStates(slot));
    keepChoices(slot, Side.minus);
  }
  if (isTraced()) trace(0);
  return n;
}

/** The output unit with the largest state (Eq. 51), the first of equals. */
export function prediction(): i32 {
  const output = outputLayer();
  let best = 0;
  for (let i = 1; i < output.size; i++) if (output.stateOf(i) > output.stateOf(best)) best = i;
  return best;
}

/** ‖y − t‖² of the output (Eq. 52), twice the state format's fractional bits. */
export function squaredError(target: i32): u64 {
  const output = outputLayer();
  let sum: u64 = 0;
  for (let i = 0; i < output.size; i++) {
    const error = i64(output.stateOf(i)) - (i == target ? 1 << stateFraction : 0);
    sum += u64(error * error);
  }
  return sum;
}
