// Why a request failed, with the numbers.
import { reply } from './buffers';
import { ErrorPayload } from './wire';

/** The result of a command that failed, instead of a reply's length. */
export const FAILED: i32 = -1;

/** Puts an error where the reply would be. Returns FAILED. */
export function fail(code: i32, value: u32 = 0, limit: u32 = 0, place: u32 = 0): i32 {
  ErrorPayload.setValue(reply, value);
  ErrorPayload.setLimit(reply, limit);
  ErrorPayload.setPlace(reply, place);
  ErrorPayload.setCode(reply, u16(code));
  ErrorPayload.setRequest(reply, 0);
  return FAILED;
}
