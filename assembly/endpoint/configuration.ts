// Commands that lay a network out and draw its weights.
import { setDropout } from '../dynamics/dropout';
import { setDynamics } from '../dynamics/parameters';
import { ARENA_PARTS_BYTES, arenaCapacity, arenaParts } from '../memory/arena';
import { gatherTeam } from '../memory/team';
import { drawFields, setFields } from '../model/fields';
import { clearMinibatch } from '../model/minibatch';
import * as network from '../model/network';
import { setRounding } from '../plasticity/update';
import { copyBytes, reply, request } from './buffers';
import { FAILED, fail } from './errors';
import { Job, share } from './team-work';
import {
  ConfigureReply,
  ConfigureRequest,
  ErrorCode,
  InitialiseReply,
  InitialiseRequest,
  MAX_BATCH,
  MAX_LAYERS,
  MAX_OUTPUTS,
  Option,
  Parameter,
  Relaxation,
  Rounding,
} from './wire';

/** Initial weights reach ±4 at most: 24 fractional bits. */
const MAX_INITIAL_LIMIT: u32 = 1 << 26;

/** Of the last CONFIGURE. */
export let configuredLength: i32 = 0;

/** Fractional bits that weights of each width may have, states, and both together: what is left are sums and products in 64 bits. */
const MOST_WEIGHT_FRACTION: i32 = sizeof<Weight>() == 1 ? 12 : sizeof<Weight>() == 2 ? 15 : 30;
const MOST_STATE_FRACTION: i32 = sizeof<State>() == 2 ? 14 : 18;
const MOST_DRIVE_FRACTION: i32 = sizeof<Drive>() == 4 ? 29 : 44;

/** The shape's sizes; one fewer fractions follow. */
function layersOf(length: i32): i32 {
  return (((length - ConfigureRequest.SIZE) >> 1) + 1) >> 1;
}

/** Whether weights of the connections (u16[count] fractional bits) and states go together, or fails. */
function areFormats(fractions: usize, count: i32, states: i32): bool {
  let coarsest = MOST_WEIGHT_FRACTION;
  for (let k = 0; k < count; k++) {
    const fraction = i32(load<u16>(fractions + (k << 1)));
    if (fraction > MOST_WEIGHT_FRACTION) {
      fail(ErrorCode.badFormat, fraction, MOST_WEIGHT_FRACTION, k);
      return false;
    }
    coarsest = min(coarsest, fraction);
  }
  if (states > MOST_STATE_FRACTION || states < network.PIXEL_FRACTION) {
    fail(ErrorCode.badFormat, states, MOST_STATE_FRACTION, count);
    return false;
  }
  // An update cuts off the fraction of a product of two rates and of its gain, less the weight's: 62 bits at most.
  const exactStates = (coarsest + 30) >> 1;
  if (states > exactStates) {
    fail(ErrorCode.badFormat, states, exactStates, count);
    return false;
  }
  const finest = network.finest(fractions, count);
  // A rate scaled up for the coarsest connection must still be a State, and a bias's update must cut bits off.
  const scaled = states + finest - coarsest;
  const most = sizeof<State>() == 2 ? 14 : 30;
  if (scaled > most) fail(ErrorCode.badFormat, scaled, most, count + 1);
  else if (states + finest > MOST_DRIVE_FRACTION)
    fail(ErrorCode.badFormat, states + finest, MOST_DRIVE_FRACTION, count + 1);
  else if (finest > states + 15) fail(ErrorCode.badFormat, finest, states + 15, count + 1);
  else return true;
  return false;
}

/** Whether windows of the asked sizes have room in an image, or fails. */
function areFields(pixels: i32): bool {
  const width = i32(ConfigureRequest.imageWidth(request));
  const least = i32(ConfigureRequest.fieldLeast(request));
  const most = i32(ConfigureRequest.fieldMost(request));
  if (width == 0) return true;
  const height = pixels / width;
  if (width > 255 || height > 255 || width * height != pixels)
    fail(ErrorCode.badParameter, width, 255, Parameter.imageWidth);
  else if (least == 0 || least > most || most > min(width, height))
    fail(ErrorCode.badParameter, most, min(width, height), Parameter.field);
  else return true;
  return false;
}

