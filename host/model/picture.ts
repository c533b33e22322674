/**
 * The shape in which a data set's inputs stand, row by row, the channels of a place together. A vector is one row of one
 * channel.
 */
export interface Picture {
  readonly rows: number;
  readonly columns: number;
  /** 1 where nothing is said. */
  readonly channels?: number;
}

/** Rows and columns: `28 × 28` */
export function pictureName({ rows, columns }: Pick<Picture, 'rows' | 'columns'>): string {
  return `${rows} × ${columns}`;
}

/** The same, and its channels where there are several: `3 × 28 × 28` */
export function shapeName({ rows, columns, channels = 1 }: Picture): string {
  return channels === 1 ? pictureName({ rows, columns }) : `${channels} × ${pictureName({ rows, columns })}`;
}

/** The same as a network writes it: `28x28`, `3x28x28` */
export function pictureNotation(picture: Picture): string {
  return shapeName(picture).replaceAll(' × ', 'x');
}

/** Values of one example. */
export function pixelsOf({ rows, columns, channels = 1 }: Picture): number {
  return rows * columns * channels;
}

/** The shape alone, of whatever has one. */
export function pictureOf({ rows, columns, channels = 1 }: Picture): Picture {
  return { rows, columns, ...(channels !== 1 && { channels }) };
}

/** The picture of so many pixels that is nearest to a square, its columns not fewer than its rows. */
export function squarest(pixels: number): Picture {
  let rows = Math.floor(Math.sqrt(pixels));
  while (pixels % rows !== 0) rows--;
  return { rows, columns: pixels / rows };
}

export function isSamePicture(one: Picture, other: Picture): boolean {
  return shapeName(one) === shapeName(other);
}
