// Commands that lay a network out and draw its weights.
import { draw, growth, isPossible, KINDS } from '../connections/kinds';
import { setDropout } from '../dynamics/dropout';
import { setMargin } from '../dynamics/margin';
import { setNoise } from '../dynamics/noise';
import { PARAMETER_FRACTION, setDynamics } from '../dynamics/parameters';
import { setInputPull } from '../dynamics/pull';
import { setShift } from '../dynamics/shift';
import { setPixelSpikes } from '../dynamics/spikes';
import { ARENA_PARTS_BYTES, arenaCapacity, arenaParts } from '../memory/arena';
import { gatherTeam, teamSize } from '../memory/team';
import { copyBytes, reply, request } from '../messages/buffers';
import { FAILED, fail } from '../messages/errors';
import {
  Ability,
  ConfigureReply,
  ConfigureRequest,
  ConnectionKind,
  ConnectionRecord,
  ErrorCode,
  InitialiseReply,
  InitialiseRequest,
  LayerRecord,
  LIMIT_BITS,
  MAX_BATCH,
  MAX_CONNECTIONS,
  MAX_LAYERS,
  MAX_OUTPUTS,
  MAX_SHIFT,
  MAX_SUM_BITS,
  MAX_UNITS,
  NoiseForm,
  Option,
  Parameter,
  Relaxation,
  Rounding,
  Rule,
  Ways,
} from '../messages/wire';
import { fits, layOut } from '../model/layout';
import {
  clearModel,
  initialise as drawWeights,
  LIMIT_MASK,
  parameterDigest,
  setStep,
} from '../model/parameters';
import { bitsAlong, isCentred, setCentred } from '../network/centre';
import {
  biasCount,
  connection,
  connectionCount,
  layerCount,
  PIXEL_FRACTION,
  setForm,
  stateFraction,
  unitCount,
  weightCount,
} from '../network/graph';
import { batchCapacity, clearMinibatch } from '../network/minibatch';
import { isPresent, present } from '../network/present';
import { contrastFraction } from '../network/sums';
import { clearSums } from '../plasticity/sums';
import { setPenalty, setRounding } from '../plasticity/update';
import { Job, share } from './team-work';

/** Initial weights reach ±4 at most: 24 fractional bits. */
const MAX_INITIAL_LIMIT: u32 = 1 << 26;

/** Fractional bits that weights of each width may have, states, and both together: what is left are sums and products in 64 bits. */
const MOST_WEIGHT_FRACTION: i32 = sizeof<Weight>() == 1 ? 12 : sizeof<Weight>() == 2 ? 15 : 30;
const MOST_STATE_FRACTION: i32 = sizeof<State>() == 2 ? 14 : 18;
const MOST_DRIVE_FRACTION: i32 = sizeof<Drive>() == 4 ? 29 : 44;
const LEAST_STATE_FRACTION: i32 = 6;
const MOST_NOISE_FORM: i32 = NoiseForm.leaky | NoiseForm.shared;

/** Returns whether the records describe layers; fails where not. */
function areLayers(records: usize, count: i32): bool {
  if (count < 2 || count > MAX_LAYERS) {
    fail(ErrorCode.badLayers, count, MAX_LAYERS);
    return false;
  }
  for (let k = 0; k < count; k++) {
    const record = records + k * LayerRecord.SIZE;
    const places = u64(LayerRecord.rows(record)) * LayerRecord.columns(record);
    const size = places * LayerRecord.channels(record);
    const most: u32 = k == count - 1 ? MAX_OUTPUTS : MAX_UNITS;
    if (size > 0 && size <= most) continue;
    fail(ErrorCode.badSize, u32(min<u64>(size, u32.MAX_VALUE)), most, k);
    return false;
  }
  return true;
}

/** Returns whether the records after those of the layers describe connections between them; fails where not. */
function areConnections(layers: usize, layerCount: i32, records: usize, count: i32): bool {
  if (count < 1 || count > MAX_CONNECTIONS) {
    fail(ErrorCode.badConnections, count, MAX_CONNECTIONS);
    return false;
  }
  for (let k = 0; k < count; k++) {
    const record = records + k * ConnectionRecord.SIZE;
    const pre = i32(ConnectionRecord.pre(record));
    const post = i32(ConnectionRecord.post(record));
    const kind = i32(ConnectionRecord.kind(record));
    const ways = i32(ConnectionRecord.ways(record));
    const rule = i32(ConnectionRecord.rule(record));
    const isInside = isPresent(ConnectionKind.lateral) && kind == ConnectionKind.lateral;
    const goesOn = isInside ? pre == post && pre > 0 : pre < post;
    if (kind >= KINDS) fail(ErrorCode.badKind, kind, KINDS - 1, k);
    else if (!isPresent(kind)) fail(ErrorCode.partLeftOut, kind, present, k);
    else if (!goesOn || post >= layerCount) fail(ErrorCode.badConnection, post, layerCount - 1, k);
    else if ((ways | rule) != 0 && !isPresent(Ability.oneWay))
      fail(ErrorCode.partLeftOut, Ability.oneWay, present, k);
    else if (rule == Rule.rates && !isPresent(Ability.rates))
      fail(ErrorCode.partLeftOut, Ability.rates, present, k);
    else if (isPresent(Ability.oneWay) && !areWays(pre, kind, ways, rule, k)) return false;
    else if (isPossible(kind, record, layers + pre * LayerRecord.SIZE, layers + post * LayerRecord.SIZE, k))
      continue;
    return false;
  }
  return true;
}

