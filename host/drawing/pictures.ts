/** Pictures of black and white, side by side. */
import { fixed, WIDTH } from './drawing.js';
import { type Html, html } from './html.js';

/** A panel of a figure that is no chart. */
export interface Pictures {
  readonly title: string;
  /** Pixels of a picture's row. */
  readonly columns: number;
  /** Pictures of a row. */
  readonly perRow: number;
  /** A character a pixel, row by row: 1 is ink. */
  readonly pictures: readonly string[];
}

/** Share of a picture's place that is left free around it. */
const MARGIN = 0.08;

export function heightOfPictures({ pictures, columns, perRow }: Pictures): number {
  const rows = pictures[0].length / columns;
  return Math.ceil(pictures.length / perRow) * (WIDTH / perRow) * (rows / columns);
}

export function drawPictures({ pictures, columns, perRow }: Pictures): Html {
  const place = WIDTH / perRow;
  const rows = pictures[0].length / columns;
  const width = place * (1 - 2 * MARGIN);
  return html`${pictures.map((picture, n) => {
    const x = ((n % perRow) + MARGIN) * place;
    const y = Math.floor(n / perRow) * place * (rows / columns) + MARGIN * place;
    return html`<svg x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed((width * rows) / columns)}" viewBox="0 0 ${columns} ${rows}"><title>${n + 1}</title><rect class="ground" width="${columns}" height="${rows}"/><path class="ink" d="${runsOf(picture, columns)}"/></svg>`;
  })}`;
}

/** Runs of ink, row by row, each a rectangle one pixel high. */
function runsOf(picture: string, columns: number): string {
  return Array.from({ length: picture.length / columns }, (_, row) =>
    Array.from(
      picture.slice(row * columns, (row + 1) * columns).matchAll(/1+/g),
      ({ index, 0: run }) => `M${index} ${row}h${run.length}v1h-${run.length}z`,
    ).join(''),
  ).join('');
}
