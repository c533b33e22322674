import type { Measured } from './model.mjs';

/**
 * Measures a preset on a Pico, both cores at work.
 * @param boards numbers of boards that a minibatch is to be shared out over
 */
export function measure(
  network: { readonly preset: string; readonly examples: number },
  boards: readonly number[],
): Promise<Measured & { readonly preset: string; readonly network: string }>;
