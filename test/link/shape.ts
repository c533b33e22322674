/** The `shape` of a CONFIGURE request: layers of these sizes, all weights with as many fractional bits. */
export function shape(sizes: readonly number[], fraction = 13): number[] {
  return [...sizes, ...sizes.slice(1).map(() => fraction)];
}
