/**
 * Receptive fields: each unit of `post` sees a window of the rows and columns of `pre`, drawn by counter from the seed. The
 * matrix is a dense one; what a unit does not see has no weight.
 */
import { UserError } from '../../ground/index.js';
import { pictureName } from '../picture.js';
import { randomKey, randomWord, Stream } from '../random.js';
import { type Kind, type Placed, type Shape, sizeOf } from './kind.js';

const MOST_SIDE = 255;

export const windows: Kind = {
  words: ['least', 'most'],
  check: ({ pre: { rows, columns }, words: { least, most } }) => {
    if (Math.max(rows, columns) > MOST_SIDE)
      throw new UserError(
        `windows of a layer of ${pictureName({ rows, columns })}`,
        `it may have ${MOST_SIDE} rows and columns at most`,
      );
    const side = Math.min(rows, columns);
    if (least < 1 || least > most || most > side)
      throw new UserError(
        `windows of ${least} to ${most} units a side in a layer of ${pictureName({ rows, columns })}`,
        `sides go upwards, from 1 to ${side} at most: ${Math.ceil(side / 3)}..${Math.ceil((2 * side) / 3)}, for instance`,
      );
  },
  map: (placed) => {
    const { pre, post } = placed;
    const [rows, columns] = [sizeOf(pre), sizeOf(post)];
    const seen = drawWindows(placed);
    return {
      rows,
      columns,
      element: (i, j) => (isWithin(seen[j], i, pre) ? i * columns + j : -1),
      fan: [rows, columns],
    };
  },
};

interface Window {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** One a unit of `post`. The ends are not within. */
export function drawWindows({ pre, post, words: { least, most }, seed, index }: Placed): readonly Window[] {
  const key = randomKey(seed, Stream.fields, index);
  return Array.from({ length: sizeOf(post) }, (_, unit) => {
    const word = randomWord(key, unit);
    const scaled = (shift: number, values: number) => (((word >>> shift) & 0xff) * values) >> 8;
    const height = least + scaled(0, most - least + 1);
    const width = least + scaled(8, most - least + 1);
    const top = scaled(16, pre.rows - height + 1);
    const left = scaled(24, pre.columns - width + 1);
    return { top, bottom: top + height, left, right: left + width };
  });
}

function isWithin({ top, bottom, left, right }: Window, unit: number, { channels, columns }: Shape): boolean {
  const place = Math.floor(unit / channels);
  const [row, column] = [Math.floor(place / columns), place % columns];
  return row >= top && row < bottom && column >= left && column < right;
}
