// The graph: layers and the connections between them. Records of the last CONFIGURE lie in the arena, since how many there
// are is the network's choice; each thread has its own, since states and drives are.
import { ConnectionKind } from '../messages/wire';
import { Connection } from './connection';
import { Layer } from './layer';
import { isPresent } from './present';

let layers: usize = 0;
let connections: usize = 0;

/** Layers, input included; 0 before a network is configured. */
export let layerCount: i32 = 0;
export let connectionCount: i32 = 0;
/** Colours of the free layers: those of one are minimised together. */
export let colourCount: i32 = 0;
/** Units of all free layers. */
export let unitCount: i32 = 0;
export let weightCount: u32 = 0;
export let biasCount: u32 = 0;

/** Fractional bits of a pixel: byte/256. */
export const PIXEL_FRACTION: i32 = 8;
/** Fractional bits of the finest weights, and of states. */
export let weightFraction: i32 = 0;
export let stateFraction: i32 = 0;
/** Those of rates as they are sent: states' or pixels', whichever have more. */
export let rateFraction: i32 = 0;
/** Those of drives: products of rates and the finest weights. */
export let driveFraction: i32 = 0;
/** How many fewer a bias has than a drive: it keeps the states' bits, and in 32 bits none beside a 64-bit drive. */
export let biasShift: i32 = 0;

/** Recompute every drive from all rates instead of following the changes. */
export let dense: bool = false;
export let seed: u32 = 0;

export const LAYER_BYTES: u32 = offsetof<Layer>();
export const CONNECTION_BYTES: u32 = offsetof<Connection>();

export function layer(index: i32): Layer {
  return changetype<Layer>(layers + index * LAYER_BYTES);
}

export function connection(index: i32): Connection {
  return changetype<Connection>(connections + index * CONNECTION_BYTES);
}

export function outputLayer(): Layer {
  return layer(layerCount - 1);
}

/** Forgets the graph. */
export function clearGraph(): void {
  layerCount = 0;
  connectionCount = 0;
  colourCount = 0;
  unitCount = 0;
  weightCount = 0;
  biasCount = 0;
}

/** Where the records lie. */
export function placeGraph(layersAt: usize, connectionsAt: usize): void {
  layers = layersAt;
  connections = connectionsAt;
}

export function setForm(isDense: bool, withSeed: u32): void {
  dense = isDense;
  seed = withSeed;
}

export function setFormats(finestWeights: i32, states: i32): void {
  weightFraction = finestWeights;
  stateFraction = states;
  rateFraction = max(states, PIXEL_FRACTION);
  driveFraction = weightFraction + rateFraction;
  biasShift = sizeof<Drive>() == 8 ? rateFraction : rateFraction - states;
}

/** Numbers units and parameters of the described records: weights in the order of connections, then biases. */
export function countGraph(layerRecords: i32, connectionRecords: i32): void {
  layerCount = layerRecords;
  connectionCount = connectionRecords;
  unitCount = 0;
  let parameters: u32 = 0;
  for (let k = 0; k < connectionCount; k++) {
    const c = connection(k);
    c.firstParameter = parameters;
    parameters += c.weightCount;
  }
  weightCount = parameters;
  for (let k = 0; k < layerCount; k++) {
    const l = layer(k);
    l.firstUnit = unitCount;
    l.firstParameter = parameters;
    if (k > 0) unitCount += l.size;
    parameters += l.parameterCount;
  }
  biasCount = parameters - weightCount;
  colourLayers();
}

/** The least colour that no earlier layer joined to it has: of a chain the odd layers have one, the even ones the other. */
function colourLayers(): void {
  colourCount = 0;
  for (let k = 1; k < layerCount; k++) {
    const l = layer(k);
    let taken: u32 = 0;
    for (let n = 0; n < connectionCount; n++) {
      const c = connection(n);
      if (c.post == l && !c.isFromInput && !(isPresent(ConnectionKind.lateral) && c.pre == l))
        taken |= 1 << c.pre.colour;
    }
    l.colour = ctz(~taken);
    colourCount = max(colourCount, l.colour + 1);
  }
}
