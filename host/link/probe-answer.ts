/** A device's answer to a probe, found among whatever bytes come. */
import { bytesFrom, characters, concatenate } from '../ground/index.js';
import { PROBE_LIMIT, PROBE_MASK, ProbeSign, ProbeText, probeBytes } from '../wire/index.js';

export interface ProbeAnswer {
  /** The probe's bytes, as the device heard them. */
  readonly heard: Uint8Array;
  /** The device's bytes, as they came. */
  readonly came: Uint8Array;
}

/** Bytes of the longest answer, and of a line that doubles many. */
const KEPT = 4 * (PROBE_LIMIT + probeBytes.length);
const TEXT = ProbeText.begin.length;

/** A character a byte: places in it are places in the bytes. */
const masked = (bytes: Uint8Array) => characters(bytes.map((byte) => byte & PROBE_MASK));
const VALUES = masked(bytesFrom(ProbeText.values));
const HEARD = masked(bytesFrom(ProbeText.heard));

export class ProbeAnswers {
  readonly #flip: number;
  #bytes = new Uint8Array(0);

  /** @param flip bits that the line turns */
  constructor(flip = 0) {
    this.#flip = flip;
  }

  /** The answer that these bytes end; 'spoilt' where they end one that cannot be read; or nothing. */
  hear(bytes: Uint8Array): ProbeAnswer | 'spoilt' | undefined {
    const flipped = bytes.map((byte) => byte ^ this.#flip);
    this.#bytes = concatenate([this.#bytes, flipped]).subarray(-KEPT);
    const text = masked(this.#bytes);
    const end = text.indexOf(HEARD);
    if (end < 0) return undefined;
    const signs = this.#bytes.subarray(end + TEXT);
    const told = read(signs);
    if (!told) return undefined;
    const start = text.lastIndexOf(VALUES, end);
    const came = this.#bytes.subarray(start + TEXT, end).map((byte) => byte ^ this.#flip);
    this.#bytes = signs.subarray(told.length);
    return told.heard && start >= 0 ? { heard: told.heard, came } : 'spoilt';
  }
}

/** Reads what the signs tell, unless one is not where it should be, and how many are read; nothing where they go on. */
function read(signs: Uint8Array): { readonly heard?: Uint8Array; readonly length: number } | undefined {
  const heard: number[] = [];
  for (let at = 0; at < signs.length; at++) {
    const sign = signs[at] & 0x7f;
    const isLower = at % 2 === 1;
    if (sign === ProbeSign.end && !isLower) return { heard: Uint8Array.from(heard), length: at + 1 };
    const [kind, mask] = isLower ? [ProbeSign.lower, PROBE_MASK] : [ProbeSign.upper, 0x7f];
    if ((sign & mask & 0x70) !== kind) return { length: at + 1 };
    if (isLower) heard[heard.length - 1] |= sign & 15;
    else heard.push((sign & 15) << 4);
  }
  return undefined;
}
