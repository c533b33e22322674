import type { ExportedModel } from '#host/export/model';

/** A network of 5-4-3 units with reproducible parameters, the extremes of their formats among them. */
export function smallModel(name = 'eqprop'): ExportedModel {
  const spread = (n: number, scale: number) =>
    Array.from({ length: n }, (_, i) => ((i * 7919) % 61) * scale - 30 * scale);
  const weights = [Int16Array.from(spread(20, 97)), Int16Array.from(spread(12, 131))];
  weights[0].set([-32768, 32767]);
  const biases = [Int32Array.from(spread(4, 1 << 16)), Int32Array.from(spread(3, 1 << 15))];
  biases[0].set([-2147483648, 2147483647]);
  return {
    name,
    layers: [5, 4, 3],
    weightFraction: 13,
    stateFraction: 14,
    weights,
    biases,
    digest: 0x0123456789abcdefn,
    step: 4_000_000_000,
  };
}