/** Lays a network out in the arena. */
export function configure(length: i32): i32 {
  configuredLength = length;
  const count = layersOf(length);
  const sizes = request + ConfigureRequest.shape;
  const stateFraction = i32(ConfigureRequest.stateFraction(request));
  const epsilon = i32(ConfigureRequest.epsilon(request));
  const batch = i32(ConfigureRequest.batch(request));
  const method = i32(ConfigureRequest.relaxation(request));
  const rounding = i32(ConfigureRequest.rounding(request));
  const freeIterations = i32(ConfigureRequest.freeIterations(request));
  const nudgedIterations = i32(ConfigureRequest.nudgedIterations(request));

  const whole = ConfigureRequest.SIZE + ((2 * count - 1) << 1);
  if (length != whole) return fail(ErrorCode.badLength, length, whole);
  if (count < 2 || count > MAX_LAYERS) return fail(ErrorCode.badLayers, count, MAX_LAYERS);
  for (let k = 0; k < count; k++)
    if (load<u16>(sizes + (k << 1)) == 0) return fail(ErrorCode.badSize, 0, 0xffff, k);
  const outputs = i32(load<u16>(sizes + ((count - 1) << 1)));
  if (outputs > MAX_OUTPUTS) return fail(ErrorCode.badSize, outputs, MAX_OUTPUTS, count - 1);
  if (!areFormats(sizes + (count << 1), count - 1, stateFraction)) return FAILED;
  if (epsilon == 0 || epsilon > 1 << 12)
    return fail(ErrorCode.badParameter, epsilon, 1 << 12, Parameter.epsilon);
  if (batch == 0 || batch > MAX_BATCH) return fail(ErrorCode.badParameter, batch, MAX_BATCH, Parameter.batch);
  if (method > Relaxation.exact)
    return fail(ErrorCode.badParameter, method, Relaxation.exact, Parameter.relaxation);
  if (freeIterations == 0) return fail(ErrorCode.badParameter, 0, u16.MAX_VALUE, Parameter.freeIterations);
  if (nudgedIterations == 0)
    return fail(ErrorCode.badParameter, 0, u16.MAX_VALUE, Parameter.nudgedIterations);
  if (rounding > Rounding.nearest)
    return fail(ErrorCode.badParameter, rounding, Rounding.nearest, Parameter.rounding);

  if (!areFields(i32(load<u16>(sizes)))) return FAILED;
  const inputScale = i32(ConfigureRequest.inputScale(request));
  // Quarters of a pixel need two bits.
  const strongest = stateFraction < network.PIXEL_FRACTION + 2 ? 4 : 8;
  if (inputScale < 4 || inputScale > strongest)
    return fail(ErrorCode.badParameter, inputScale, strongest, Parameter.inputScale);

  network.clearNetwork();
  gatherTeam();
  const needed = adopt(length);
  if (!network.fits()) {
    network.clearNetwork();
    return fail(ErrorCode.arenaTooSmall, u32(min<u64>(needed, u32.MAX_VALUE)), arenaCapacity());
  }
  clearMinibatch();
  drawFields(network.seed);
  share(Job.configure);

  ConfigureReply.setNeeded(reply, u32(needed));
  ConfigureReply.setArena(reply, arenaCapacity());
  ConfigureReply.setWeights(reply, network.weightCount);
  ConfigureReply.setBiases(reply, network.biasCount);
  ConfigureReply.setUnits(reply, network.unitCount);
  copyBytes(reply + ConfigureReply.parts, arenaParts, ARENA_PARTS_BYTES);
  return ConfigureReply.SIZE + ARENA_PARTS_BYTES;
}

/** Takes over what a valid request says; every thread does, for itself. Returns the bytes of arena that the network needs. */
export function adopt(length: i32): u64 {
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
  setDropout(i32(ConfigureRequest.inputScale(request)));
  setFields(
    i32(ConfigureRequest.imageWidth(request)),
    i32(ConfigureRequest.fieldLeast(request)),
    i32(ConfigureRequest.fieldMost(request)),
  );
  return network.describeNetwork(
    request + ConfigureRequest.shape,
    layersOf(length),
    i32(ConfigureRequest.stateFraction(request)),
    i32(ConfigureRequest.batch(request)),
    (options & Option.dense) != 0,
    ConfigureRequest.seed(request),
  );
}

/** Draws the weights. */
export function initialise(length: i32): i32 {
  if (network.layerCount == 0) return fail(ErrorCode.notConfigured);
  const least = network.connectionCount << 2;
  if (length < least) return fail(ErrorCode.badLength, length, least);
  for (let k = 0; k < network.connectionCount; k++) {
    const limit = load<u32>(request + InitialiseRequest.limits + (k << 2));
    if (limit > MAX_INITIAL_LIMIT)
      return fail(ErrorCode.badParameter, limit, MAX_INITIAL_LIMIT, Parameter.limit);
  }
  network.initialise(request + InitialiseRequest.limits);
  network.setStep(0);
  InitialiseReply.setDigest(reply, network.parameterDigest);
  return InitialiseReply.SIZE;
}
