// Which command a message is.

import { isReadOnly } from '../memory/arena';
import { fail } from '../messages/errors';
import { Code, ErrorCode, leastLength } from '../messages/wire';
import { clearModel } from '../model/parameters';
import { configure, initialise } from './configuration';
import { evaluate, sample, train } from './learning';
import { confirm, read, write } from './tensors';

/**
 * Runs one request whose payload lies in `request`: does its work, writes its reply, and returns the reply's length,
 * or FAILED with an error in its place.
 */
export function execute(code: i32, length: i32): i32 {
  const least = leastLength(code);
  if (length < least) return fail(ErrorCode.badLength, length, least);
  if (isReadOnly() && changesParameters(code)) return fail(ErrorCode.unknownMessage, code);
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
      clearModel();
      return 0;
    default:
      return fail(ErrorCode.unknownMessage, code);
  }
}

/** Returns whether a request is none for parameters that are only read. */
function changesParameters(code: i32): bool {
  return code == Code.initialise || code == Code.write || code == Code.train;
}
