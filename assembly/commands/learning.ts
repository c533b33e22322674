// Commands that take examples, learn from them, and predict.
import { addDigests, Digested, digestKey, digestRow } from '../arithmetic/digest';
import { saturationCount } from '../arithmetic/rounding';
import { dropPixels, inputScale } from '../dynamics/dropout';
import { isBeyondMargin } from '../dynamics/margin';
import { beginNoise, isNoisy } from '../dynamics/noise';
import { freeIterations, nudge, PARAMETER_FRACTION, relaxation } from '../dynamics/parameters';
import { freePhase, nudgedPhases, prediction, squaredError, stayFree } from '../dynamics/phases';
import { settled } from '../dynamics/relaxation';
import { shiftImage } from '../dynamics/shift';
import { sparePixels } from '../dynamics/spikes';
import { nextTurn } from '../memory/team';
import { reply, request } from '../messages/buffers';
import { FAILED, fail } from '../messages/errors';
import {
  Ability,
  ErrorCode,
  EvaluateReply,
  EvaluateRequest,
  NO_STEP,
  Nudging,
  Parameter,
  Relaxation,
  SampleRequest,
  TrainReply,
  TrainRequest,
} from '../messages/wire';
import * as model from '../model/parameters';
import * as network from '../network/graph';
import { unpackImage } from '../network/image';
import { Layer } from '../network/layer';
import {
  batchCapacity,
  clearStaged,
  freeStates,
  image,
  isStaged,
  isTraced,
  keepsStates,
  label,
  minusStates,
  plusStates,
  setLabel,
  setStaged,
} from '../network/minibatch';
import { isPresent, present } from '../network/present';
import { takeMean } from '../plasticity/centre';
import { takeDifferences } from '../plasticity/differences';
import { addContrasts } from '../plasticity/sums';
import { biasGainOf, changeWeights, finishUpdate, gainOf, rateCount } from '../plasticity/update';
import { Job, share } from './team-work';

/** Examples trained on since the device started. */
export let samplesTrained: u64 = 0;

/** Puts an example into a slot. */
export function sample(length: i32): i32 {
  if (network.layerCount == 0) return fail(ErrorCode.notConfigured);
  const slot = i32(SampleRequest.slot(request));
  if (slot >= batchCapacity) return fail(ErrorCode.badSlot, slot, batchCapacity);
  const target = i32(SampleRequest.label(request));
  const classes = network.outputLayer().size;
  if (target >= classes) return fail(ErrorCode.badLabel, target, classes, slot);
  const pixels = network.layer(0).size;
  setStaged(slot, false);
  const spelled = unpackImage(
    request + SampleRequest.image,
    length - SampleRequest.image,
    image(slot),
    pixels,
  );
  if (spelled != pixels) return fail(ErrorCode.badImage, spelled, pixels, slot);
  sparePixels(image(slot));
  setLabel(slot, target);
  setStaged(slot, true);
  return 0;
}

/** Returns whether weights are there and the first `samples` slots hold examples. */
function ready(samples: i32): bool {
  if (network.layerCount == 0) fail(ErrorCode.notConfigured);
  else if (model.step == NO_STEP) fail(ErrorCode.noWeights);
  else if (samples > batchCapacity) fail(ErrorCode.badSlot, samples, batchCapacity);
  else {
    let slot = 0;
    while (slot < samples && isStaged(slot)) slot++;
    if (slot == samples) return true;
    fail(ErrorCode.missingSample, 0, 0, slot);
  }
  return false;
}

// Results of this thread's examples of a minibatch.
export let states: u64 = 0;
export let outputs: u64 = 0;
export let cost: u64 = 0;
export let iterations: u32 = 0;
export let unsettled: u32 = 0;
export let nudgedIterations: u32 = 0;
export let nudged: u32 = 0;

export function clearResults(): void {
  states = 0;
  outputs = 0;
  cost = 0;
  iterations = 0;
  unsettled = 0;
  nudgedIterations = 0;
  nudged = 0;
}

/** Adds what another thread's examples came to. */
export function addResults(s: u64, o: u64, c: u64, i: u32, u: u32, n: u32, e: u32): void {
  states = addDigests(states, s);
  outputs = addDigests(outputs, o);
  cost += c;
  iterations += i;
  unsettled += u;
  nudgedIterations += n;
  nudged += e;
}

/** The digest of one layer's part of a slot's states. */
function digestLayer(tensor: u32, slot: i32, states: usize, l: Layer): u64 {
  const row = slot * network.unitCount + l.firstUnit;
  return digestRow<State>(digestKey(tensor), row, states + (l.firstUnit << alignof<State>()), l.size);
}

/** The free phase of a slot and what is reported of it. Returns the prediction. */
function settleFree(slot: i32, atMost: i32, scale: i32): i32 {
  iterations += freePhase(slot, atMost, scale);
  if (!settled) unsettled++;
  const ofOutputs = digestLayer(Digested.free, slot, freeStates(slot), network.outputLayer());
  outputs = addDigests(outputs, ofOutputs);
  states = addDigests(states, ofOutputs);
  for (let k = 1; k < network.layerCount - 1; k++)
    states = addDigests(states, digestLayer(Digested.free, slot, freeStates(slot), network.layer(k)));
  cost += squaredError(label(slot));
  return prediction();
}

/** Returns whether examples add to sums, which threads would do to the same ones. */
function addsToSums(): bool {
  return TEAM_LIMIT > 1 && (isTraced() || !keepsStates());
}

