/** Pictures of numbers, drawn on canvases a pixel a number. */

/** @param rgb 3 bytes a pixel, row-major */
export function paint(canvas: HTMLCanvasElement, columns: number, rows: number, rgb: Uint8Array): void {
  canvas.width = columns;
  canvas.height = rows;
  const image = new ImageData(columns, rows);
  for (let pixel = 0; pixel < columns * rows; pixel++) {
    image.data.set(rgb.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
    image.data[4 * pixel + 3] = 255;
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}

/** Sides of a cell, and the gap behind it. */
const CELL = 6;
const GAP = 1;

/** Values from 0, black, to 1, white, a square each, row by row; gaps stay clear. */
export function paintCells(canvas: HTMLCanvasElement, columns: number, values: ArrayLike<number>): void {
  canvas.width = columns * (CELL + GAP) - GAP;
  canvas.height = Math.ceil(values.length / columns) * (CELL + GAP) - GAP;
  const context = canvas.getContext('2d');
  if (!context) return;
  for (let at = 0; at < values.length; at++) {
    const level = Math.round(255 * values[at]);
    context.fillStyle = `rgb(${level} ${level} ${level})`;
    const [column, row] = [at % columns, Math.floor(at / columns)];
    context.fillRect(column * (CELL + GAP), row * (CELL + GAP), CELL, CELL);
  }
}

/** Greys of values from 0, black, to 1, white. */
export function greys(values: ArrayLike<number>): Uint8Array {
  return Uint8Array.from({ length: 3 * values.length }, (_, at) => 255 * values[Math.floor(at / 3)]);
}
