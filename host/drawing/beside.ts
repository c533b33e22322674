/** Where numbers stand beside their marks so that none covers another, nor a mark. */
import type { Frame } from './drawing.js';

export interface Place {
  readonly x: number;
  /** The place of the baseline. */
  readonly y: number;
  readonly anchor: 'start' | 'end';
}

type Point = readonly [x: number, y: number];
type Box = readonly [left: number, top: number, right: number, bottom: number];

const DISTANCE = 10;
/** Half a mark's width, and half of the space that a line of text takes. */
const MARK = 6;
const HALF_LINE = 6;
/** From a line's middle down to its baseline. */
const BASELINE = 4.5;
const CHARACTER = 8;

/** In which directions a label is tried; the first that is free is taken. Mirrored where another mark is near on the right. */
const DIRECTIONS: readonly Point[] = [
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
  [1.6, 0],
  [-1.6, 0],
  [1, -2.2],
  [-1, -2.2],
  [1, 2.2],
  [-1, 2.2],
];

const overlap = (a: Box, b: Box) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

/**
 * @param points marks that are labelled
 * @param characters of the longest label
 * @param marks all of them, in the frame
 */
export function placesBeside(
  points: readonly Point[],
  characters: number,
  marks: readonly Point[],
  frame: Frame,
): readonly Place[] {
  const taken: Box[] = marks.map(([x, y]) => [x - MARK, y - MARK, x + MARK, y + MARK]);
  const width = characters * CHARACTER;
  return points.map(([px, py]) => {
    const near = ([x, y]: Point) =>
      x > px && x - px < width + 2 * DISTANCE && Math.abs(y - py) < 2 * DISTANCE;
    const side = marks.some(near) ? -1 : 1;
    const tries = DIRECTIONS.map(([outwards, down]) => {
      const right = side * outwards;
      const x = px + right * DISTANCE;
      const middle = py + down * (DISTANCE + HALF_LINE / 2);
      const from = right > 0 ? x : x - width;
      const box: Box = [from, middle - HALF_LINE, from + width, middle + HALF_LINE];
      return { box, place: { x, y: middle + BASELINE, anchor: right > 0 ? 'start' : 'end' } as const };
    });
    const isFree = ({ box }: { readonly box: Box }) =>
      box[0] >= frame.left && box[2] <= frame.right && !taken.some((other) => overlap(box, other));
    const { box, place } = tries.find(isFree) ?? tries[0];
    taken.push(box);
    return place;
  });
}
