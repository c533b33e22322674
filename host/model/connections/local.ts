/**
 * Locally connected: each unit of `post` is joined to all channels of a patch of `pre`, side × side, that begins at the
 * unit's own row and column times the stride. As a convolution, but each pair of units has a weight of its own.
 */
import { UserError } from '../../ground/index.js';
import { pictureName } from '../picture.js';
import { commonDivisors, endHint, sideHint } from './hints.js';
import { type Kind, type Shape, sizeOf } from './kind.js';

export const local: Kind = {
  words: ['side', 'stride'],
  check: ({ pre, post, words: { side, stride } }) => {
    const within = `in a layer of ${pictureName(pre)}`;
    const most = Math.min(pre.rows, pre.columns);
    if (side < 1 || side > most)
      throw new UserError(`a local connection of side ${side} ${within}`, sideHint(most));
    if (stride < 1)
      throw new UserError(`a local connection of stride ${stride} ${within}`, 'strides go from 1 on');
    const [down, across] = [pre.rows - side, pre.columns - side];
    if (down % stride !== 0 || across % stride !== 0)
      throw new UserError(
        `a local connection of side ${side} whose stride ${stride} leaves a rest ${within}`,
        `strides that leave none: ${commonDivisors(down, across).join(', ')}`,
      );
    const places = { rows: down / stride + 1, columns: across / stride + 1 };
    if (post.rows !== places.rows || post.columns !== places.columns)
      throw new UserError(
        `a local connection of side ${side} and stride ${stride} from a layer of ${pictureName(pre)} to one of ${pictureName(post)}`,
        endHint(post, places),
      );
  },
  map: ({ pre, post, words: { side, stride } }) => {
    const patch = side * side * pre.channels;
    const [rows, columns] = [post.rows * post.columns * patch, post.channels];
    return {
      rows,
      columns,
      element: (i, j) => {
        const [from, to] = [placeOf(i, pre), placeOf(j, post)];
        const [row, column] = [from.row - to.row * stride, from.column - to.column * stride];
        if (row < 0 || row >= side || column < 0 || column >= side) return -1;
        const ofPatch = (row * side + column) * pre.channels + from.channel;
        return ((to.row * post.columns + to.column) * patch + ofPatch) * columns + to.channel;
      },
      // A unit at the edge has fewer: their mean leaves one.
      fan: [patch, (rows * columns) / sizeOf(pre)],
    };
  },
};

function placeOf(unit: number, { channels, columns }: Shape) {
  const place = Math.floor(unit / channels);
  return { row: Math.floor(place / columns), column: place % columns, channel: unit % channels };
}
