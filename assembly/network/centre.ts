// A centred input: what the examples have in common is taken out of what is learnt. With m the mean of the first minibatch's
// images and q = m · x of an example, the layer that the input reaches is driven by Vᵀx + b − (q / |m|²) g, where g has learnt
// what V has along m: Δg = Σ q δ beside ΔV = Σ x δ. So the weights of x are V − m gᵀ / |m|², which learn from x less its part
// along m, and only the rows of lit pixels change.
//
// m and g stand behind the layer's biases, parameters like them. m counts in sixteenths: g stays in the biases' format.
import { allocate } from '../memory/arena';
import { Ability, ArenaPart } from '../messages/wire';
import { layer } from './graph';
import { Layer } from './layer';
import { isPresent } from './present';

/** Fractional bits of q / |m|², and of q as an update takes it. */
export const SHARE_FRACTION: i32 = 12;
export const ALONG_FRACTION: i32 = 10;

let wanted: bool = false;
/** The layer that the input reaches; 0 where it is not centred. */
let centred: i32 = 0;
/** u32: |m|², of bytes. */
let squareAt: usize = 0;
/** u32[slots]: q, of bytes. */
let partsAt: usize = 0;

export function setCentred(isWanted: bool): void {
  wanted = isWanted;
}

export function layOutCentre(reached: i32, batch: i32): void {
  centred = isPresent(Ability.centred) && wanted ? reached : 0;
  if (!isCentred()) return;
  squareAt = allocate(ArenaPart.biases, 4);
  partsAt = allocate(ArenaPart.images, u64(batch) << 2);
}

export function isCentred(): bool {
  return isPresent(Ability.centred) && centred != 0;
}

export function isCentredLayer(k: i32): bool {
  return isCentred() && k == centred;
}

export function centredLayer(): Layer {
  return layer(centred);
}

/** i32[size]: g, as biases. */
export function alongMean(): usize {
  const l = centredLayer();
  return l.biases + (l.size << 2);
}

/** i32[inputs]: m, of bytes. */
export function mean(): usize {
  const l = centredLayer();
  return l.biases + (l.size << 3);
}

/** Bits of q, as an update takes it, summed over a minibatch. */
export function bitsAlong(batch: i32): i32 {
  const most = (u64(layer(0).size) * 255 * 255) >> ALONG_FRACTION;
  return 64 - i32(clz(most * batch));
}

export function square(): u32 {
  return load<u32>(squareAt);
}

/** Takes |m|² from the mean that stands among the parameters. */
export function measureMean(): void {
  if (!isCentred()) return;
  const end: usize = layer(0).size << 2;
  let sum: u32 = 0;
  for (let at: usize = 0; at < end; at += 4) sum += load<u32>(mean() + at) * load<u32>(mean() + at);
  store<u32>(squareAt, sum);
}

export function part(slot: i32): u32 {
  return load<u32>(partsAt + (slot << 2));
}

export function setPart(slot: i32, value: u32): void {
  store<u32>(partsAt + (slot << 2), value);
}
