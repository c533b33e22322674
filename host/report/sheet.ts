/** Many tiny pictures as one, in rows and columns that mean something: a pixel is left free between them. */
import { Html, html } from '../drawing/index.js';
import { encodePng } from './png.js';

/** The palette's last entry is what is between pictures: nothing. */
export const GAP = 255;
/** CSS pixels that a sheet may be wide, and the most that a pixel of it is. */
const WIDTH = 1000;
const MOST_SCALE = 6;

/** A picture of rows · columns palette indices, row-major. */
export interface Cell {
  readonly rows: number;
  readonly columns: number;
  readonly levels: Uint8Array;
}

/**
 * @param grid rows of pictures of one size, each as long as the first
 * @param palette 3 bytes an index below `GAP`
 * @param alt what it shows
 */
export function sheet(grid: readonly (readonly Cell[])[], palette: Uint8Array, alt: string): Html {
  const [{ rows, columns }] = grid[0];
  const width = grid[0].length * (columns + 1) - 1;
  const height = grid.length * (rows + 1) - 1;
  const pixels = new Uint8Array(width * height).fill(GAP);
  grid.forEach((line, down) => {
    line.forEach(({ levels }, across) => {
      for (let y = 0; y < rows; y++)
        pixels.set(
          levels.subarray(y * columns, (y + 1) * columns),
          (down * (rows + 1) + y) * width + across * (columns + 1),
        );
    });
  });
  const scale = Math.max(1, Math.min(MOST_SCALE, Math.floor(WIDTH / width)));
  const png = encodePng(width, height, pixels, palette, GAP).toString('base64');
  const style = `--w:${width * scale}px;--h:${height * scale}px;--sheet:100% 100%;--sprite:url(data:image/png;base64,${png})`;
  return html`<span class="picture" role="img" aria-label="${alt}" title="${alt}" style="${new Html(style)}"></span>`;
}