/**
 * Returns whether a connection can go these ways and learn by this rule; fails where not. Nothing is sent back to the input, and
 * within a layer there is but one way, and no unit that is the one that sends.
 */
function areWays(pre: i32, kind: i32, ways: i32, rule: i32, place: i32): bool {
  const isInside = kind == ConnectionKind.lateral;
  const mostWays = isInside ? Ways.both : pre == 0 ? Ways.forth : Ways.back;
  const mostRule = isInside ? Rule.contrast : Rule.rates;
  if (ways > mostWays) fail(ErrorCode.badWords, ways, mostWays, place);
  else if (rule > mostRule) fail(ErrorCode.badWords, rule, mostRule, place);
  else return true;
  return false;
}

/** Returns whether the first connection is a dense one from the input to units with a bias each, and no other begins there; fails where not. */
function canBeCentred(layers: usize, connections: usize, count: i32): bool {
  for (let k = 0; k < count; k++) {
    const record = connections + k * ConnectionRecord.SIZE;
    const post = layers + ConnectionRecord.post(record) * LayerRecord.SIZE;
    const isFirst =
      k == 0 && ConnectionRecord.kind(record) == ConnectionKind.dense && LayerRecord.biasEach(post) == 0;
    if ((ConnectionRecord.pre(record) == 0) == isFirst) continue;
    fail(ErrorCode.badParameter, k, 0, Parameter.centred);
    return false;
  }
  return true;
}

/** Returns whether a sweep minimises every layer by itself; fails where the units of one are joined. */
function areColoured(connections: usize, count: i32): bool {
  if (!isPresent(ConnectionKind.lateral)) return true;
  for (let k = 0; k < count; k++) {
    const record = connections + k * ConnectionRecord.SIZE;
    if (ConnectionRecord.kind(record) != ConnectionKind.lateral) continue;
    fail(ErrorCode.lateralExact, ConnectionRecord.pre(record), 0, k);
    return false;
  }
  return true;
}

/** Returns whether weights of the connections and states go together; fails where not. */
function areFormats(connections: usize, count: i32, states: i32): bool {
  let coarsest = MOST_WEIGHT_FRACTION;
  let finest = 0;
  // The least bits of a weight that is multiplied by so much more than a rate.
  let scarcest = MOST_WEIGHT_FRACTION;
  for (let k = 0; k < count; k++) {
    const record = connections + k * ConnectionRecord.SIZE;
    const fraction = i32(ConnectionRecord.fraction(record));
    if (fraction > MOST_WEIGHT_FRACTION) {
      fail(ErrorCode.badFormat, fraction, MOST_WEIGHT_FRACTION, k);
      return false;
    }
    coarsest = min(coarsest, fraction);
    finest = max(finest, fraction);
    scarcest = min(scarcest, fraction - growth(i32(ConnectionRecord.kind(record)), record));
  }
  if (states > MOST_STATE_FRACTION || states < LEAST_STATE_FRACTION) {
    fail(ErrorCode.badFormat, states, MOST_STATE_FRACTION, count);
    return false;
  }
  // An update cuts off the fraction of a product of two rates and of its gain, less the weight's: 62 bits at most.
  const exactStates = (coarsest + 30) >> 1;
  if (states > exactStates) {
    fail(ErrorCode.badFormat, states, exactStates, count);
    return false;
  }
  // A rate scaled up for its connection, or a sum of them, must still be a State; a bias's update must cut bits off.
  const rates = max(states, PIXEL_FRACTION);
  const scaled = rates + finest - scarcest;
  const most = sizeof<State>() == 2 ? 14 : 30;
  if (scaled > most) fail(ErrorCode.badFormat, scaled, most, count + 1);
  else if (rates + finest > MOST_DRIVE_FRACTION)
    fail(ErrorCode.badFormat, rates + finest, MOST_DRIVE_FRACTION, count + 1);
  else if (finest > states + 15) fail(ErrorCode.badFormat, finest, states + 15, count + 1);
  else return true;
  return false;
}

