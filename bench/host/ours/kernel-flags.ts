/** Which of the kernel's forms is measured. */
import { hostModule, Kernel, portableModule } from '#host/kernel/kernel';

/** Bytes; more than any network here needs. */
const ARENA = 2 ** 28;

export const kernelFlags = {
  dense: { type: 'boolean', default: false },
  portable: { type: 'boolean', default: false },
} as const;

export function createKernel({ portable }: { readonly portable: boolean }): Kernel {
  return new Kernel(ARENA, undefined, portable ? portableModule() : hostModule());
}