/** Trains on examples of the staged minibatch, one after the other, as long as there are any left. */
export function trainShare(): void {
  const samples = i32(TrainRequest.samples(request));
  const nudging = i32(TrainRequest.nudging(request));
  const step = TrainRequest.step(request);
  if (isNoisy()) beginNoise(step);
  for (let slot = nextTurn(); slot < samples; slot = nextTurn()) {
    shiftImage(slot, step);
    dropPixels(slot, step);
    store<u8>(reply + TrainReply.predictions + slot, u8(settleFree(slot, freeIterations, inputScale)));
    if (isBeyondMargin(label(slot))) stayFree(slot);
    else {
      nudgedIterations += nudgedPhases(slot, nudging);
      nudged++;
    }
    for (let k = 1; k < network.layerCount; k++) {
      const l = network.layer(k);
      states = addDigests(states, digestLayer(Digested.plus, slot, plusStates(slot), l));
      states = addDigests(states, digestLayer(Digested.minus, slot, minusStates(slot), l));
    }
    takeDifferences(slot);
    if (!keepsStates()) addContrasts(slot);
  }
}

/** The same without learning. */
export function evaluateShare(): void {
  const samples = i32(EvaluateRequest.samples(request));
  const atMost = i32(EvaluateRequest.iterations(request));
  if (isNoisy()) beginNoise(NO_STEP);
  for (let slot = nextTurn(); slot < samples; slot = nextTurn())
    store<u8>(reply + EvaluateReply.predictions + slot, u8(settleFree(slot, atMost, 4)));
}

/** Changes rows of weights, as long as there are any left. */
export function updateShare(): void {
  changeWeights(TrainRequest.step(request), i32(TrainRequest.samples(request)), request + TrainRequest.rates);
}

/** Returns whether a gain's exponent is valid; fails where not. */
function isGain(gain: u32, place: i32): bool {
  const exponent = gain >> 16;
  if (exponent >= 16 && exponent <= 32) return true;
  fail(ErrorCode.badGain, exponent, 32, place);
  return false;
}

export function train(length: i32): i32 {
  const samples = i32(TrainRequest.samples(request));
  const step = TrainRequest.step(request);
  const nudging = i32(TrainRequest.nudging(request));
  const rates = request + TrainRequest.rates;
  if (nudging > Nudging.clamped)
    return fail(ErrorCode.badParameter, nudging, Nudging.clamped, Parameter.nudging);
  if (!isPresent(Ability.clamped) && nudging == Nudging.clamped)
    return fail(ErrorCode.partLeftOut, Ability.clamped, present);
  if (network.layerCount == 0) return fail(ErrorCode.notConfigured);
  // A sweep divides by 1 + β.
  const one = 1 << PARAMETER_FRACTION;
  const goesBelow = nudging != Nudging.positive && nudging != Nudging.clamped;
  if (relaxation != Relaxation.euler && goesBelow && nudge >= one)
    return fail(ErrorCode.badParameter, nudge, one - 1, Parameter.nudge);
  if (model.step == NO_STEP) return fail(ErrorCode.noWeights);
  if (step < model.step) return fail(ErrorCode.alreadyApplied, step, model.step);
  if (step > model.step) return fail(ErrorCode.stepGap, step, model.step);
  if (!ready(samples)) return FAILED;
  const least = TrainRequest.SIZE + (rateCount() << 2);
  if (length < least) return fail(ErrorCode.badLength, length, least);
  for (let k = 0; k < network.connectionCount; k++) if (!isGain(gainOf(rates, k), k)) return FAILED;
  for (let k = 1; k < network.layerCount; k++)
    if (!isGain(biasGainOf(rates, k), network.connectionCount + k)) return FAILED;

  clearResults();
  if (step == 0) takeMean(samples);
  share(Job.train, !addsToSums());
  // Should a trap end the update half done, the weights are not to be trusted.
  model.setStep(NO_STEP);
  share(Job.update);
  finishUpdate(step, samples, rates);
  clearStaged(samples);
  samplesTrained += samples;
  model.setStep(step + 1);

  TrainReply.setStates(reply, states);
  TrainReply.setOutputs(reply, outputs);
  TrainReply.setWeights(reply, model.parameterDigest);
  TrainReply.setCost(reply, cost);
  TrainReply.setStep(reply, model.step);
  TrainReply.setFreeIterations(reply, iterations);
  TrainReply.setNudgedIterations(reply, nudgedIterations);
  TrainReply.setSaturations(reply, saturationCount());
  TrainReply.setUnsettled(reply, unsettled);
  TrainReply.setNudged(reply, nudged);
  return TrainReply.SIZE + samples;
}

export function evaluate(): i32 {
  const samples = i32(EvaluateRequest.samples(request));
  const atMost = i32(EvaluateRequest.iterations(request));
  if (atMost == 0) return fail(ErrorCode.badParameter, 0, u16.MAX_VALUE, Parameter.freeIterations);
  if (!ready(samples)) return FAILED;
  clearResults();
  // Without states that are kept all examples settle in one place.
  share(Job.evaluate, keepsStates());
  clearStaged(samples);
  EvaluateReply.setStates(reply, states);
  EvaluateReply.setOutputs(reply, outputs);
  EvaluateReply.setCost(reply, cost);
  EvaluateReply.setFreeIterations(reply, iterations);
  EvaluateReply.setUnsettled(reply, unsettled);
  return EvaluateReply.SIZE + samples;
}
