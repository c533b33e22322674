/**
 * The short notation of a network: its layers, input first, each as its number of units, `rows x columns`, or
 * `channels x rows x columns`: 784-500-10, 28x28-500-10, 6x1x50-64-4.
 */
import type { Shape } from './connections/kind.js';

const LAYER = String.raw`\d+(?:x\d+){0,2}`;

export const networkPattern = new RegExp(`^${LAYER}(?:-${LAYER})+$`);

/** The shapes of the layers. */
export function layerShapes(network: string): readonly Shape[] {
  return network.split('-').map((layer) => {
    const sides = layer.split('x').map(Number);
    // A vector is a channel a unit.
    if (sides.length === 1) return { channels: sides[0], rows: 1, columns: 1 };
    const [columns, rows, channels = 1] = sides.toReversed();
    return { channels, rows, columns };
  });
}

/** Returns whether units have rows and columns: a vector's have not. */
export function isPlaced({ rows, columns }: Shape): boolean {
  return rows * columns > 1;
}
