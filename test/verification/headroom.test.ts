import fc from 'fast-check';
import { expect, test } from 'vitest';
import { headroom, requireHeadroom } from '#host/verification/headroom';

/** The greatest absolute drive of one unit over all corners of the other units' rates, [0, 1] each. */
function greatest(incoming: readonly number[], bias: number): number {
  let most = 0;
  for (let corner = 0; corner < 2 ** incoming.length; corner++) {
    const drive = incoming.reduce((sum, weight, i) => sum + ((corner >> i) & 1) * weight, bias);
    most = Math.max(most, Math.abs(drive));
  }
  return most;
}

const networks = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }).chain((layers) => {
  const word = fc.integer({ min: -32768, max: 32767 });
  const bias = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const fixed = (of: fc.Arbitrary<number>, length: number) =>
    fc.array(of, { minLength: length, maxLength: length });
  return fc.record({
    layers: fc.constant(layers),
    weights: fc.tuple(...layers.slice(1).map((post, k) => fixed(word, layers[k] * post))),
    biases: fc.tuple(...layers.slice(1).map((post) => fixed(bias, post))),
  });
});

test('the bound is the greatest drive there can be', () => {
  fc.assert(
    fc.property(networks, fc.integer({ min: 0, max: 15 }), fc.integer({ min: 8, max: 14 }), (net, wf, sf) => {
      const { layers } = net;
      const bounds = headroom(
        layers,
        {
          weights: net.weights.map((w) => Int16Array.from(w)),
          biases: net.biases.map((b) => Int32Array.from(b)),
        },
        wf,
        sf,
      );
      expect(bounds.map(({ layer }) => layer)).toEqual(layers.slice(1).map((_, k) => k + 1));
      bounds.forEach(({ unit, bound, range }, k) => {
        const units = net.biases[k].map((bias, j) => {
          const below = Array.from({ length: layers[k] }, (_, i) => net.weights[k][i * layers[k + 1] + j]);
          const above =
            k + 2 < layers.length ? net.weights[k + 1].slice(j * layers[k + 2], (j + 1) * layers[k + 2]) : [];
          return greatest(
            [...below, ...above].map((weight) => weight / 2 ** wf),
            bias / 2 ** (wf + sf),
          );
        });
        expect(bound).toBe(Math.max(...units));
        if (bound > 0) expect(units[unit]).toBe(bound);
        expect(range).toBe(2 ** (31 - wf - sf));
      });
    }),
    { numRuns: 200 },
  );
});

test('a bound within the range passes, one that reaches it names the unit', () => {
  const fits = { layer: 1, unit: 3, bound: 15.99, range: 16 };
  expect(() => requireHeadroom([fits])).not.toThrow();
  expect(() => requireHeadroom([fits, { layer: 2, unit: 7, bound: 16, range: 16 }])).toThrow(
    expect.objectContaining({
      name: 'UserError',
      message: 'the drive of unit 7 in layer 2 can reach 16.0, its format ends at 16',
      hint: expect.stringContaining('fewer fractional bits'),
    }),
  );
});
