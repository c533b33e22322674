// Rates that a picture's patches send, for SIMD: those that are not zero, packed line by line, so that a patch takes what it needs
// of a line at once and not place by place. The picture has its padding around it; a place of it is the sum of those that a
// unit of `post` pools.
import { Compaction } from '../../arithmetic/compaction';
import { queueRun } from '../../arithmetic/rows';
import { addStates } from '../../arithmetic/sums';
import { zero } from '../../memory/arena';
import { Connection } from '../../network/connection';
import { paddingOf, poolOf, sideOf, strideOf } from './shape';

/** Lanes of a vector, and what compaction writes beyond the last entry. */
const SPARE: i32 = 8;

/** Places of the input in a row that are summed. */
function summed(c: Connection): i32 {
  return c.chooses ? 1 : poolOf(c);
}

function lines(c: Connection): i32 {
  return (c.post.rows * poolOf(c) - summed(c)) * strideOf(c) + sideOf(c);
}

function places(c: Connection): i32 {
  return (c.post.columns * poolOf(c) - summed(c)) * strideOf(c) + sideOf(c);
}

/** Units of a padded line of `pre`: what a line of places is summed from. */
function lineUnits(c: Connection): i32 {
  return (places(c) + (summed(c) - 1) * strideOf(c)) * c.pre.channels;
}

/** Most entries that are not zero. */
function entries(c: Connection): u64 {
  const sums = summed(c);
  return min(u64(lines(c) * places(c)) * c.pre.channels, u64(sums * sums) * c.pre.size) + SPARE;
}

function lineBytes(c: Connection): u64 {
  return (((u64(lineUnits(c)) + SPARE) << alignof<State>()) + 15) & ~15;
}

function startBytes(c: Connection): u64 {
  return ((u64(lines(c) * places(c) + 1) << 2) + 15) & ~15;
}

/** Bytes of a thread's own that a connection needs, below its scratch. */
export function packedBytes(c: Connection): u64 {
  if (!ASC_FEATURE_SIMD) return 0;
  const each: u64 = sizeof<u32>() + sizeof<State>();
  return (lineBytes(c) + startBytes(c) + entries(c) * each + 15) & ~15;
}

// These are of the connection that was packed last.
/** u32[lines × places + 1]: entries before those of a place. */
let starts: usize = 0;
/** u32[entries]: how far into a line's rows of the matrix, in bytes, the row of an entry lies. */
let offsets: usize = 0;
/** State[entries]. */
let factors: usize = 0;
let columns: i32 = 0;

/** Packs State[pre.size] rates. */
export function packPlaces(c: Connection, rates: usize): void {
  const line = c.scratch - usize(packedBytes(c));
  starts = line + usize(lineBytes(c));
  offsets = starts + usize(startBytes(c));
  factors = offsets + (usize(entries(c)) << 2);
  columns = places(c);
  const channels = c.pre.channels;
  const units = columns * channels;
  const sums = summed(c);
  const apart: usize = (strideOf(c) * channels) << alignof<State>();
  const lanes = i16x8(0, 1, 2, 3, 4, 5, 6, 7);
  const rowBytes = i32x4.splat(c.columns << alignof<Weight>());
  let start = starts;
  let taken = 0;
  for (let row = 0, rows = lines(c); row < rows; row++) {
    sumLines(c, line, rates, row);
    let next = 0;
    for (let unit = 0; unit < units; unit += 8) {
      let at = line + (unit << alignof<State>());
      let factor = v128.load(at);
      for (let across = 1; across < sums; across++) {
        at += apart;
        factor = i16x8.add(factor, v128.load(at));
      }
      if (units - unit < 8) factor = v128.and(factor, i16x8.lt_s(lanes, i16x8.splat(i16(units - unit))));
      const zeros = Compaction.zeros(factor);
      for (const end = min(unit + 8, units); next < end; next += channels, start += 4)
        store<u32>(start, taken + popcnt(~zeros & ((1 << (next - unit)) - 1)));
      if (zeros == 0xff) continue;
      const order = Compaction.order(zeros);
      const packed = i8x16.swizzle(lanes, order);
      const first = i32x4.splat(unit);
      at = offsets + (taken << 2);
      v128.store(at, i32x4.mul(rowBytes, i32x4.add(first, i32x4.extend_low_i16x8_u(packed))));
      v128.store(at, i32x4.mul(rowBytes, i32x4.add(first, i32x4.extend_high_i16x8_u(packed))), 16);
      v128.store(factors + (taken << alignof<State>()), i8x16.swizzle(factor, order));
      taken += 8 - popcnt(zeros);
    }
  }
  store<u32>(start, taken);
}

/** Sums the lines of `pre` that a line of places sums: State[lineUnits], padding included. Places that no patch reaches are left out. */
function sumLines(c: Connection, line: usize, rates: usize, row: i32): void {
  const pre = c.pre;
  const padding = paddingOf(c);
  const before = padding * pre.channels;
  const all = lineUnits(c);
  const units = pre.columns * pre.channels;
  zero(line, (all + SPARE) << alignof<State>());
  for (let down = 0, at = row - padding; down < summed(c); down++, at += strideOf(c))
    if (at >= 0 && at < pre.rows)
      addStates(
        line + (before << alignof<State>()),
        rates + ((at * units) << alignof<State>()),
        min(units, all - before),
      );
}

/** Queues what a patch of packed places sends to Drive[channels of post] sums; `row` and `column` are its upper left corner. */
export function queuePackedPatch(c: Connection, sums: usize, row: i32, column: i32): void {
  const side = sideOf(c);
  const n = c.columns;
  const placeBytes = (c.pre.channels * n) << alignof<Weight>();
  let base = c.weights - column * placeBytes;
  let start = starts + ((row * columns + column) << 2);
  for (let line = 0; line < side; line++, start += columns << 2, base += side * placeBytes) {
    const first = load<u32>(start);
    const count = load<u32>(start + (side << 2)) - first;
    if (count != 0)
      queueRun(sums, n, base, offsets + (first << 2), factors + (first << alignof<State>()), count);
  }
}
