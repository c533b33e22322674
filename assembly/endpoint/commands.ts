// What the messages do. Each command reads its request, does its work, writes its reply and returns the reply's
// length, or FAILED with an error in its place.
import { Digested, digestKey, digestStates } from '../arithmetic/digest';
import { saturationCount } from '../arithmetic/rounding';
import { freeIterations, nudge, PARAMETER_FRACTION, relaxation, setDynamics } from '../dynamics/parameters';
import { freePhase, nudgedPhases, prediction, squaredError } from '../dynamics/phases';
import { settled } from '../dynamics/relaxation';
import { arenaCapacity, zero } from '../memory/arena';
import { unpackImage } from '../model/image';
import {
  batchCapacity,
  contrastRow,
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
import { setRounding, update } from '../plasticity/update';
import { reply, request } from './buffers';
import { FAILED, fail } from './errors';
import { describeTensor, tensorAddress, tensorLength, tensorWidth } from './tensors';
import {
  Code,
  ConfigureReply,
  ConfigureRequest,
  ErrorCode,
  EvaluateReply,
  EvaluateRequest,
  InitialiseReply,
  InitialiseRequest,
  LoadReply,
  LoadRequest,
  MAX_LAYERS,
  MAX_PAYLOAD,
  NO_STEP,
  Nudging,
  Option,
  ReadReply,
  ReadRequest,
  Relaxation,
  Rounding,
  SampleRequest,
  Tensor,
  TrainReply,
  TrainRequest,
  WriteRequest,
} from './wire';

/** A prediction travels as a byte. */
const MAX_OUTPUTS: i32 = 256;

/** Examples trained on since the network was configured. */
export let samplesTrained: u64 = 0;

/** Runs one request whose payload lies in `request`. */
export function execute(code: i32, length: i32): i32 {
  switch (code) {
    case Code.configure:
      return length < ConfigureRequest.SIZE ? tooShort(length, ConfigureRequest.SIZE) : configure(length);
    case Code.initialise:
      return initialise(length);
    case Code.write:
      return length < WriteRequest.SIZE ? tooShort(length, WriteRequest.SIZE) : write(length);
    case Code.read:
      return length < ReadRequest.SIZE ? tooShort(length, ReadRequest.SIZE) : read();
    case Code.load:
      return length < LoadRequest.SIZE ? tooShort(length, LoadRequest.SIZE) : load_();
    case Code.sample:
      return length < SampleRequest.SIZE ? tooShort(length, SampleRequest.SIZE) : sample(length);
    case Code.train:
      return length < TrainRequest.SIZE ? tooShort(length, TrainRequest.SIZE) : train(length);
    case Code.evaluate:
      return length < EvaluateRequest.SIZE ? tooShort(length, EvaluateRequest.SIZE) : evaluate();
    case Code.reset:
      network.clearNetwork();
      return 0;
    default:
      return fail(ErrorCode.unknownMessage, code);
  }
}

function tooShort(length: i32, least: i32): i32 {
  return fail(ErrorCode.badLength, length, least);
}

function configure(length: i32): i32 {
  const count = (length - ConfigureRequest.SIZE) >> 1;
  const sizes = request + ConfigureRequest.sizes;
  const weightFraction = i32(ConfigureRequest.weightFraction(request));
  const stateFraction = i32(ConfigureRequest.stateFraction(request));
  const epsilon = i32(ConfigureRequest.epsilon(request));
  const beta = i32(ConfigureRequest.nudge(request));
  const batch = i32(ConfigureRequest.batch(request));
  const method = i32(ConfigureRequest.relaxation(request));
  const rounding = i32(ConfigureRequest.rounding(request));
  const options = i32(ConfigureRequest.options(request));

  if (count < 2 || count > MAX_LAYERS) return fail(ErrorCode.badLayers, count, MAX_LAYERS);
  for (let k = 0; k < count; k++)
    if (load<u16>(sizes + (k << 1)) == 0) return fail(ErrorCode.badSize, 0, 0xffff, k);
  const outputs = i32(load<u16>(sizes + ((count - 1) << 1)));
  if (outputs > MAX_OUTPUTS) return fail(ErrorCode.badSize, outputs, MAX_OUTPUTS, count - 1);
  if (weightFraction > 15) return fail(ErrorCode.badFormat, weightFraction, 15, 0);
  if (stateFraction > 14 || stateFraction < network.PIXEL_FRACTION)
    return fail(ErrorCode.badFormat, stateFraction, 14, 1);
  if (epsilon == 0 || epsilon > 1 << 12) return fail(ErrorCode.badParameter, epsilon, 1 << 12, 1);
  if (batch == 0 || batch > 512) return fail(ErrorCode.badParameter, batch, 512, 2);
  if (method > Relaxation.exact) return fail(ErrorCode.badParameter, method, Relaxation.exact, 3);
  if (rounding > Rounding.nearest) return fail(ErrorCode.badParameter, rounding, Rounding.nearest, 4);

  network.clearNetwork();
  network.setFormats(weightFraction, stateFraction);
  const dense = (options & Option.dense) != 0;
  const needed = network.describeNetwork(sizes, count, batch, dense, ConfigureRequest.seed(request));
  if (!network.fits()) {
    network.clearNetwork();
    return fail(ErrorCode.arenaTooSmall, u32(min<u64>(needed, u32.MAX_VALUE)), arenaCapacity());
  }
  setDynamics(
    method,
    epsilon,
    beta,
    ConfigureRequest.freeIterations(request),
    ConfigureRequest.nudgedIterations(request),
    (options & Option.persistent) != 0,
  );
  setRounding(rounding);
  samplesTrained = 0;
  unstage(batch);
  let widest = 0;
  for (let k = 1; k < count; k++) widest = max(widest, network.layer(k).size);
  zero(contrastRow, widest << 3);

  ConfigureReply.setNeeded(reply, u32(needed));
  ConfigureReply.setArena(reply, arenaCapacity());
  ConfigureReply.setWeights(reply, network.weightCount);
  ConfigureReply.setBiases(reply, network.biasCount);
  ConfigureReply.setUnits(reply, network.unitCount);
  return ConfigureReply.SIZE;
}

function unstage(slots: i32): void {
  for (let slot = 0; slot < slots; slot++) setStaged(slot, false);
}

function initialise(length: i32): i32 {
  if (network.layerCount == 0) return fail(ErrorCode.notConfigured);
  const least = network.connectionCount << 2;
  if (length < least) return tooShort(length, least);
  network.initialise(request + InitialiseRequest.limits);
  network.setStep(0);
  InitialiseReply.setDigest(reply, network.parameterDigest);
  return InitialiseReply.SIZE;
}

function write(length: i32): i32 {
  const tensor = i32(WriteRequest.tensor(request));
  if (!describeTensor(tensor, WriteRequest.index(request))) return FAILED;
  const bytes = length - WriteRequest.SIZE;
  const offset = WriteRequest.offset(request);
  const end = u64(offset) + bytes / tensorWidth;
  if (end > tensorLength || bytes % tensorWidth != 0)
    return fail(ErrorCode.badRange, u32(end), tensorLength, tensor);
  const to = tensorAddress + offset * tensorWidth;
  const from = request + WriteRequest.data;
  for (let i = 0; i < bytes; i++) store<u8>(to + i, load<u8>(from + i));
  if (tensor == Tensor.weights || tensor == Tensor.biases) network.setStep(NO_STEP);
  return 0;
}

function read(): i32 {
  const tensor = i32(ReadRequest.tensor(request));
  if (!describeTensor(tensor, ReadRequest.index(request))) return FAILED;
  const offset = ReadRequest.offset(request);
  const end = u64(offset) + ReadRequest.count(request);
  if (end > tensorLength) return fail(ErrorCode.badRange, u32(end), tensorLength, tensor);
  const bytes = i32(ReadRequest.count(request)) * tensorWidth;
  if (bytes > MAX_PAYLOAD) return fail(ErrorCode.badRange, bytes, MAX_PAYLOAD, tensor);
  const from = tensorAddress + offset * tensorWidth;
  for (let i = 0; i < bytes; i++) store<u8>(reply + ReadReply.data + i, load<u8>(from + i));
  return ReadReply.data + bytes;
}

function load_(): i32 {
  if (network.layerCount == 0) return fail(ErrorCode.notConfigured);
  const digest = network.digestParameters();
  const expected = LoadRequest.digest(request);
  if (digest != expected) return fail(ErrorCode.digestMismatch, u32(digest), u32(expected));
  network.addToDigest(digest - network.parameterDigest);
  network.setStep(LoadRequest.step(request));
  LoadReply.setDigest(reply, digest);
  return LoadReply.SIZE;
}

function sample(length: i32): i32 {
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
function settleFree(slot: i32, most: i32): i32 {
  iterations += freePhase(slot, most);
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

function train(length: i32): i32 {
  const samples = i32(TrainRequest.samples(request));
  const step = TrainRequest.step(request);
  const nudging = i32(TrainRequest.nudging(request));
  const rates = request + TrainRequest.rates;
  if (nudging > Nudging.centered) return fail(ErrorCode.badParameter, nudging, Nudging.centered, 5);
  if (network.layerCount == 0) return fail(ErrorCode.notConfigured);
  // Exact minimisation divides by 1 + β.
  const one = 1 << PARAMETER_FRACTION;
  if (relaxation == Relaxation.exact && nudging != Nudging.positive && nudge >= one)
    return fail(ErrorCode.badParameter, u32(nudge), one - 1, 6);
  if (network.step == NO_STEP) return fail(ErrorCode.noWeights);
  if (step < network.step) return fail(ErrorCode.alreadyApplied, step, network.step);
  if (step > network.step) return fail(ErrorCode.stepGap, step, network.step);
  if (!ready(samples)) return FAILED;
  const least = TrainRequest.SIZE + (network.connectionCount << 3);
  if (length < least) return tooShort(length, least);
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
  update(samples, rates);
  unstage(samples);
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

function evaluate(): i32 {
  const samples = i32(EvaluateRequest.samples(request));
  if (!ready(samples)) return FAILED;
  clearSums();
  for (let slot = 0; slot < samples; slot++)
    store<u8>(
      reply + EvaluateReply.predictions + slot,
      u8(settleFree(slot, EvaluateRequest.iterations(request))),
    );
  unstage(samples);
  EvaluateReply.setStates(reply, states);
  EvaluateReply.setOutputs(reply, outputs);
  EvaluateReply.setCost(reply, cost);
  EvaluateReply.setFreeIterations(reply, iterations);
  EvaluateReply.setUnsettled(reply, unsettled);
  return EvaluateReply.SIZE + samples;
}
