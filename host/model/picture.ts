/** The shape in which a data set's inputs stand, row by row. A vector is one row. */
export interface Picture {
  readonly rows: number;
  readonly columns: number;
}

/** `28 × 28` */
export function pictureName({ rows, columns }: Picture): string {
  return `${rows} × ${columns}`;
}

/** The picture of so many pixels that is nearest to a square, its columns not fewer than its rows. */
export function squarest(pixels: number): Picture {
  let rows = Math.floor(Math.sqrt(pixels));
  while (pixels % rows !== 0) rows--;
  return { rows, columns: pixels / rows };
}

export function isSamePicture(one: Picture, other: Picture): boolean {
  return one.rows === other.rows && one.columns === other.columns;
}
