/**
 * Fixed-point formats in ARM's Q notation: Qm.n has m integer and n fractional bits, the sign bit not counted. Where
 * m is negative the first fractional bits are the sign's too: are 8 bits that end at ± 0.5.
 */
import { type Storage, stateBits, storages, UserError } from '../ground/index.js';

export interface Format {
  readonly name: string;
  /** 8, 16, 32 or 64, the sign counted. */
  readonly bits: number;
  /** Fractional bits. */
  readonly fraction: number;
}

export interface StoredFormat extends Format {
  readonly bits: Storage;
}

const finestWeights: Readonly<Record<Storage, number>> = { 8: 12, 16: 15, 32: 30 };

/** A pixel is a byte divided by 256. */
export const PIXEL_FRACTION = 8;
/** A centred layer's mean image counts in sixteenths of a pixel's byte. */
export const MEAN_FRACTION = PIXEL_FRACTION + 4;
export const COARSEST_STATES = 6;
const finestStates: Readonly<Record<Storage, number>> = { 8: 14, 16: 14, 32: 18 };

/** Rounds to so many fractional bits as the device does: half a unit is added, and what is below a unit cut off. */
export function toNearest(fraction: number): (value: number) => number {
  const one = 2 ** fraction;
  return (value) => Math.floor(value * one + 0.5) / one;
}

export function formatOf<Bits extends number>(
  bits: Bits,
  fraction: number,
): Format & { readonly bits: Bits } {
  return { name: `Q${bits - 1 - fraction}.${fraction}`, bits, fraction };
}

function parse(name: string, what: string): StoredFormat {
  const [, integer, fraction] = /^Q(-?\d+)\.(\d+)$/i.exec(name.trim()) ?? [];
  const bits = storages.find((some) => some === Number(integer) + Number(fraction) + 1);
  if (bits === undefined)
    throw new UserError(
      `${what} format '${name}' is impossible`,
      'write Qm.n with m + n = 7, 15 or 31, for instance Q0.7, Q2.13 or Q7.24: the sign is the last of 8, 16 or 32 bits',
    );
  return formatOf(bits, Number(fraction));
}

/** Weights of 8 bits: Q7.0 …; of 16: Q15.0 … Q0.15; of 32: Q31.0 … Q1.30. Throws `UserError` for others. */
export function weightFormat(name: string): StoredFormat {
  const format = parse(name, 'weight');
  const finest = finestWeights[format.bits];
  if (format.fraction > finest)
    throw new UserError(
      `weight format '${format.name}' is impossible`,
      `of ${format.bits} bits, ${formatOf(format.bits, finest).name} is the finest, ${formatOf(format.bits, 0).name} the coarsest`,
    );
  return format;
}

/** States beside weights of 8 and 16 bits: Q9.6 … Q1.14; beside 32: Q25.6 … Q13.18. Throws `UserError` for others. */
export function stateFormat(name: string, storage: Storage): Format {
  const format = parse(name, 'state');
  const bits = stateBits(storage);
  const coarsest = formatOf(bits, COARSEST_STATES).name;
  const finest = formatOf(bits, finestStates[storage]).name;
  if (format.bits !== bits)
    throw new UserError(
      `states of ${format.bits} bits (${format.name}) beside weights of ${storage}`,
      `beside such weights, states have ${bits} bits: choose ${coarsest} … ${finest}`,
    );
  if (format.fraction < COARSEST_STATES || format.fraction > finestStates[storage])
    throw new UserError(
      `state format '${format.name}' is impossible`,
      `a state must hold 1, and products of two must fit: ${finest} is the finest, ${coarsest} the coarsest`,
    );
  return format;
}
