/** The weights into single hidden units, laid out as the picture they look at. */
import type { WeightArray } from '../model/index.js';

/** Blue for negative, white for zero, red for positive: ColorBrewer's RdBu, safe for the colour-blind. */
const STOPS = [0x053061, 0x2166ac, 0x92c5de, 0xf7f7f7, 0xf4a582, 0xb2182b, 0x67001f];
/** Palette index of zero; 0 is the most negative and `LEVELS − 1` the most positive. */
export const ZERO_LEVEL = 127;
const LEVELS = 2 * ZERO_LEVEL + 1;

/** Weights beyond this quantile of the shown ones' sizes take the end of the scale: a few must not pale the rest. */
const SCALE_QUANTILE = 0.995;

export const colourStops: readonly string[] = STOPS.map((rgb) => `#${rgb.toString(16).padStart(6, '0')}`);

/** 3 bytes a level. */
export function divergingPalette(): Uint8Array {
  const palette = new Uint8Array(3 * LEVELS);
  for (let level = 0; level < LEVELS; level++) {
    const place = (level / (LEVELS - 1)) * (STOPS.length - 1);
    const stop = Math.min(Math.floor(place), STOPS.length - 2);
    for (const channel of [0, 1, 2]) {
      const of = (rgb: number) => (rgb >> (16 - 8 * channel)) & 0xff;
      palette[3 * level + channel] = Math.round(
        of(STOPS[stop]) + (place - stop) * (of(STOPS[stop + 1]) - of(STOPS[stop])),
      );
    }
  }
  return palette;
}

export interface ScaledFields {
  /** Palette indices, one array of `pixels` a unit shown. */
  readonly levels: readonly Uint8Array[];
  /** The weight at the ends of the scale. */
  readonly limit: number;
}

export interface ReceptiveFields extends ScaledFields {
  /** The units shown, those with the largest norms first. */
  readonly units: readonly { readonly unit: number; readonly norm: number }[];
}

/**
 * @param weights row-major [pixel][unit], `fraction` fractional bits
 * @param pixels inputs, a divisor of the number of weights
 * @param isSteady true where the first units are shown, in their order
 */
export function receptiveFields(
  weights: WeightArray,
  pixels: number,
  fraction: number,
  most: number,
  isSteady = false,
): ReceptiveFields {
  const width = weights.length / pixels;
  const squares = new Float64Array(width);
  for (let i = 0; i < weights.length; i++) squares[i % width] += weights[i] ** 2;
  const shown = Array.from(squares.keys())
    .sort((a, b) => (isSteady ? 0 : squares[b] - squares[a]) || a - b)
    .slice(0, most);
  return {
    units: shown.map((unit) => ({ unit, norm: Math.sqrt(squares[unit]) / 2 ** fraction })),
    ...scaledFields(weights, pixels, fraction, shown),
  };
}

/** Those of the units `shown`, in their order, on one scale. */
export function scaledFields(
  weights: WeightArray,
  pixels: number,
  fraction: number,
  shown: readonly number[],
): ScaledFields {
  const width = weights.length / pixels;
  const fields = shown.map((unit) =>
    Int32Array.from({ length: pixels }, (_, i) => weights[i * width + unit]),
  );
  const sizes = Uint32Array.from(fields.flatMap((field) => Array.from(field, Math.abs))).sort();
  const limit = sizes[Math.ceil(SCALE_QUANTILE * sizes.length) - 1] || sizes[sizes.length - 1] || 1;
  const level = (weight: number) =>
    ZERO_LEVEL + Math.round(ZERO_LEVEL * Math.max(-1, Math.min(1, weight / limit)));
  return { levels: fields.map((field) => Uint8Array.from(field, level)), limit: limit / 2 ** fraction };
}
