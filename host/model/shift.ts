/**
 * Shifted images, drawn by counter: by how many rows and columns a minibatch sees each of them moved. The kernel draws the
 * same (`assembly/dynamics/shift.ts`); a test holds the two together.
 */
import { UserError } from '../ground/index.js';
import { MAX_SHIFT } from '../wire/index.js';
import { type Shape, sizeOf } from './connections/kind.js';
import { pictureName } from './picture.js';
import { randomKey, randomWord, Stream } from './random.js';

/** Rows and columns that an input may be shifted by, so that something of it is left. */
export function mostShift({ rows, columns }: Shape): number {
  return Math.min(rows - 1, columns - 1, MAX_SHIFT);
}

/** Throws `UserError` where a shift can leave nothing of an input. */
export function requireRoomForShift(shift: number, input: Shape): void {
  const most = mostShift(input);
  if (shift <= most) return;
  throw new UserError(
    `a shift of ${shift} in an input of ${pictureName(input)}`,
    most > 0
      ? `it goes up to ${most}`
      : 'images that shift have several rows and columns, as 28x28 in network: leave the shift out',
  );
}

/**
 * Images moved as the minibatch `step` sees them, each by up to `shift` rows and columns; what comes in from outside is zero.
 * @param images n · units of the input bytes
 */
export function shifted(
  images: Uint8Array,
  input: Shape,
  { shift, seed }: { readonly shift: number; readonly seed: number },
  step: number,
): Uint8Array {
  const { rows, columns, channels } = input;
  const key = randomKey(seed, Stream.shift, step);
  const moved = new Uint8Array(images.length);
  for (let slot = 0; slot * sizeOf(input) < images.length; slot++) {
    const word = randomWord(key, slot);
    const [down, right] = [word & 0xffff, word >>> 16].map(
      (bits) => ((bits * (2 * shift + 1)) >> 16) - shift,
    );
    const first = Math.max(0, right);
    const last = Math.min(columns, columns + right);
    for (let row = Math.max(0, down); row < Math.min(rows, rows + down); row++) {
      const to = (slot * rows + row) * columns;
      const from = to - down * columns - right;
      moved.set(
        images.subarray((from + first) * channels, (from + last) * channels),
        (to + first) * channels,
      );
    }
  }
  return moved;
}
