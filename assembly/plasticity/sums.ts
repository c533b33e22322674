// Sums of contrasts of a minibatch's examples, kept where its states are not: an example's are added as soon as it has settled.
import { addWideRow } from '../arithmetic/rows';
import { sumRows } from '../connections/kinds';
import { zero } from '../memory/arena';
import { isCentredLayer } from '../network/centre';
import { Connection } from '../network/connection';
import { connection, connectionCount, layer, layerCount, stateFraction } from '../network/graph';
import { contrastRow, layersMoved, minusStates, movedSlots, sumInto } from '../network/minibatch';
import { forgetMovedUnits } from '../network/moved-units';
import { sumBytes, sumWidth } from '../network/sums';
import { addAlong } from './centre';

export function clearSums(): void {
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.sums != 0) zero(c.sums, u32(sumBytes(c, stateFraction)));
  }
  for (let k = 1; k < layerCount; k++)
    if (layer(k).sums != 0) zero(layer(k).sums, layer(k).biasCount << (isCentredLayer(k) ? 4 : 3));
}

/** Adds the contrasts of the one listed slot to a connection's sums. */
export function addAllRows(c: Connection): void {
  const width = sumWidth(c, stateFraction);
  const before = sumInto(c.sums);
  for (let i = 0; i < c.rows; i += c.block) {
    sumInto(c.sums + ((i * c.columns) << width));
    sumRows(c, i, 1, width == 2);
  }
  sumInto(before);
}

/** Adds what an example came to, whose differences are taken. */
export function addContrasts(slot: i32): void {
  store<u16>(movedSlots, slot);
  forgetMovedUnits();
  const moved = layersMoved(slot);
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.isFixed || c.learnsByRates || (moved & c.ends) == 0) continue;
    addAllRows(c);
  }
  for (let k = 1; k < layerCount; k++) {
    const l = layer(k);
    const n = l.biasCount;
    const changes = minusStates(slot) + (l.firstUnit << alignof<State>());
    if ((moved & (1 << k)) == 0) continue;
    if (isCentredLayer(k)) addAlong(l.sums + (n << 3), changes, slot);
    for (let unit = 0; unit < l.size; unit += n)
      addWideRow(l.sums, changes + (unit << alignof<State>()), n, 1);
  }
}

/** Moves the sums of a row that begins at an element of the matrix to the contrasts, as wide as those are wanted. */
export function takeSums(c: Connection, element: i32, narrow: bool): void {
  const width = sumWidth(c, stateFraction);
  const sums = c.sums + (element << width);
  for (let j = 0; j < c.columns; j++) {
    const sum = width == 2 ? i64(load<i32>(sums + (j << 2))) : load<i64>(sums + (j << 3));
    if (narrow) store<i32>(contrastRow + (j << 2), i32(sum));
    else store<i64>(contrastRow + (j << 3), sum);
  }
  zero(sums, c.columns << width);
}