/** Returns whether the contrasts of a whole minibatch can be summed exactly; fails where not. */
function areSumsExact(): bool {
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.isFixed) continue;
    const steps = c.learnsByRates ? 2 * i32(ConfigureRequest.nudgedIterations(request)) + 2 : 1;
    const terms = u64(batchCapacity) * c.repeats * steps;
    const bits = 64 - i32(clz(terms - 1)) + contrastFraction(c, stateFraction);
    if (bits <= MAX_SUM_BITS) continue;
    fail(ErrorCode.badSum, bits, MAX_SUM_BITS, k);
    return false;
  }
  const bits = isCentred() ? bitsAlong(batchCapacity) + stateFraction : 0;
  if (bits <= MAX_SUM_BITS) return true;
  fail(ErrorCode.badSum, bits, MAX_SUM_BITS, 0);
  return false;
}

/** Returns whether a number lies between two others; fails where not. */
function isWithin(value: i32, least: i32, most: i32, parameter: i32): bool {
  if (value >= least && value <= most) return true;
  fail(ErrorCode.badParameter, value, most, parameter);
  return false;
}

/** Returns whether layer 1 has a unit a pixel, to be pulled towards it; fails where not. */
function canBePulled(layers: usize): bool {
  const inputs = unitsOf(layers);
  return isWithin(unitsOf(layers + LayerRecord.SIZE), inputs, inputs, Parameter.inputPull);
}

/** Units of a layer that is possible. */
function unitsOf(record: usize): i32 {
  return i32(LayerRecord.rows(record)) * i32(LayerRecord.columns(record)) * i32(LayerRecord.channels(record));
}

/** Rows and columns that images may be shifted by, so that something of them is left. A vector has but one of each. */
function mostShift(input: usize): i32 {
  const side = min(i32(LayerRecord.rows(input)), i32(LayerRecord.columns(input)));
  return min(side - 1, MAX_SHIFT);
}

/** Lays a network out in the arena. */
export function configure(length: i32): i32 {
  const layers = i32(ConfigureRequest.layers(request));
  const connections = i32(ConfigureRequest.connections(request));
  const layersAt = request + ConfigureRequest.records;
  const connectionsAt = layersAt + layers * LayerRecord.SIZE;
  const states = i32(ConfigureRequest.stateFraction(request));
  const whole = ConfigureRequest.SIZE + layers * LayerRecord.SIZE + connections * ConnectionRecord.SIZE;
  if (length != whole) return fail(ErrorCode.badLength, length, whole);
  // Quarters of a pixel need two bits.
  const strongest = states < PIXEL_FRACTION + 2 ? 4 : 8;
  if (
    !areLayers(layersAt, layers) ||
    !areConnections(layersAt, layers, connectionsAt, connections) ||
    !areFormats(connectionsAt, connections, states) ||
    !isWithin(ConfigureRequest.epsilon(request), 1, 1 << 12, Parameter.epsilon) ||
    !isWithin(ConfigureRequest.batch(request), 1, MAX_BATCH, Parameter.batch) ||
    !isWithin(ConfigureRequest.relaxation(request), 0, Relaxation.spiking, Parameter.relaxation) ||
    !isWithin(ConfigureRequest.freeIterations(request), 1, u16.MAX_VALUE, Parameter.freeIterations) ||
    !isWithin(ConfigureRequest.nudgedIterations(request), 1, u16.MAX_VALUE, Parameter.nudgedIterations) ||
    !isWithin(ConfigureRequest.rounding(request), 0, Rounding.nearest, Parameter.rounding) ||
    !isWithin(ConfigureRequest.inputScale(request), 4, strongest, Parameter.inputScale) ||
    !isWithin(ConfigureRequest.shift(request), 0, mostShift(layersAt), Parameter.shift) ||
    !isWithin(ConfigureRequest.margin(request), 0, 1 << PARAMETER_FRACTION, Parameter.margin)
  )
    return FAILED;
  const isSwept = ConfigureRequest.relaxation(request) != Relaxation.euler;
  const noise = i32(ConfigureRequest.noise(request));
  const pixelSpikes = i32(ConfigureRequest.pixelSpikes(request));
  const isSpiking = ConfigureRequest.relaxation(request) == Relaxation.spiking || pixelSpikes != 0;
  const options = i32(ConfigureRequest.options(request));
  const isCentred = (options & Option.centred) != 0;
  const isPulled = ConfigureRequest.inputPull(request) != 0;
  let lacking = 0;
  if (!isPresent(Ability.noise) && noise != 0) lacking = Ability.noise;
  if (!isPresent(Ability.spikes) && isSpiking) lacking = Ability.spikes;
  if (!isPresent(Ability.centred) && isCentred) lacking = Ability.centred;
  if (!isPresent(Ability.pulledInput) && isPulled) lacking = Ability.pulledInput;
  if (!isPresent(Ability.l1) && (options & Option.l1) != 0) lacking = Ability.l1;
  if (lacking != 0) return fail(ErrorCode.partLeftOut, lacking, present);
  if (
    isPresent(Ability.noise) &&
    (!isWithin(noise, 0, isSwept ? 0 : u16.MAX_VALUE, Parameter.noise) ||
      !isWithin(ConfigureRequest.noiseForm(request), 0, MOST_NOISE_FORM, Parameter.noiseForm))
  )
    return FAILED;
  if (isPresent(Ability.spikes) && !isWithin(pixelSpikes, 0, PIXEL_FRACTION, Parameter.pixelSpikes))
    return FAILED;
  if (isPresent(Ability.centred) && isCentred && !canBeCentred(layersAt, connectionsAt, connections))
    return FAILED;
  if (isPresent(Ability.pulledInput) && isPulled && !canBePulled(layersAt)) return FAILED;
  if (isSwept && !areColoured(connectionsAt, connections)) return FAILED;

  clearModel();
  gatherTeam();
  const needed = adopt();
  if (!fits()) {
    clearModel();
    return fail(ErrorCode.arenaTooSmall, u32(min<u64>(needed, u32.MAX_VALUE)), arenaCapacity());
  }
  if (!areSumsExact()) {
    clearModel();
    return FAILED;
  }
  clearMinibatch();
  clearSums();
  for (let k = 0; k < connections; k++) draw(connection(k), connectionsAt + k * ConnectionRecord.SIZE, k);
  share(Job.configure);

  ConfigureReply.setNeeded(reply, u32(needed));
  ConfigureReply.setArena(reply, arenaCapacity());
  ConfigureReply.setWeights(reply, weightCount);
  ConfigureReply.setBiases(reply, biasCount);
  ConfigureReply.setUnits(reply, unitCount);
  copyBytes(reply + ConfigureReply.parts, arenaParts, ARENA_PARTS_BYTES);
  return ConfigureReply.SIZE + ARENA_PARTS_BYTES;
}

