// Connection kinds and abilities that this kernel has. Firmware leaves out what its network does not need.

/** A bit for each kind and each of wire.Ability. Firmware makes a constant of it, and the compiler drops the code of the others. */
export let present: u32 = -1;

/** Leaves out the kinds and abilities without a bit in `kept`. */
export function keepParts(kept: u32): void {
  present = kept;
}

/** @param part a kind, or one of wire.Ability */
export function isPresent(part: i32): bool {
  return (present & (1 << part)) != 0;
}
