/** An example's features become a network's inputs: in the picture's order, and scaled. */
import { UserError } from '../ground/index.js';
import { inputsEach, type Picture, rawOf, type Scaling, scaleRaw } from '../model/index.js';
import type { Order } from './reading.js';

/** Where the value of each place of a picture, channels last, stands among an example's features. */
export function placesIn(
  { rows, columns, channels = 1 }: Picture,
  order: Order = 'channels-first',
): Uint32Array {
  const places = rows * columns;
  return Uint32Array.from({ length: places * channels }, (_, at) =>
    order === 'channels-last' ? at : (at % channels) * places + Math.floor(at / channels),
  );
}

/** The picture of an array's sides, the number of examples aside: two, or three in an order. */
export function pictureFrom(sides: readonly number[], order: Order | undefined): Picture {
  if (sides.length === 2) return { rows: sides[0], columns: sides[1] };
  const [channels, rows, columns] = order === 'channels-last' ? [sides[2], sides[0], sides[1]] : sides;
  return { channels, rows, columns };
}

/** Says that an array, examples × three sides, may be either. */
export function channelsUntold(file: string, shape: readonly number[]): UserError {
  return new UserError(
    `${file} holds ${shape.join(' × ')} numbers: where the channels are it does not say`,
    `give --order channels-first for ${shape[1]} channels, --order channels-last for ${shape[3]}`,
  );
}

export class ExampleForm {
  readonly #raw: Float64Array;

  /**
   * @param source as `placesIn` has it
   * @param scaling nothing where features are bytes as they stand
   */
  constructor(
    private readonly source: Uint32Array,
    private readonly scaling: Scaling | undefined,
  ) {
    this.#raw = new Float64Array(source.length);
  }

  /** Numbers of an example. */
  get features(): number {
    return this.source.length;
  }

  /** Bytes that they become. */
  get inputs(): number {
    return this.source.length * (this.scaling ? inputsEach(this.scaling) : 1);
  }

  /**
   * Writes the inputs of the example whose features stand from `from` on.
   * @returns which feature cannot be one, the first: it is not finite or, where nothing is scaled, no byte
   */
  write(features: ArrayLike<number>, from: number, inputs: Uint8Array): number | undefined {
    const { source, scaling } = this;
    const raw = this.#raw;
    for (let at = 0; at < source.length; at++) {
      const value = features[from + source[at]];
      if (!Number.isFinite(value) || !(scaling || isByte(value))) return source[at];
      raw[at] = scaling ? rawOf(value, scaling.steps[at % scaling.steps.length].fraction) : value;
    }
    if (scaling) scaleRaw(scaling, raw, inputs);
    else inputs.set(raw);
    return undefined;
  }
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255;
}

/** Says why a value is no feature. */
export function noInput(place: string, value: number): UserError {
  if (Number.isFinite(value))
    return new UserError(
      `${place}: ${value} is no whole number from 0 to 255`,
      'features that are not scaled are bytes, as those of the training set: train with --scaling unit or signed',
    );
  return new UserError(
    `${place}: ${Number.isNaN(value) ? 'the value is missing (NaN)' : 'the value is infinite'}`,
    'put a number there, or leave the example out',
  );
}
