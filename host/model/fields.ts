/**
 * Receptive fields: windows of the image that the units of the first free layer see, drawn by counter. The kernel draws the
 * same ones (`assembly/model/fields.ts`); a test holds the two together.
 */
import { UserError } from '../errors.js';
import { type Picture, pictureName, squarest } from './picture.js';
import { randomKey, randomWord, Stream } from './random.js';
import { layerSizes, parseRange, type Recipe } from './recipe.js';

/** What windows are drawn from: the image, and their sides in pixels. */
export interface Fields extends Picture {
  readonly least: number;
  readonly most: number;
}

const MOST_SIDE = 255;

/**
 * Nothing where every unit sees the whole image. Throws `UserError` where the windows have no room in it.
 * @param picture the images' shape; where it is not known, the squarest one, in which whatever has room anywhere has
 */
export function fieldsOf(
  recipe: Pick<Recipe, 'network' | 'receptive-fields'>,
  picture?: Picture,
): Fields | undefined {
  if (recipe['receptive-fields'] === 'all') return undefined;
  const [pixels] = layerSizes(recipe.network);
  const { rows, columns } = picture ?? squarest(pixels);
  const images = `images of ${pictureName({ rows, columns })} pixels`;
  if (Math.max(rows, columns) > MOST_SIDE)
    throw new UserError(
      `receptive fields in ${images}`,
      `they are windows of images whose sides have ${MOST_SIDE} pixels at most: receptive-fields all lets units see whole ones`,
    );
  const [least, most] = parseRange(recipe['receptive-fields']);
  const shorter = Math.min(rows, columns);
  if (least < 1 || least > most || most > shorter)
    throw new UserError(
      `receptive fields of ${least} to ${most} pixels a side in ${images}`,
      `sides go upwards, from 1 to ${shorter} at most: ${Math.ceil(shorter / 3)}..${Math.ceil((2 * shorter) / 3)}, for instance`,
    );
  return { rows, columns, least, most };
}

/** 1 where a unit sees a pixel, else 0: pixels · units, row-major [pixel][unit]. */
export function drawFields({ rows, columns, least, most }: Fields, seed: number, units: number): Uint8Array {
  const key = randomKey(seed, Stream.fields, 0);
  const sees = new Uint8Array(rows * columns * units);
  for (let unit = 0; unit < units; unit++) {
    const word = randomWord(key, unit);
    const scaled = (shift: number, values: number) => (((word >>> shift) & 0xff) * values) >> 8;
    const height = least + scaled(0, most - least + 1);
    const width = least + scaled(8, most - least + 1);
    const top = scaled(16, rows - height + 1);
    const left = scaled(24, columns - width + 1);
    for (let row = top; row < top + height; row++)
      for (let column = left; column < left + width; column++)
        sees[(row * columns + column) * units + unit] = 1;
  }
  return sees;
}
