// The minibatch: slots that hold an example each and the states it settled in. The update needs nothing else, so no sums as
// large as the weights are kept; where those are smaller than the states (shared weights are few) they are, and the examples
// have one another's place for their states.
import { COLUMN_BYTES, drawColumns, placeColumns } from '../arithmetic/columns';
import { allocate, allocateOwn, isReadOnly, zero } from '../memory/arena';
import { Ability, ArenaPart } from '../messages/wire';
import { layer, unitCount } from './graph';
import { Layer } from './layer';
import { isPresent } from './present';

/** The two sides of a contrast. */
export namespace Side {
  export const plus: i32 = 0;
  export const minus: i32 = 1;
}

/** Slots. */
export let batchCapacity: i32 = 0;
/** Slots that have states of their own: all of them, or one that they all have in turn. */
let stateSlots: i32 = 0;
/** One more slot of states, for a step of the nudged phases, where a connection learns by them. */
let traceSlots: i32 = 0;
/** The slot whose example this thread's units are clamped to. */
export let clamped: i32 = 0;

/** i64[widest block of rows, or biases of a layer] or Drive, zero between them: the contrasts of one. */
export let contrastRow: usize = 0;
/** u16[slots with states]: a bit for each layer that the nudge moved. */
let movedLayers: usize = 0;
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

export function setSlots(batch: i32, withStates: i32): void {
  batchCapacity = batch;
  stateSlots = withStates;
}

/** @param isTraced whether a connection learns by the steps of the nudged phases */
export function setTrace(isTraced: bool): void {
  traceSlots = i32(isTraced);
}

/** Returns whether a connection learns by the steps of the nudged phases. */
export function isTraced(): bool {
  return isPresent(Ability.rates) && traceSlots != 0;
}

/** The slot that a step's rates and changes stand in. */
export function traceSlot(): i32 {
  return batchCapacity;
}

/** Returns whether states are kept until the update; else sums of contrasts are. */
export function keepsStates(): bool {
  return stateSlots == batchCapacity;
}

/** Bytes that each slot's own states have of a tensor. */
export function ofStateSlots(bytes: u64): u64 {
  return (stateSlots + traceSlots) * bytes;
}

/** Where a slot's states lie among those of all. */
export function stateSlot(slot: i32): i32 {
  if (isPresent(Ability.rates) && slot == traceSlot()) return stateSlots;
  return keepsStates() ? slot : 0;
}

export function setClamped(slot: i32): void {
  clamped = slot;
}

/** Bytes of a slot that hold a bit for each place of a layer: none of a vector, of which its layer's bit says the same. */
export function bytesOfPlaces(l: Layer): i32 {
  const places = l.rows * l.columns;
  return places > 1 ? (places + 7) >> 3 : 0;
}

/**
 * @param ofPlaces bytes of a slot's moved places
 * @param widest units of the widest free layer
 * @param widestRow the widest row of a matrix, or biases of a layer
 * @param widestBlock the most parameters whose contrasts are summed at once
 */
export function layOutMinibatch(
  inputs: i32,
  units: i32,
  ofPlaces: i32,
  widest: i32,
  widestRow: i32,
  widestBlock: u64,
): void {
  const batch = batchCapacity;
  placeBytes = ofPlaces;
  const states = ofStateSlots(u64(units) << alignof<State>());
  stagedAt = allocate(ArenaPart.images, batch);
  labelsAt = allocate(ArenaPart.images, u64(batch) << 1);
  imagesAt = allocate(ArenaPart.images, u64(batch) * inputs);
  freeAt = allocate(ArenaPart.states, states);
  const nudged = isReadOnly() ? 0 : states;
  plusAt = allocate(ArenaPart.states, nudged);
  minusAt = allocate(ArenaPart.states, nudged);
  contrastBytes = u32(widestBlock) << 3;
  contrastRow = allocateOwn(ArenaPart.contrasts, widestBlock << 3);
  movedLayers = allocate(ArenaPart.contrasts, ofStateSlots(2));
  movedPlaces = allocate(ArenaPart.contrasts, ofStateSlots(placeBytes));
  movedSlots = allocateOwn(ArenaPart.contrasts, u64(batch) << 1);
  // States are digested a layer at a time, which may be wider than any row of parameters.
  const most = max(widest, widestRow);
  placeColumns(allocate(ArenaPart.contrasts, u64(most) * COLUMN_BYTES), most);
}

/** A bit for each place of a layer in a slot, where it notes them. */
export function placesOf(l: Layer, slot: i32): usize {
  return movedPlaces + stateSlot(slot) * placeBytes + l.firstPlace;
}

/** Returns whether a place's bit is set. */
export function isMoved(places: usize, place: i32): bool {
  return ((load<u8>(places + (place >> 3)) >> (place & 7)) & 1) != 0;
}

/** Empties the slots, zeroes starting states and the row, draws the columns' words. */
export function clearMinibatch(): void {
  drawColumns();
  clearStaged(batchCapacity);
  zero(freeAt, u32(ofStateSlots(unitCount)) << alignof<State>());
  clearContrasts();
}

/** The layers that the nudge moved in a slot, a bit each. */
export function layersMoved(slot: i32): u32 {
  return load<u16>(movedLayers + (stateSlot(slot) << 1));
}

export function setLayersMoved(slot: i32, layers: u32): void {
  store<u16>(movedLayers + (stateSlot(slot) << 1), layers);
}

/** Has the contrasts of a block summed elsewhere than in the row that is there for it. Returns where they were before. */
export function sumInto(sums: usize): usize {
  const before = contrastRow;
  contrastRow = sums;
  return before;
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
  return freeAt + ((stateSlot(slot) * unitCount) << alignof<State>());
}

/** State[unitCount]: the states whose products the update adds. */
export function plusStates(slot: i32): usize {
  return plusAt + ((stateSlot(slot) * unitCount) << alignof<State>());
}

/** State[unitCount]: the states whose products the update subtracts; during it, plus less them. */
export function minusStates(slot: i32): usize {
  return minusAt + ((stateSlot(slot) * unitCount) << alignof<State>());
}
