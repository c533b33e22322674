/** An example drawn in letters: a picture as shades, a series as a curve a channel. */
import type { Shape } from '../model/index.js';

const SHADES = ' .:-=+*#%@';
const HEIGHTS = '▁▂▃▄▅▆▇█';
/** Columns that a drawing takes at most. */
const WIDEST = 64;

/**
 * @param levels one a place and channel, channels last
 * @returns its lines
 */
export function exampleText(levels: Float64Array, { channels, rows, columns }: Shape): readonly string[] {
  const least = levels.reduce((most, level) => Math.min(most, level), Number.POSITIVE_INFINITY);
  const greatest = levels.reduce((most, level) => Math.max(most, level), Number.NEGATIVE_INFINITY);
  const sign = (level: number, signs: string) =>
    signs[Math.min(signs.length - 1, Math.floor(((level - least) / (greatest - least || 1)) * signs.length))];
  if (rows === 1) {
    const shown = places(columns, WIDEST);
    return Array.from({ length: channels }, (_, channel) =>
      shown.map((column) => sign(levels[column * channels + channel], HEIGHTS)).join(''),
    );
  }
  // A letter is twice as high as it is wide.
  const across = places(columns, WIDEST / 2);
  const down = places(rows, Math.max(1, Math.round((rows * across.length) / columns)));
  const grey = (row: number, column: number) => {
    const at = (row * columns + column) * channels;
    return levels.subarray(at, at + channels).reduce((sum, level) => sum + level, 0) / channels;
  };
  return down.map((row) => across.map((column) => sign(grey(row, column), SHADES).repeat(2)).join(''));
}

/** So many of some places at most, evenly. */
function places(count: number, most: number): readonly number[] {
  const shown = Math.min(count, most);
  return Array.from({ length: shown }, (_, n) => Math.floor((n * count) / shown));
}
