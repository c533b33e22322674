// Where everything of a network lies in the arena: described and counted before any of it is touched.
import { layOut as layOutKind } from '../connections/kinds';
import {
  allocate,
  allocateOwn,
  allocateParameters,
  arenaCapacity,
  arenaUsed,
  clearArena,
  isReadOnly,
} from '../memory/arena';
import { reply } from '../messages/buffers';
import { ArenaPart, ConnectionRecord, LayerRecord } from '../messages/wire';
import { isCentredLayer, layOutCentre } from '../network/centre';
import { Connection } from '../network/connection';
import {
  CONNECTION_BYTES,
  clearGraph,
  connection,
  countGraph,
  dense,
  LAYER_BYTES,
  layer,
  PIXEL_FRACTION,
  placeGraph,
  setFormats,
} from '../network/graph';
import { Layer, NO_PLACES } from '../network/layer';
import { bytesOfPlaces, keepsStates, layOutMinibatch, setSlots, setTrace } from '../network/minibatch';
import { layOutScaling } from '../network/scaling';
import { sumBytes } from '../network/sums';

/** Returns whether the described network lies within the arena. */
export function fits(): bool {
  return arenaUsed() <= arenaCapacity();
}

/** True where the arena has no room for the records: they are then described one by one, in place of the reply, to count. */
let isCounting: bool = false;

/**
 * Lays a network out, and counts the bytes that takes: all of them, however few the arena has. States of a whole minibatch
 * have room where the arena has it, or `mustKeep` them; else, if that takes less, sums of contrasts have.
 * `records`: LayerRecord[layers], then ConnectionRecord[connections], all of them possible.
 */
export function layOut(
  records: usize,
  layers: i32,
  connections: i32,
  states: i32,
  batch: i32,
  mustKeep: bool,
): u64 {
  const withStates = layOutWith(records, layers, connections, states, batch, batch);
  if (fits() || batch == 1 || mustKeep) return withStates;
  const withSums = layOutWith(records, layers, connections, states, batch, 1);
  return withSums < withStates ? withSums : layOutWith(records, layers, connections, states, batch, batch);
}

function layOutWith(
  records: usize,
  layers: i32,
  connections: i32,
  states: i32,
  batch: i32,
  stateSlots: i32,
): u64 {
  clearGraph();
  clearArena();
  placeGraph(
    allocateOwn(ArenaPart.states, u64(layers) * LAYER_BYTES),
    allocateOwn(ArenaPart.states, u64(connections) * CONNECTION_BYTES),
  );
  isCounting = !fits();
  // Two layers and a connection take a third of a reply's room.
  if (isCounting) placeGraph(reply, reply + 2 * LAYER_BYTES);
  setSlots(batch, stateSlots);
  layOutCentre(ConnectionRecord.post(records + layers * LayerRecord.SIZE), batch);
  let finest = 0;
  let coarsest = i32.MAX_VALUE;
  let widestRow = 0;
  let widestBlock: u64 = 0;
  // Layers whose moved places are noted, a bit each.
  let noted: u32 = 0;
  let isTraced = false;
  setTrace(false);
  let record = records + layers * LayerRecord.SIZE;
  for (let k = 0; k < connections; k++, record += ConnectionRecord.SIZE) {
    const c = describeConnection(k, record, records);
    const isSummed = !keepsStates() || c.learnsByRates;
    c.sums = isSummed && !c.isFixed ? allocate(ArenaPart.contrasts, sumBytes(c, states)) : 0;
    if (c.learnsByRates && !c.isFixed) isTraced = true;
    finest = max(finest, c.fraction);
    coarsest = min(coarsest, c.fraction);
    // Fixed connections have no contrasts.
    if (c.isFixed) continue;
    widestRow = max(widestRow, c.columns);
    widestBlock = max<u64>(widestBlock, u64(c.columns) * c.block);
    noted |= c.ends & ~(1 << i32(ConnectionRecord.pre(record)));
  }
  let units = 0;
  let widest = 0;
  let inputs = 0;
  let placeBytes = 0;
  for (let k = 0; k < layers; k++) {
    const l = layOutLayer(k, records, inputs);
    if (k == 0) inputs = l.size;
    else {
      units += l.size;
      widest = max(widest, l.size);
      if (!isReadOnly()) widestRow = max(widestRow, l.biasCount);
      const ofPlaces = noted & (1 << k) ? bytesOfPlaces(l) : 0;
      l.firstPlace = ofPlaces > 0 ? placeBytes : NO_PLACES;
      placeBytes += ofPlaces;
    }
  }
  setTrace(isTraced);
  setFormats(finest, states);
  layOutScaling(coarsest < finest || states < PIXEL_FRACTION ? max(widest, inputs) : 0);
  layOutMinibatch(inputs, units, placeBytes, widest, widestRow, max<u64>(widestBlock, widestRow));
  if (!isCounting) countGraph(layers, connections);
  return arenaUsed();
}

/** @param slot where it lies, of two, while counting */
function describeLayer(k: i32, records: usize, slot: i32): Layer {
  const l = layer(isCounting ? slot : k);
  const record = records + k * LayerRecord.SIZE;
  l.channels = LayerRecord.channels(record);
  l.rows = LayerRecord.rows(record);
  l.columns = LayerRecord.columns(record);
  l.size = l.channels * l.rows * l.columns;
  l.biasCount = k == 0 ? 0 : LayerRecord.biasEach(record) != 0 ? l.channels : l.size;
  l.parameterCount = l.biasCount;
  return l;
}

function describeConnection(k: i32, record: usize, records: usize): Connection {
  const c = connection(isCounting ? 0 : k);
  const pre = i32(ConnectionRecord.pre(record));
  const post = i32(ConnectionRecord.post(record));
  c.pre = describeLayer(pre, records, 0);
  c.post = describeLayer(post, records, 1);
  c.isFromInput = pre == 0;
  c.ends = (1 << pre) | (1 << post);
  c.kind = ConnectionRecord.kind(record);
  c.isFixed = isReadOnly() || ConnectionRecord.fixed(record) != 0;
  c.ways = ConnectionRecord.ways(record);
  c.rule = ConnectionRecord.rule(record);
  c.fraction = ConnectionRecord.fraction(record);
  c.block = 1;
  c.chooses = false;
  c.repeats = 1;
  c.mirror = 0;
  c.own = 0;
  c.scratch = 0;
  c.choices = 0;
  layOutKind(c, record);
  return c;
}

function layOutLayer(k: i32, records: usize, inputs: i32): Layer {
  const l = describeLayer(k, records, 0);
  l.changes = allocateOwn(ArenaPart.states, u64(l.size) << alignof<State>());
  if (k == 0) return l;
  l.states = allocateOwn(ArenaPart.states, u64(l.size) << alignof<State>());
  l.drives = allocateOwn(ArenaPart.drives, u64(l.size) << alignof<Drive>());
  const isCentre = isCentredLayer(k);
  if (isCentre) l.parameterCount = 2 * l.size + inputs;
  l.biases = allocateParameters(ArenaPart.biases, u64(l.parameterCount) << 2, isReadOnly());
  l.sums = keepsStates() ? 0 : allocate(ArenaPart.contrasts, u64(l.biasCount) << (isCentre ? 4 : 3));
  l.clamped = dense ? allocateOwn(ArenaPart.drives, u64(l.size) << alignof<Drive>()) : 0;
  return l;
}
