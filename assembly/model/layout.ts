// Where everything of a network lies in the arena: described and counted before any of it is touched.
import { layOut as layOutKind } from '../connections/kinds';
import { allocate, allocateOwn, arenaCapacity, arenaUsed, clearArena } from '../memory/arena';
import { ArenaPart, ConnectionRecord, LayerRecord } from '../messages/wire';
import {
  CONNECTION_BYTES,
  clearGraph,
  connection,
  countGraph,
  dense,
  LAYER_BYTES,
  layer,
  layerCount,
  placeGraph,
  setFormats,
} from '../network/graph';
import { layOutMinibatch, setSlots } from '../network/minibatch';
import { layOutScaling } from '../network/scaling';

/** Returns whether the described network lies within the arena. */
export function fits(): bool {
  return arenaUsed() <= arenaCapacity();
}

/**
 * Lays a network out, and counts the bytes that takes. An arena must have room for the records, 2,432 bytes at most, to count
 * more than them.
 * `records`: LayerRecord[layers], then ConnectionRecord[connections], all of them possible.
 */
export function layOut(records: usize, layers: i32, connections: i32, states: i32, batch: i32): u64 {
  clearGraph();
  clearArena();
  placeGraph(
    allocateOwn(ArenaPart.states, u64(layers) * LAYER_BYTES),
    allocateOwn(ArenaPart.states, u64(connections) * CONNECTION_BYTES),
  );
  if (!fits()) return arenaUsed();
  setSlots(batch);
  let finest: i32 = 0;
  for (let k = 0; k < layers; k++, records += LayerRecord.SIZE) describeLayer(k, records);
  for (let k = 0; k < connections; k++, records += ConnectionRecord.SIZE) {
    describeConnection(k, records);
    finest = max(finest, connection(k).fraction);
  }
  setFormats(finest, states);
  countGraph(layers, connections);
  layOutScaling();
  for (let k = 0; k < layerCount; k++) layOutLayer(k);
  layOutMinibatch();
  return arenaUsed();
}

function describeLayer(k: i32, record: usize): void {
  const l = layer(k);
  l.channels = LayerRecord.channels(record);
  l.rows = LayerRecord.rows(record);
  l.columns = LayerRecord.columns(record);
  l.size = l.channels * l.rows * l.columns;
  l.biasCount = k == 0 ? 0 : LayerRecord.biasEach(record) != 0 ? l.channels : l.size;
}

function describeConnection(k: i32, record: usize): void {
  const c = connection(k);
  const pre = i32(ConnectionRecord.pre(record));
  const post = i32(ConnectionRecord.post(record));
  c.pre = layer(pre);
  c.post = layer(post);
  c.isFromInput = pre == 0;
  c.ends = (1 << pre) | (1 << post);
  c.kind = ConnectionRecord.kind(record);
  c.isFixed = ConnectionRecord.fixed(record) != 0;
  c.fraction = ConnectionRecord.fraction(record);
  c.block = 1;
  c.chooses = false;
  c.mirror = 0;
  c.own = 0;
  layOutKind(c, record);
}

function layOutLayer(k: i32): void {
  const l = layer(k);
  l.changes = allocateOwn(ArenaPart.states, u64(l.size) << alignof<State>());
  if (k == 0) return;
  l.states = allocateOwn(ArenaPart.states, u64(l.size) << alignof<State>());
  l.drives = allocateOwn(ArenaPart.drives, u64(l.size) << alignof<Drive>());
  l.biases = allocate(ArenaPart.biases, u64(l.biasCount) << 2);
  l.clamped = dense ? allocateOwn(ArenaPart.drives, u64(l.size) << alignof<Drive>()) : 0;
}
