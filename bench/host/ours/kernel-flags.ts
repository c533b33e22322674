/** Which of the kernel's forms is measured. */
import { hostModule, Kernel, portableModule } from '#host/kernel/kernel';
import { formatsOf } from '#host/model/formats';
import type { Recipe } from '#host/model/recipe';

/** Bytes; more than any network here needs. */
const ARENA = 2 ** 28;

export const kernelFlags = {
  dense: { type: 'boolean', default: false },
  portable: { type: 'boolean', default: false },
} as const;

/** One that stores weights as the recipe asks. */
export function createKernel(recipe: Recipe, { portable }: { readonly portable: boolean }): Kernel {
  const { storage } = formatsOf(recipe);
  return new Kernel(ARENA, undefined, portable ? portableModule(storage) : hostModule(storage));
}
