// The device's end of the link: every numbered request runs once, in order, whatever the line does. A repeated one
// gets its kept reply again; those that come before their turn are held, and told of. The replies of quiet requests
// could be lost without notice: what went wrong with one is told in the place of the next reply.
import { saturationCount } from '../arithmetic/rounding';
import { products } from '../arithmetic/work';
import { execute } from '../commands/commands';
import { samplesTrained } from '../commands/learning';
import { arenaCapacity, arenaUsed } from '../memory/arena';
import {
  copyBytes,
  incomingFrame,
  MAX_FRAME,
  outgoingFrame,
  output,
  refusal,
  reply,
  request,
} from '../messages/buffers';
import { FAILED, fail } from '../messages/errors';
import {
  Code,
  ErrorCode,
  ErrorPayload,
  HEADER,
  HelloReply,
  HelloRequest,
  isQuiet,
  KERNEL_HASH,
  MAX_PAYLOAD,
  MissingPayload,
  PollReply,
  PollRequest,
  PROTOCOL,
  REPLY,
  REPLY_SLOTS,
  SCHEMA_HASH,
  Signal,
  StatisticsReply,
  TOLD_REQUESTS,
  TRAILER,
} from '../messages/wire';
import { parameterDigest, step } from '../model/parameters';
import { layerCount } from '../network/graph';
import { decodeByte, encodeFrame, isBetweenFrames, Received } from './cobs';
import { checkOf, isWhole } from './frame-check';
import { heldFrom, hold, holdsAll, isHeld, openHold, release, releasedType } from './hold';
import { hearProbe, isProbed, NO_PROBE } from './probe';
import { forgetReplies, keepReply, recalledType, recallReply } from './replies';

/** Names the source and the width of the weights. */
const KERNEL: u64 = KERNEL_HASH ^ sizeof<Weight>();

let window: u32 = 0;
/** 0 while no host has opened one. */
let session: u32 = 0;
/** Sequence of the next request. */
let expected: u32 = 0;
/** The sequence of the numbered request that came last. */
let latest: u32 = 0;
/** True where damage has been told of since the last whole frame. */
let isDamageTold: bool = false;
/** True where `refusal` holds the error of a quiet request that no reply has told yet. */
let refused: bool = false;
/** Bytes run since the host last heard how far the device is. */
let unacknowledged: u32 = 0;
/** True where the request expected next is held. */
let isNextHeld: bool = false;

let frames: u32 = 0;
let damaged: u32 = 0;
/** Those that came before their turn. */
let early: u32 = 0;
let repeats: u32 = 0;

/** Bytes of the device's stack, as the outside said. */
let stackUsed: u32 = 0;
let stackSize: u32 = 0;

export function noteStack(used: u32, size: u32): void {
  stackUsed = used;
  stackSize = size;
}

/** Puts an error into `output` that answers no request: the device gave up and was started anew. */
export function announceFault(cause: u32, place: u32): void {
  fail(ErrorCode.fault, cause, 0, place);
  transmit(Signal.error, expected, ErrorPayload.SIZE);
}

/** Bytes of the frame in `output`. */
export let outputLength: i32 = 0;

export function openLink(windowBytes: u32): void {
  window = windowBytes;
  session = 0;
  beginSession();
}

function beginSession(): void {
  expected = 0;
  latest = 0xffff;
  isDamageTold = false;
  refused = false;
  unacknowledged = 0;
  forgetReplies();
  forgetHeld();
}

function forgetHeld(): void {
  isNextHeld = false;
  // The host never has more under way.
  openHold(window);
}

/** Empties the output: its bytes have left. */
export function clearOutput(): void {
  outputLength = 0;
}

/** Takes one byte from the line. Returns whether a frame was put into `output`, which must leave before the next. */
export function receive(byte: i32): bool {
  const answer = hearProbe(byte);
  if (answer != NO_PROBE) {
    outputLength = answer;
    return answer > 0;
  }
  const length = decodeByte(byte, incomingFrame, MAX_FRAME);
  if (length == Received.nothing) return false;
  if (length == Received.damage || length < HEADER + TRAILER || !isWhole(length)) {
    damaged++;
    if (session != 0 && !isDamageTold) {
      isDamageTold = true;
      report(heldFrom(expected));
    }
  } else {
    frames++;
    isDamageTold = false;
    dispatch(length);
  }
  return outputLength > 0;
}

