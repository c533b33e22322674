// Commands that read and write tensors.
import { mirror } from '../connections/kinds';
import { reply, request } from '../messages/buffers';
import { FAILED, fail } from '../messages/errors';
import {
  ErrorCode,
  LoadReply,
  LoadRequest,
  MAX_REPLY,
  NO_STEP,
  ReadReply,
  ReadRequest,
  Tensor,
  WriteRequest,
} from '../messages/wire';
import { digestParameters, setStep, takeDigest } from '../model/parameters';
import { measureMean } from '../network/centre';
import { connection, connectionCount, layer, layerCount, unitCount } from '../network/graph';
import { batchCapacity, freeStates, keepsStates, minusStates, plusStates } from '../network/minibatch';

/** The tensor that a request addresses. */
let tensorAddress: usize = 0;
/** Elements. */
let tensorLength: u32 = 0;
/** Bytes of an element. */
let tensorWidth: i32 = 0;

/** Sets the three above, or fails. `index` is a connection, a layer or a slot. */
function describeTensor(tensor: i32, index: i32): bool {
  if (layerCount == 0) {
    fail(ErrorCode.notConfigured);
    return false;
  }
  tensorWidth = sizeof<State>();
  if (tensor == Tensor.weights && index < connectionCount) {
    const c = connection(index);
    tensorAddress = c.weights;
    tensorLength = c.weightCount;
    tensorWidth = sizeof<Weight>();
  } else if (tensor == Tensor.biases && index > 0 && index < layerCount) {
    tensorAddress = layer(index).biases;
    tensorLength = layer(index).parameterCount;
    tensorWidth = 4;
  } else if (tensor >= Tensor.start && tensor <= Tensor.minus && index < batchCapacity && keepsStates()) {
    tensorAddress =
      tensor == Tensor.plus
        ? plusStates(index)
        : tensor == Tensor.minus
          ? minusStates(index)
          : freeStates(index);
    tensorLength = unitCount;
  } else {
    fail(ErrorCode.badTensor, tensor, 0, index);
    return false;
  }
  return true;
}

/** Stores elements; a written parameter undefines the step until LOAD. */
export function write(length: i32): i32 {
  const tensor = i32(WriteRequest.tensor(request));
  if (!describeTensor(tensor, WriteRequest.index(request))) return FAILED;
  // Only phases write the states that they settle in.
  if (tensor > Tensor.start) return fail(ErrorCode.badTensor, tensor, Tensor.start);
  const bytes = length - WriteRequest.SIZE;
  const offset = WriteRequest.offset(request);
  const end = u64(offset) + bytes / tensorWidth;
  if (end > tensorLength || bytes % tensorWidth != 0)
    return fail(ErrorCode.badRange, u32(end), tensorLength, tensor);
  const to = tensorAddress + offset * tensorWidth;
  const from = request + WriteRequest.data;
  for (let i = 0; i < bytes; i++) store<u8>(to + i, load<u8>(from + i));
  if (tensor == Tensor.weights || tensor == Tensor.biases) setStep(NO_STEP);
  return 0;
}

export function read(): i32 {
  const tensor = i32(ReadRequest.tensor(request));
  if (!describeTensor(tensor, ReadRequest.index(request))) return FAILED;
  const offset = ReadRequest.offset(request);
  const end = u64(offset) + ReadRequest.count(request);
  if (end > tensorLength) return fail(ErrorCode.badRange, u32(end), tensorLength, tensor);
  const bytes = i32(ReadRequest.count(request)) * tensorWidth;
  if (bytes > MAX_REPLY) return fail(ErrorCode.badRange, bytes, MAX_REPLY, tensor);
  const from = tensorAddress + offset * tensorWidth;
  for (let i = 0; i < bytes; i++) store<u8>(reply + ReadReply.data + i, load<u8>(from + i));
  return ReadReply.data + bytes;
}

/** Trusts the written parameters, if they are those the host meant, and sets the step. */
export function confirm(): i32 {
  if (layerCount == 0) return fail(ErrorCode.notConfigured);
  for (let k = 0; k < connectionCount; k++) mirror(connection(k));
  measureMean();
  const digest = digestParameters();
  const expected = LoadRequest.digest(request);
  if (digest != expected) return fail(ErrorCode.digestMismatch, u32(digest), u32(expected));
  takeDigest(digest);
  setStep(LoadRequest.step(request));
  LoadReply.setDigest(reply, digest);
  return LoadReply.SIZE;
}
