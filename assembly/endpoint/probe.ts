// Tells a host what the line does to bytes: all that comes between two texts, whatever it is, and
// every byte there is. No frames: nothing of it is checked, numbered or counted.
import { output, request } from '../messages/buffers';
import {
  PROBE_BEGIN,
  PROBE_END,
  PROBE_HEARD,
  PROBE_LIMIT,
  PROBE_MASK,
  PROBE_PAIRS,
  PROBE_VALUES,
  ProbeSign,
} from '../messages/wire';
import { dropFrame, isLostOrAt } from './cobs';

const TEXT: i32 = 8;
/** Returned by hearProbe() of a byte that is none of a probe. */
export const NO_PROBE: i32 = -1;

/** The last eight bytes, masked. */
let last: u64 = 0;
/** Bytes noted since a probe began, in the buffer `request`; −1: none did. */
let noted: i32 = -1;

/** Tells whether what comes is noted: the buffer `request` is in use. */
export function isProbed(): bool {
  return noted >= 0;
}

/** Returns the bytes of an answer that were put into `output`, or NO_PROBE: the byte may be one of a frame. */
export function hearProbe(byte: i32): i32 {
  last = (last << 8) | u64(byte & PROBE_MASK);
  // No part of a frame that may still come whole: it begins as none does, or where none ended for too long.
  if (last == PROBE_BEGIN && (isProbed() || isLostOrAt(TEXT - 2))) {
    dropFrame();
    noted = 0;
    return sayValues();
  }
  if (!isProbed()) return NO_PROBE;
  store<u8>(request + noted++, u8(byte));
  if (last == PROBE_END) return tell(noted - TEXT);
  return noted < PROBE_LIMIT ? 0 : tell(noted);
}

function sayValues(): i32 {
  store<u64>(output, PROBE_VALUES);
  for (let i = 0; i < 256; i++) store<u8>(output + TEXT + i, u8(~i));
  store<u64>(output, PROBE_PAIRS, TEXT + 256);
  return TEXT + 256 + 8;
}

/** Tells the bytes noted, and ends the probe. */
function tell(count: i32): i32 {
  noted = -1;
  store<u64>(output, PROBE_HEARD);
  let to = output + TEXT;
  for (let i = 0; i < count; i++) {
    const byte = load<u8>(request + i);
    store<u8>(to++, u8(ProbeSign.upper | (byte >> 4)));
    store<u8>(to++, u8(ProbeSign.lower | (byte & 15)));
  }
  store<u8>(to++, u8(ProbeSign.end));
  store<u8>(to++, 0);
  return i32(to - output);
}
