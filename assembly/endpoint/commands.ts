// Which command a message is.
import * as network from '../model/network';
import { configure, initialise } from './configuration';
import { fail } from './errors';
import { evaluate, sample, train } from './learning';
import { confirm, read, write } from './tensors';
import {
  Code,
  ConfigureRequest,
  ErrorCode,
  EvaluateRequest,
  LoadRequest,
  ReadRequest,
  SampleRequest,
  TrainRequest,
  WriteRequest,
} from './wire';

/** The least bytes of a request's payload; 0 where its layout has no fixed part. */
function leastLength(code: i32): i32 {
  switch (code) {
    case Code.configure:
      return ConfigureRequest.SIZE;
    case Code.write:
      return WriteRequest.SIZE;
    case Code.read:
      return ReadRequest.SIZE;
    case Code.load:
      return LoadRequest.SIZE;
    case Code.sample:
      return SampleRequest.SIZE;
    case Code.train:
      return TrainRequest.SIZE;
    case Code.evaluate:
      return EvaluateRequest.SIZE;
    default:
      return 0;
  }
}

/**
 * Runs one request whose payload lies in `request`: does its work, writes its reply, and returns the reply's length,
 * or FAILED with an error in its place.
 */
export function execute(code: i32, length: i32): i32 {
  const least = leastLength(code);
  if (length < least) return fail(ErrorCode.badLength, length, least);
  switch (code) {
    case Code.configure:
      return configure(length);
    case Code.initialise:
      return initialise(length);
    case Code.write:
      return write(length);
    case Code.read:
      return read();
    case Code.load:
      return confirm();
    case Code.sample:
      return sample(length);
    case Code.train:
      return train(length);
    case Code.evaluate:
      return evaluate();
    case Code.reset:
      network.clearNetwork();
      return 0;
    default:
      return fail(ErrorCode.unknownMessage, code);
  }
}
