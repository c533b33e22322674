/**
 * A scaling turns a sensor's readings into a network's inputs: a part of what a model needs, in integers alone, so that a board
 * does the same as the host.
 *
 * A feature times 2^fraction, rounded, is a *raw integer* of 32 bits: what a sensor gives, where fraction is 0. An input is
 * `(raw − offset) · multiplier >> shift`, clipped to 0…255. Signed, a feature has two inputs side by side: that, and the same
 * of `offset − raw`.
 */
import * as v from 'valibot';

const LARGEST_BYTE = 255;
/** Levels of an input: the least and the greatest of training data come to the first and the last. */
const LEVELS = 256;
/** A multiplier has this many bits, so that no product needs more than 48. */
const MULTIPLIER_BITS = 16;
/** A raw integer that training data has stays below this, and its differences within 32 bits. */
const LARGEST_RAW = 2 ** 30;
/** Steps that the range of a decimal feature has at least as raw integers, where its size leaves room for them. */
const STEPS = 2 ** 13;
const MOST_FRACTION = 64;

const integer = (least: number, most: number) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most));

const stepSchema = v.object({
  fraction: integer(-MOST_FRACTION, MOST_FRACTION),
  offset: integer(-(2 ** 31), 2 ** 31 - 1),
  multiplier: integer(0, 2 ** MULTIPLIER_BITS - 1),
  shift: integer(0, 47),
});

export const scalingSchema = v.object({
  kind: v.picklist(['unit', 'signed']),
  features: integer(1, 2 ** 16),
  steps: v.pipe(v.array(stepSchema), v.minLength(1)),
});

/** The step for the features of one kind: to a single one, or to those of a channel. */
export type ScalingStep = Readonly<v.InferOutput<typeof stepSchema>>;

export interface Scaling {
  /** To [0, 1], or in two halves: above the offset and below it. */
  readonly kind: 'unit' | 'signed';
  /** An example's, before they are doubled. */
  readonly features: number;
  /** Feature f takes [f % steps]: one a feature, or one a channel, for channels stand last. */
  readonly steps: readonly ScalingStep[];
}

/** Inputs that a feature becomes. */
export function inputsEach({ kind }: Pick<Scaling, 'kind'>): number {
  return kind === 'signed' ? 2 : 1;
}

/** Range of the features that a step is for. */
export interface FeatureRange {
  readonly least: number;
  readonly greatest: number;
  /** True where all are whole numbers. */
  readonly whole: boolean;
}

/** True where features lie on both sides of zero. */
export function hasBothSigns({ least, greatest }: FeatureRange): boolean {
  return least < 0 && greatest > 0;
}

/**
 * The step that spreads a range over the levels of an input; one whose features lie on both sides of the centre, signed, over
 * either half.
 */
export function stepFor(range: FeatureRange, kind: Scaling['kind'], centre = 0): ScalingStep {
  const fraction = fractionFor(range);
  const [least, greatest] = [rawOf(range.least, fraction), rawOf(range.greatest, fraction)];
  const isHalved = kind === 'signed' && range.least < centre && range.greatest > centre;
  const offset = isHalved ? rawOf(centre, fraction) : least;
  const span = isHalved ? Math.max(offset - least, greatest - offset) : greatest - least;
  return { fraction, offset, ...quotient(span) };
}

function fractionFor({ least, greatest, whole }: FeatureRange): number {
  const size = Math.max(Math.abs(least), Math.abs(greatest));
  if (size === 0 || (whole && size < LARGEST_RAW)) return 0;
  const range = greatest - least || size;
  const fraction = Math.min(Math.ceil(Math.log2(STEPS / range)), Math.floor(Math.log2(LARGEST_RAW / size)));
  return Math.max(-MOST_FRACTION, Math.min(MOST_FRACTION, fraction));
}

/** The multiplier and shift that bring `span` to the levels. */
function quotient(span: number): Pick<ScalingStep, 'multiplier' | 'shift'> {
  if (span === 0) return { multiplier: 0, shift: 0 };
  const factor = (shift: number) => Math.floor((LEVELS * 2 ** shift) / span);
  let shift = 0;
  while (factor(shift) < 2 ** (MULTIPLIER_BITS - 1)) shift++;
  return { multiplier: factor(shift), shift };
}

/** The raw integer of a feature: to the nearest, halves up, clipped to 32 bits. */
export function rawOf(feature: number, fraction: number): number {
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.floor(feature * 2 ** fraction + 0.5)));
}

/**
 * Writes the inputs of one example.
 * @param raw integers of 32 bits, one a feature
 * @param inputs as many, signed twice as many
 */
export function scaleRaw({ kind, steps }: Scaling, raw: ArrayLike<number>, inputs: Uint8Array): void {
  const each = inputsEach({ kind });
  for (let f = 0; f < raw.length; f++) {
    const step = steps[f % steps.length];
    const above = raw[f] - step.offset;
    inputs[each * f] = level(above, step);
    if (each === 2) inputs[2 * f + 1] = level(-above, step);
  }
}

/** Exact in a double: a difference of 33 bits times a multiplier of 16. */
function level(above: number, { multiplier, shift }: ScalingStep): number {
  return above <= 0 ? 0 : Math.min(LARGEST_BYTE, Math.floor((above * multiplier) / 2 ** shift));
}

/** An example's features in levels, one a feature: of two halves the one above the offset less the one below. */
export function levelsOf(scaling: Pick<Scaling, 'kind'> | undefined, inputs: Uint8Array): Float64Array {
  if (scaling?.kind !== 'signed') return Float64Array.from(inputs);
  return Float64Array.from({ length: inputs.length / 2 }, (_, f) => inputs[2 * f] - inputs[2 * f + 1]);
}
