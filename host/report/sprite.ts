/** Many small pictures as one: each is shown by an element that has the sprite as its background. */
import { type Content, Html, html } from '../drawing/index.js';
import { encodePng } from './png.js';

const ACROSS = 10;
/** Shown side of a small picture, CSS pixels: the nearest whole multiple of its pixels, for crisp edges. */
const SIDE = 56;

export interface Sprite {
  readonly png: Buffer;
  readonly rows: number;
  readonly columns: number;
  readonly across: number;
  readonly down: number;
}

/**
 * @param cells pictures of rows · columns bytes each, or all of three times as many, in colour; at least one; ten stand side by side
 * @param palette as in `encodePng`
 */
export function sprite(
  cells: readonly Uint8Array[],
  rows: number,
  columns: number,
  palette?: Uint8Array,
): Sprite {
  const across = Math.min(ACROSS, cells.length);
  const down = Math.ceil(cells.length / across);
  const line = cells[0].length / rows;
  const pixels = new Uint8Array(across * line * down * rows);
  cells.forEach((cell, i) => {
    const origin = (Math.floor(i / across) * rows * across + (i % across)) * line;
    for (let y = 0; y < rows; y++)
      pixels.set(cell.subarray(y * line, (y + 1) * line), origin + y * across * line);
  });
  return { png: encodePng(across * columns, down * rows, pixels, palette), rows, columns, across, down };
}

/** The pictures of a sprite as a list; `describe` gives each its alternative text and what stands below it. */
export function gallery(
  { png, rows, columns, across, down }: Sprite,
  count: number,
  name: string,
  describe: (i: number) => { readonly alt: string; readonly caption?: Content },
): Html {
  const scale = Math.max(1, Math.round(SIDE / Math.max(rows, columns)));
  const [w, h] = [columns * scale, rows * scale];
  const style =
    `--w:${w}px;--h:${h}px;--sheet:${across * w}px ${down * h}px;` +
    `--sprite:url(data:image/png;base64,${png.toString('base64')})`;
  const items = Array.from({ length: count }, (_, i) => {
    const { alt, caption } = describe(i);
    const position = `background-position:${-(i % across) * w}px ${-Math.floor(i / across) * h}px`;
    return html`<li><span class="picture" role="img" aria-label="${alt}" title="${alt}" style="${position}"></span>${
      caption === undefined ? '' : html`<span class="caption">${caption}</span>`
    }</li>\n`;
  });
  return html`<ul class="gallery ${name}" style="${new Html(style)}">\n${items}</ul>`;
}
