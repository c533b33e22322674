/**
 * Receptive fields: windows of the image that the units of the first free layer see, drawn by counter. The kernel draws the
 * same ones (`assembly/model/fields.ts`); a test holds the two together.
 */
import { UserError } from '../errors.js';
import { randomKey, randomWord, Stream } from './random.js';
import { layerSizes, parseRange, type Recipe } from './recipe.js';

/** What windows are drawn from. */
export interface Fields {
  /** Pixels in a row of the image. */
  readonly width: number;
  /** Sides of the windows, in pixels. */
  readonly least: number;
  readonly most: number;
}

const MOST_SIDE = 255;

/** Nothing where every unit sees the whole image. Throws `UserError` where the windows have no room in a square image. */
export function fieldsOf(recipe: Pick<Recipe, 'network' | 'receptive-fields'>): Fields | undefined {
  if (recipe['receptive-fields'] === 'all') return undefined;
  const [pixels] = layerSizes(recipe.network);
  const width = Math.sqrt(pixels);
  if (!Number.isInteger(width) || width > MOST_SIDE)
    throw new UserError(
      `receptive fields in images of ${pixels} pixels`,
      `they are windows of square images, of ${MOST_SIDE} rows at most: 784 pixels are 28 rows of 28`,
    );
  const [least, most] = parseRange(recipe['receptive-fields']);
  if (least < 1 || least > most || most > width)
    throw new UserError(
      `receptive fields of ${least} to ${most} pixels a side`,
      `sides go upwards from 1 to ${width}, those of the image: 8..18, for instance`,
    );
  return { width, least, most };
}

/** 1 where a unit sees a pixel, else 0: pixels · units, row-major [pixel][unit]. */
export function drawFields({ width, least, most }: Fields, seed: number, units: number): Uint8Array {
  const key = randomKey(seed, Stream.fields, 0);
  const sees = new Uint8Array(width * width * units);
  for (let unit = 0; unit < units; unit++) {
    const word = randomWord(key, unit);
    const scaled = (shift: number, values: number) => (((word >>> shift) & 0xff) * values) >> 8;
    const rows = least + scaled(0, most - least + 1);
    const columns = least + scaled(8, most - least + 1);
    const top = scaled(16, width - rows + 1);
    const left = scaled(24, width - columns + 1);
    for (let row = top; row < top + rows; row++)
      for (let column = left; column < left + columns; column++)
        sees[(row * width + column) * units + unit] = 1;
  }
  return sees;
}
