// Commands that take examples, learn from them, and predict.
import { Digested, digestKey, digestStates } from '../arithmetic/digest';
import { saturationCount } from '../arithmetic/rounding';
import { freeIterations, nudge, PARAMETER_FRACTION, relaxation } from '../dynamics/parameters';
import { freePhase, nudgedPhases, prediction, squaredError } from '../dynamics/phases';
import { settled } from '../dynamics/relaxation';
import { unpackImage } from '../model/image';
import {
  batchCapacity,
  clearStaged,
  freeStates,
  image,
  isStaged,
  label,
  minusStates,
  plusStates,
  setLabel,
  setStaged,
} from '../model/minibatch';
import * as network from '../model/network';
import { update } from '../plasticity/update';
import { reply, request } from './buffers';
import { FAILED, fail } from './errors';
import {
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
} from './wire';

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
  setLabel(slot, target);
  setStaged(slot, true);
  return 0;
}

/** Whether weights are there and the first `samples` slots hold examples. */
function ready(samples: i32): bool {
  if (network.layerCount == 0) fail(ErrorCode.notConfigured);
  else if (network.step == NO_STEP) fail(ErrorCode.noWeights);
  else if (samples > batchCapacity) fail(ErrorCode.badSlot, samples, batchCapacity);
  else {
    let slot = 0;
    while (slot < samples && isStaged(slot)) slot++;
    if (slot == samples) return true;
    fail(ErrorCode.missingSample, 0, 0, slot);
  }
  return false;
}

// What a minibatch's free phases came to.
let states: u64 = 0;
let outputs: u64 = 0;
let cost: u64 = 0;
let iterations: u32 = 0;
let unsettled: u32 = 0;

function clearSums(): void {
  states = 0;
  outputs = 0;
  cost = 0;
  iterations = 0;
  unsettled = 0;
}

/** The free phase of a slot and what is reported of it. Returns the prediction. */
function settleFree(slot: i32, atMost: i32): i32 {
  iterations += freePhase(slot, atMost);
  if (!settled) unsettled++;
  const key = digestKey(Digested.free);
  const first = slot * network.unitCount;
  const output = network.outputLayer();
  const hidden = network.unitCount - output.size;
  const free = freeStates(slot);
  const ofOutputs = digestStates(key, first + hidden, free + (hidden << 1), output.size);
  outputs += ofOutputs;
  states += ofOutputs + digestStates(key, first, free, hidden);
  cost += squaredError(label(slot));
  return prediction();
}

export function train(length: i32): i32 {
  const samples = i32(TrainRequest.samples(request));
  const step = TrainRequest.step(request);
  const nudging = i32(TrainRequest.nudging(request));
  const rates = request + TrainRequest.rates;
  if (nudging > Nudging.centered)
    return fail(ErrorCode.badParameter, nudging, Nudging.centered, Parameter.nudging);
  if (network.layerCount == 0) return fail(ErrorCode.notConfigured);
  // Exact minimisation divides by 1 + β.
  const one = 1 << PARAMETER_FRACTION;
  if (relaxation == Relaxation.exact && nudging != Nudging.positive && nudge >= one)
    return fail(ErrorCode.badParameter, u32(nudge), one - 1, Parameter.nudge);
  if (network.step == NO_STEP) return fail(ErrorCode.noWeights);
  if (step < network.step) return fail(ErrorCode.alreadyApplied, step, network.step);
  if (step > network.step) return fail(ErrorCode.stepGap, step, network.step);
  if (!ready(samples)) return FAILED;
  const least = TrainRequest.SIZE + (network.connectionCount << 3);
  if (length < least) return fail(ErrorCode.badLength, length, least);
  for (let k = 0; k < network.connectionCount; k++) {
    const exponent = load<u32>(rates + (k << 2)) >> 16;
    if (exponent < 16 || exponent > 32) return fail(ErrorCode.badGain, exponent, 32, k);
  }

  clearSums();
  let nudged: u32 = 0;
  for (let slot = 0; slot < samples; slot++) {
    store<u8>(reply + TrainReply.predictions + slot, u8(settleFree(slot, freeIterations)));
    nudged += nudgedPhases(slot, nudging);
    const first = slot * network.unitCount;
    states += digestStates(digestKey(Digested.plus), first, plusStates(slot), network.unitCount);
    states += digestStates(digestKey(Digested.minus), first, minusStates(slot), network.unitCount);
  }
  // Should a trap end the update half done, the weights are not to be trusted.
  network.setStep(NO_STEP);
  update(step, samples, rates);
  clearStaged(samples);
  samplesTrained += samples;
  network.setStep(step + 1);

  TrainReply.setStates(reply, states);
  TrainReply.setOutputs(reply, outputs);
  TrainReply.setWeights(reply, network.parameterDigest);
  TrainReply.setCost(reply, cost);
  TrainReply.setStep(reply, network.step);
  TrainReply.setFreeIterations(reply, iterations);
  TrainReply.setNudgedIterations(reply, nudged);
  TrainReply.setSaturations(reply, saturationCount());
  TrainReply.setUnsettled(reply, unsettled);
  return TrainReply.SIZE + samples;
}

export function evaluate(): i32 {
  const samples = i32(EvaluateRequest.samples(request));
  const atMost = i32(EvaluateRequest.iterations(request));
  if (atMost == 0) return fail(ErrorCode.badParameter, 0, u16.MAX_VALUE, Parameter.freeIterations);
  if (!ready(samples)) return FAILED;
  clearSums();
  for (let slot = 0; slot < samples; slot++)
    store<u8>(reply + EvaluateReply.predictions + slot, u8(settleFree(slot, atMost)));
  clearStaged(samples);
  EvaluateReply.setStates(reply, states);
  EvaluateReply.setOutputs(reply, outputs);
  EvaluateReply.setCost(reply, cost);
  EvaluateReply.setFreeIterations(reply, iterations);
  EvaluateReply.setUnsettled(reply, unsettled);
  return EvaluateReply.SIZE + samples;
}
