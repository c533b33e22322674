/** Fixed-point formats in ARM's Q notation: Qm.n has m integer and n fractional bits, the sign bit not counted. */
import { UserError } from '../errors.js';

export interface Format {
  readonly name: string;
  /** Fractional bits. */
  readonly fraction: number;
}

const STORAGE_BITS = 16;

function parse(name: string, what: string): Format {
  const match = /^Q(\d+)\.(\d+)$/i.exec(name.trim());
  const [integer, fraction] = match ? [Number(match[1]), Number(match[2])] : [0, 0];
  if (!match || integer + fraction !== STORAGE_BITS - 1)
    throw new UserError(
      `${what} format '${name}' is impossible`,
      `write Qm.n with m + n = ${STORAGE_BITS - 1}, for instance Q2.13: the kernel stores ${STORAGE_BITS} bits, one of them the sign`,
    );
  return { name: `Q${integer}.${fraction}`, fraction };
}

/** Weights: Q0.15 … Q15.0. */
export function weightFormat(name: string): Format {
  return parse(name, 'weight');
}

/** States: Q1.14 … Q7.8, which hold 1 and a pixel's byte/256 exactly. */
export function stateFormat(name: string): Format {
  const format = parse(name, 'state');
  if (format.fraction < 8 || format.fraction > 14)
    throw new UserError(
      `state format '${format.name}' is impossible`,
      'a state must hold 1 and a pixel (a byte divided by 256) exactly: Q1.14 is the finest, Q7.8 the coarsest',
    );
  return format;
}

/** Drives are exact products of the two, in 32 bits. */
export function driveFormat(weights: Format, states: Format): Format {
  const fraction = weights.fraction + states.fraction;
  return { name: `Q${31 - fraction}.${fraction}`, fraction };
}
