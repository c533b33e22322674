/**
 * Convolution: a kernel of side × side slides over the rows and columns of `pre`, a stride at a time, with so much padding
 * around. A unit of `post` pools pool × pool of its places: their sum, or (maximum) the greatest. All units of a channel share
 * the kernel: element [(line · side + column) · channels + channel][channel of post].
 */
import { UserError } from '../../ground/index.js';
import { MAX_UNITS } from '../../wire/index.js';
import { type Picture, pictureName } from '../picture.js';
import { commonDivisors, endHint, sideHint } from './hints.js';
import type { Kind, Placed, Shape } from './kind.js';

const MOST = { side: 255, stride: 63, pool: 15 } as const;

export const convolution: Kind = {
  words: ['side', 'stride', 'padding', 'pool', 'maximum'],
  defaults: { stride: 1, padding: 0, pool: 1, maximum: 0 },
  check: (placed) => {
    requireWords(placed);
    const { pre, post, words } = placed;
    const { pool } = words;
    const places = slides(pre, words);
    if (!arePooled(places, pool))
      throw new UserError(
        `${named(words)} has ${pictureName(places)} places in a layer of ${pictureName(pre)}, which pools of ${pool} × ${pool} do not divide`,
        poolHint(pre, words, places),
      );
    const ends = { rows: places.rows / pool, columns: places.columns / pool };
    if (post.rows !== ends.rows || post.columns !== ends.columns)
      throw new UserError(
        `${named(words)} from a layer of ${pictureName(pre)} to one of ${pictureName(post)}`,
        endHint(post, ends),
      );
  },
  map: ({ pre, post, words }) => {
    const { side, stride, padding, pool, maximum } = words;
    const [rows, columns] = [side * side * pre.channels, post.channels];
    const cornerOf = (j: number, place: number) => {
      const at = Math.floor(j / post.channels);
      const down = Math.floor(at / post.columns) * pool + Math.floor(place / pool);
      const across = (at % post.columns) * pool + (place % pool);
      return { row: down * stride - padding, column: across * stride - padding };
    };
    return {
      rows,
      columns,
      repeats: post.rows * post.columns * (maximum ? 1 : pool * pool),
      ...(pool > 1 && { pooled: { places: pool * pool, by: maximum ? 'maximum' : 'sum' } }),
      element: (i, j, place = 0) => {
        const corner = cornerOf(j, place);
        const at = Math.floor(i / pre.channels);
        const line = Math.floor(at / pre.columns) - corner.row;
        const column = (at % pre.columns) - corner.column;
        if (line < 0 || line >= side || column < 0 || column >= side) return -1;
        return ((line * side + column) * pre.channels + (i % pre.channels)) * columns + (j % columns);
      },
      into: (j, place, visit) => {
        const corner = cornerOf(j, place);
        const last = {
          row: Math.min(corner.row + side, pre.rows),
          column: Math.min(corner.column + side, pre.columns),
        };
        for (let row = Math.max(corner.row, 0); row < last.row; row++)
          for (let column = Math.max(corner.column, 0); column < last.column; column++) {
            const first = ((row - corner.row) * side + column - corner.column) * pre.channels;
            const unit = (row * pre.columns + column) * pre.channels;
            for (let channel = 0; channel < pre.channels; channel++)
              visit(unit + channel, (first + channel) * columns + (j % columns));
          }
      },
      fan: [rows, (side * side * columns) / (stride * stride)],
    };
  },
};

function named({ side, stride, padding, pool, maximum }: Placed['words']): string {
  const parts = [`a convolution of side ${side}`];
  if (stride !== 1) parts.push(`stride ${stride}`);
  if (padding !== 0) parts.push(`padding ${padding}`);
  if (pool !== 1) parts.push(`${maximum ? 'maximum' : 'sum'} of ${pool} × ${pool}`);
  return parts.join(', ');
}

function requireWords({ pre, words }: Omit<Placed, 'seed'>): void {
  const { side, stride, padding, pool, maximum } = words;
  const within = `in a layer of ${pictureName(pre)}`;
  const most = mostSide(pre, padding);
  if (side < 1 || side > most) throw new UserError(`${named(words)} ${within}`, sideHint(most));
  if (side * side * pre.channels > MAX_UNITS)
    throw new UserError(
      `${named(words)} ${within} with ${pre.channels} channels`,
      `a kernel has ${MAX_UNITS} weights at most of each unit: sides go up to ${Math.floor(Math.sqrt(MAX_UNITS / pre.channels))}`,
    );
  if (stride < 1 || stride > MOST.stride)
    throw new UserError(`${named(words)} ${within}`, `strides go from 1 to ${MOST.stride}`);
  if (padding >= side)
    throw new UserError(`${named(words)} ${within}`, `paddings go from 0 to ${side - 1}: less than the side`);
  if (pool < 1 || pool > MOST.pool)
    throw new UserError(
      `a convolution that pools ${pool} × ${pool} places`,
      `pools go from 1 to ${MOST.pool}`,
    );
  if (maximum > 1)
    throw new UserError(
      `a convolution with maximum ${maximum}`,
      'write 1 for the greatest of the pooled places, 0 for their sum',
    );
}

function mostSide({ rows, columns }: Shape, padding: number): number {
  return Math.min(rows + 2 * padding, columns + 2 * padding, MOST.side);
}

/** Rows and columns of the places that a kernel comes to. */
export function slides({ rows, columns }: Shape, { side, stride, padding }: Placed['words']): Picture {
  const places = (lines: number) => Math.floor((lines + 2 * padding - side) / stride) + 1;
  return { rows: places(rows), columns: places(columns) };
}

function arePooled({ rows, columns }: Picture, pool: number): boolean {
  return rows % pool === 0 && columns % pool === 0;
}

/** The pools that would divide the places, and the sides nearest to the kernel's whose places its own pools would. */
function poolHint(pre: Shape, words: Placed['words'], places: Picture): string {
  const { side, padding, pool } = words;
  const sides = Array.from({ length: mostSide(pre, padding) }, (_, n) => n + 1)
    .filter((other) => other > padding && arePooled(slides(pre, { ...words, side: other }), pool))
    .sort((a, b) => Math.abs(a - side) - Math.abs(b - side))
    .slice(0, 2);
  const pools = commonDivisors(places.rows, places.columns).filter((one) => one <= MOST.pool);
  return `pools that divide them: ${pools.join(', ')}${sides.length > 0 ? `; or a side of ${sides.join(' or ')}` : ''}`;
}
