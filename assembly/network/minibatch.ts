// The minibatch: slots that hold an example each and the states it settled in. The update needs nothing else, so
// no accumulator as large as the weights is ever kept.
import { COLUMN_BYTES, drawColumns, placeColumns } from '../arithmetic/columns';
import { allocate, allocateOwn, zero } from '../memory/arena';
import { ArenaPart } from '../messages/wire';
import { connection, connectionCount, layer, layerCount, unitCount } from './graph';
import { Layer, NO_PLACES } from './layer';

/** The two sides of a contrast. */
export namespace Side {
  export const plus: i32 = 0;
  export const minus: i32 = 1;
}

/** Slots. */
export let batchCapacity: i32 = 0;
/** The slot whose example this thread's units are clamped to. */
export let clamped: i32 = 0;

/** i64[widest row of parameters] or Drive, zero between rows: the contrast of one row. */
export let contrastRow: usize = 0;
/** u16[slots]: a bit for each layer that the nudge moved. */
export let movedLayers: usize = 0;
/** A bit for each place of the layers that note them, slot by slot: those where the nudge moved a channel. */
let movedPlaces: usize = 0;
let placeBytes: u32 = 0;
/** u16[slots]: those that count for a row. */
export let movedSlots: usize = 0;
let contrastBytes: u32 = 0;

let stagedAt: usize = 0;
let labelsAt: usize = 0;
let imagesAt: usize = 0;
let freeAt: usize = 0;
let plusAt: usize = 0;
let minusAt: usize = 0;

export function setSlots(batch: i32): void {
  batchCapacity = batch;
}

export function setClamped(slot: i32): void {
  clamped = slot;
}

export function layOutMinibatch(): void {
  const batch = batchCapacity;
  const states = (u64(batch) * unitCount) << alignof<State>();
  stagedAt = allocate(ArenaPart.images, batch);
  labelsAt = allocate(ArenaPart.images, u64(batch) << 1);
  imagesAt = allocate(ArenaPart.images, u64(batch) * layer(0).size);
  freeAt = allocate(ArenaPart.states, states);
  plusAt = allocate(ArenaPart.states, states);
  minusAt = allocate(ArenaPart.states, states);
  let widest = 0;
  placeBytes = 0;
  // States are digested a layer at a time, which may be wider than any row of parameters.
  let most = 0;
  for (let k = 1; k < layerCount; k++) {
    const l = layer(k);
    widest = max(widest, l.biasCount);
    most = max(most, l.size);
    l.firstPlace = NO_PLACES;
  }
  // Fixed connections have no contrasts.
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    if (!c.isFixed) {
      widest = max(widest, c.columns);
      notePlaces(c.post);
    }
  }
  contrastBytes = widest << 3;
  contrastRow = allocateOwn(ArenaPart.contrasts, contrastBytes);
  movedLayers = allocate(ArenaPart.contrasts, u64(batch) << 1);
  movedPlaces = allocate(ArenaPart.contrasts, u64(batch) * placeBytes);
  movedSlots = allocateOwn(ArenaPart.contrasts, u64(batch) << 1);
  most = max(most, widest);
  placeColumns(allocate(ArenaPart.contrasts, u64(most) * COLUMN_BYTES), most);
}

/** Reserves a slot's bits for the places of a layer that has several. */
function notePlaces(l: Layer): void {
  const places = l.rows * l.columns;
  if (places == 1 || l.firstPlace != NO_PLACES) return;
  l.firstPlace = placeBytes;
  placeBytes += (places + 7) >> 3;
}

/** A bit for each place of a layer in a slot, where it notes them. */
export function placesOf(l: Layer, slot: i32): usize {
  return movedPlaces + slot * placeBytes + l.firstPlace;
}

/** Empties the slots, zeroes starting states and the row, draws the columns' words. */
export function clearMinibatch(): void {
  drawColumns();
  clearStaged(batchCapacity);
  zero(freeAt, (batchCapacity * unitCount) << alignof<State>());
  clearContrasts();
}

/** Zeroes this thread's row. */
export function clearContrasts(): void {
  zero(contrastRow, contrastBytes);
}

/** Empties the first slots. */
export function clearStaged(slots: i32): void {
  for (let slot = 0; slot < slots; slot++) setStaged(slot, false);
}

export function isStaged(slot: i32): bool {
  return load<u8>(stagedAt + slot) != 0;
}

export function setStaged(slot: i32, staged: bool): void {
  store<u8>(stagedAt + slot, u8(staged));
}

export function label(slot: i32): i32 {
  return load<u16>(labelsAt + (slot << 1));
}

export function setLabel(slot: i32, value: i32): void {
  store<u16>(labelsAt + (slot << 1), value);
}

/** u8[imageBytes()]: rates with 8 fractional bits. */
export function image(slot: i32): usize {
  return imagesAt + slot * imageBytes();
}

export function imageBytes(): i32 {
  return layer(0).size;
}

/** State[unitCount]: where the free phase starts (persistent states), then where it settled. */
export function freeStates(slot: i32): usize {
  return freeAt + ((slot * unitCount) << alignof<State>());
}

/** State[unitCount]: the states whose products the update adds. */
export function plusStates(slot: i32): usize {
  return plusAt + ((slot * unitCount) << alignof<State>());
}

/** State[unitCount]: the states whose products the update subtracts; during it, plus less them. */
export function minusStates(slot: i32): usize {
  return minusAt + ((slot * unitCount) << alignof<State>());
}
