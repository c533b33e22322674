// Sums of contrasts of a minibatch's examples, kept where its states are not: an example's are added as soon as it has settled.
import { addWideRow } from '../arithmetic/rows';
import { sumRows } from '../connections/kinds';
import { zero } from '../memory/arena';
import { connection, connectionCount, layer, layerCount, stateFraction } from '../network/graph';
import { layersMoved, minusStates, movedSlots, sumInto } from '../network/minibatch';
import { sumBytes, sumWidth } from '../network/sums';

export function clearSums(): void {
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.sums != 0) zero(c.sums, u32(sumBytes(c, stateFraction)));
  }
  for (let k = 1; k < layerCount; k++) if (layer(k).sums != 0) zero(layer(k).sums, layer(k).biasCount << 3);
}

/** Adds what an example came to, whose differences are taken. */
export function addContrasts(slot: i32): void {
  store<u16>(movedSlots, slot);
  const moved = layersMoved(slot);
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (c.isFixed || (moved & c.ends) == 0) continue;
    const width = sumWidth(c, stateFraction);
    const before = sumInto(c.sums);
    for (let i = 0; i < c.rows; i += c.block) {
      sumInto(c.sums + ((i * c.columns) << width));
      sumRows(c, i, 1, width == 2);
    }
    sumInto(before);
  }
  for (let k = 1; k < layerCount; k++) {
    const l = layer(k);
    const n = l.biasCount;
    const changes = minusStates(slot) + (l.firstUnit << alignof<State>());
    if (moved & (1 << k))
      for (let unit = 0; unit < l.size; unit += n)
        addWideRow(l.sums, changes + (unit << alignof<State>()), n, 1);
  }
}
