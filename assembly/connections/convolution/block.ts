// Contrasts of a block, which is a line of the kernel, summed over the slots of a minibatch.
import { addWidened } from '../../arithmetic/sums';
import { zero } from '../../memory/arena';
import { Connection } from '../../network/connection';
import { stateFraction } from '../../network/graph';
import { movedSlots, sumInto } from '../../network/minibatch';
import { contrastFraction } from '../../network/sums';
import { sumGreatest } from './greatest-sums';
import { packedBytes } from './packed';
import { sumSlot } from './sums';

/** Sums the contrasts of the block that begins in a row of the matrix, of so many listed slots. Returns whether there are any. */
export function sumRows(c: Connection, first: i32, moved: i32, narrow: bool): bool {
  const line = first / c.block;
  if (ASC_FEATURE_SIMD && !narrow) {
    const most = narrowSlots(c);
    if (most > 0) return sumWidened(c, line, moved, most);
  }
  return sumSlots(c, line, 0, moved, narrow);
}

/** The same of the listed slots `from` … `end` − 1. */
function sumSlots(c: Connection, line: i32, from: i32, end: i32, narrow: bool): bool {
  let any = false;
  for (let m = from; m < end; m++) {
    const slot = i32(load<u16>(movedSlots + (m << 1)));
    const some = c.chooses ? sumGreatest(c, slot, line, narrow) : sumSlot(c, slot, line, narrow);
    if (some) any = true;
  }
  return any;
}

/** How many slots' contrasts fit 32 bits. */
function narrowSlots(c: Connection): i32 {
  return (i32.MAX_VALUE >> contrastFraction(c, stateFraction)) / c.repeats;
}

/** Sums contrasts that together need 64 bits, so many slots at a time in 32, which is what vectors multiply. */
function sumWidened(c: Connection, line: i32, moved: i32, most: i32): bool {
  const count = c.block * c.columns;
  const part = c.scratch - usize(packedBytes(c) + partBytes(c));
  let any = false;
  for (let from = 0; from < moved; from += most) {
    zero(part, count << 2);
    const whole = sumInto(part);
    const some = sumSlots(c, line, from, min(from + most, moved), true);
    sumInto(whole);
    if (!some) continue;
    any = true;
    addWidened(whole, part, count);
  }
  return any;
}

/** Bytes of a thread's own, below what is packed: i32[block × columns] sums that are to be widened. */
export function partBytes(c: Connection): u64 {
  return ASC_FEATURE_SIMD ? (((u64(c.block) * c.columns) << 2) + 15) & ~15 : 0;
}