/** Takes over what a valid request says; every thread does, for itself. Returns the bytes of arena that the network needs. */
export function adopt(): u64 {
  const options = i32(ConfigureRequest.options(request));
  setDynamics(
    i32(ConfigureRequest.relaxation(request)),
    i32(ConfigureRequest.epsilon(request)),
    i32(ConfigureRequest.nudge(request)),
    i32(ConfigureRequest.freeIterations(request)),
    i32(ConfigureRequest.nudgedIterations(request)),
    (options & Option.persistent) != 0,
  );
  setRounding(i32(ConfigureRequest.rounding(request)));
  if (isPresent(Ability.spikes)) setPixelSpikes(i32(ConfigureRequest.pixelSpikes(request)));
  if (isPresent(Ability.pulledInput)) setInputPull(i32(ConfigureRequest.inputPull(request)));
  if (isPresent(Ability.l1)) setPenalty((options & Option.l1) != 0);
  if (isPresent(Ability.noise))
    setNoise(i32(ConfigureRequest.noise(request)), i32(ConfigureRequest.noiseForm(request)));
  setMargin(i32(ConfigureRequest.margin(request)));
  setDropout(i32(ConfigureRequest.inputScale(request)));
  setShift(i32(ConfigureRequest.shift(request)));
  setCentred((options & Option.centred) != 0);
  setForm((options & Option.dense) != 0, ConfigureRequest.seed(request));
  return layOut(
    request + ConfigureRequest.records,
    ConfigureRequest.layers(request),
    ConfigureRequest.connections(request),
    ConfigureRequest.stateFraction(request),
    ConfigureRequest.batch(request),
    (ASC_FEATURE_THREADS && teamSize() > 1) || (options & Option.persistent) != 0,
  );
}

/** Draws the weights. */
export function initialise(length: i32): i32 {
  if (layerCount == 0) return fail(ErrorCode.notConfigured);
  const least = connectionCount << 2;
  if (length < least) return fail(ErrorCode.badLength, length, least);
  for (let k = 0; k < connectionCount; k++) {
    const word = load<u32>(request + InitialiseRequest.limits + (k << 2));
    const limit = isPresent(Ability.oneWay) ? word & LIMIT_MASK : word;
    const earlier = isPresent(Ability.oneWay) ? word >> LIMIT_BITS : 0;
    if (limit > MAX_INITIAL_LIMIT)
      return fail(ErrorCode.badParameter, limit, MAX_INITIAL_LIMIT, Parameter.limit);
    if (earlier > u32(k)) return fail(ErrorCode.badParameter, earlier, k, Parameter.limit);
  }
  drawWeights(request + InitialiseRequest.limits);
  setStep(0);
  InitialiseReply.setDigest(reply, parameterDigest);
  return InitialiseReply.SIZE;
}
