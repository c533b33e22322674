/** Bits that weights are stored in: which of the kernel's modules a device runs. */
export type Storage = 8 | 16 | 32;

export const storages: readonly Storage[] = [8, 16, 32];
export const DEFAULT_STORAGE: Storage = 16;

/** Bits that states are stored in: they are few, and a contrast is a difference of them. */
export function stateBits(storage: Storage): 16 | 32 {
  return storage === 32 ? 32 : 16;
}

/** By bits. */
export const integerArrays = { 8: Int8Array, 16: Int16Array, 32: Int32Array } as const;