/** Returns whether goOn() has something to do, and may: requests run between frames, and not while the line is probed. */
export function isWaiting(): bool {
  return isNextHeld && isBetweenFrames() && !isProbed();
}

/** Returns whether a request may be put off until all that has come is heard: it can be held. */
export function canWait(): bool {
  return holdsAll();
}

/** Runs the next request, which is held. Returns whether a frame was put into `output`, as receive() does. */
export function goOn(): bool {
  const length = release(expected);
  run(releasedType(), expected, length);
  return outputLength > 0;
}

function dispatch(length: i32): void {
  const type = i32(load<u8>(incomingFrame));
  const frameSession = u32(load<u8>(incomingFrame, 1)) | (u32(load<u8>(incomingFrame, 2)) << 8);
  const sequence = u32(load<u8>(incomingFrame, 3)) | (u32(load<u8>(incomingFrame, 4)) << 8);
  const payload = length - HEADER - TRAILER;
  // A line may send back what the device said.
  if (type >= Signal.acknowledge) return;
  if (type == Code.hello) return hello(payload, sequence);
  if (session == 0 || frameSession != session) {
    fail(ErrorCode.unknownSession, frameSession, session);
    ErrorPayload.setRequest(reply, u16(type));
    return transmit(Signal.error, sequence, ErrorPayload.SIZE);
  }
  if (type == Code.poll) return poll(payload);
  latest = sequence;
  const ahead = (sequence - expected) & 0xffff;
  if (ahead == 0) runSoon(type, sequence, payload);
  else if (ahead < 0x8000) {
    hold(type, sequence, payload);
    reportGap(ahead);
  } else repeat(sequence);
}

/** Runs a request; one that takes long waits until all that has come is heard, so the host learns first what is missing. */
function runSoon(type: i32, sequence: u32, payload: i32): void {
  const isLong = type == Code.train || type == Code.evaluate;
  if (isLong && holdsAll() && hold(type, sequence, payload)) isNextHeld = true;
  else if (!isNextHeld) run(type, sequence, payload);
}

function poll(payload: i32): void {
  if (payload < PollRequest.SIZE) return;
  PollReply.setId(reply, PollRequest.id(request));
  PollReply.setHeld(reply, heldFrom(expected));
  transmit(Code.poll | REPLY, expected, PollReply.SIZE);
}

function hello(payload: i32, sequence: u32): void {
  if (payload < HelloRequest.SIZE) {
    fail(ErrorCode.badLength, payload, HelloRequest.SIZE);
    ErrorPayload.setRequest(reply, u16(Code.hello));
    return transmit(Signal.error, sequence, ErrorPayload.SIZE);
  }
  if (HelloRequest.schema(request) != SCHEMA_HASH) {
    fail(ErrorCode.schemaMismatch, SCHEMA_HASH, HelloRequest.schema(request), u32(KERNEL));
    ErrorPayload.setRequest(reply, u16(Code.hello));
    return transmit(Signal.error, sequence, ErrorPayload.SIZE);
  }
  // A repeated HELLO must not rewind the session it opened; but what is held may be an earlier host's.
  if (session == HelloRequest.session(request)) forgetHeld();
  else {
    session = HelloRequest.session(request);
    beginSession();
  }
  HelloReply.setKernel(reply, KERNEL);
  HelloReply.setDigest(reply, parameterDigest);
  HelloReply.setSchema(reply, SCHEMA_HASH);
  HelloReply.setArena(reply, arenaCapacity());
  HelloReply.setWindow(reply, window);
  HelloReply.setStep(reply, step);
  HelloReply.setProtocol(reply, u16(PROTOCOL));
  HelloReply.setMaxPayload(reply, u16(MAX_PAYLOAD));
  HelloReply.setReplySlots(reply, u8(REPLY_SLOTS));
  HelloReply.setWeightBits(reply, u8(8 * sizeof<Weight>()));
  HelloReply.setStateBits(reply, u8(8 * sizeof<State>()));
  HelloReply.setConfigured(reply, u8(layerCount > 0));
  transmit(Code.hello | REPLY, expected, HelloReply.SIZE);
}

function run(type: i32, sequence: u32, payload: i32): void {
  // Recall the refusal: requests after a refused one counted on its effect.
  const result = refused && !isQuiet(type) ? recallRefusal() : runNow(type, payload);
  // The network may be another now, and with it what it leaves; the host sends again what was held.
  if (type == Code.configure || type == Code.reset) forgetHeld();
  expected = (expected + 1) & 0xffff;
  isNextHeld = isHeld(expected);
  unacknowledged += HEADER + payload + TRAILER;
  if (isQuiet(type)) {
    if (result == FAILED) rememberRefusal();
    if (unacknowledged << 3 >= window) acknowledge();
    return;
  }
  const answer = result == FAILED ? Signal.error : type | REPLY;
  const bytes = result == FAILED ? ErrorPayload.SIZE : result;
  keepReply(answer, sequence, bytes);
  transmit(answer, sequence, bytes);
}

function runNow(type: i32, payload: i32): i32 {
  const result = type == Code.statistics ? statistics() : execute(type, payload);
  if (result == FAILED) ErrorPayload.setRequest(reply, u16(type));
  return result;
}

function rememberRefusal(): void {
  if (refused) return;
  refused = true;
  copyBytes(refusal, reply, ErrorPayload.SIZE);
}

function recallRefusal(): i32 {
  refused = false;
  copyBytes(reply, refusal, ErrorPayload.SIZE);
  return FAILED;
}

/** Sends the kept reply to an earlier request again; quiet ones and long past ones are only acknowledged. */
function repeat(sequence: u32): void {
  repeats++;
  const length = recallReply(sequence);
  if (length < 0) acknowledge();
  else transmit(recalledType(), sequence, length);
}

function acknowledge(): void {
  transmit(Signal.acknowledge, expected, 0);
}

/** Tells of a gap before the request that is so far ahead, unless that is farther than can be told. */
function reportGap(ahead: u32): void {
  const held = heldFrom(expected);
  if (ahead >= u32(TOLD_REQUESTS) || ~held << (TOLD_REQUESTS - ahead) == 0) return;
  early++;
  report(held);
}

/** Tells what is here, since something is not. */
function report(held: u64): void {
  MissingPayload.setHeld(reply, held);
  MissingPayload.setLatest(reply, u16(latest));
  transmit(Signal.missing, expected, MissingPayload.SIZE);
}

function transmit(type: i32, sequence: u32, length: i32): void {
  store<u8>(outgoingFrame, u8(type));
  store<u8>(outgoingFrame, u8(session), 1);
  store<u8>(outgoingFrame, u8(session >> 8), 2);
  store<u8>(outgoingFrame, u8(sequence), 3);
  store<u8>(outgoingFrame, u8(sequence >> 8), 4);
  const crc = checkOf(outgoingFrame, HEADER + length);
  const trailer = outgoingFrame + HEADER + length;
  for (let i = 0; i < TRAILER; i++) store<u8>(trailer + i, u8(crc >> (i << 3)));
  outputLength = encodeFrame(output, outgoingFrame, HEADER + length + TRAILER);
  unacknowledged = 0;
}

function statistics(): i32 {
  StatisticsReply.setDigest(reply, parameterDigest);
  StatisticsReply.setSamples(reply, samplesTrained);
  StatisticsReply.setProducts(reply, products);
  StatisticsReply.setStep(reply, step);
  StatisticsReply.setNeeded(reply, u32(arenaUsed()));
  StatisticsReply.setArena(reply, arenaCapacity());
  StatisticsReply.setSaturations(reply, saturationCount());
  StatisticsReply.setFrames(reply, frames);
  StatisticsReply.setDamaged(reply, damaged);
  StatisticsReply.setEarly(reply, early);
  StatisticsReply.setRepeats(reply, repeats);
  StatisticsReply.setStackUsed(reply, stackUsed);
  StatisticsReply.setStackSize(reply, stackSize);
  return StatisticsReply.SIZE;
}
