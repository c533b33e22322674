import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatOf } from '#host/model/format';
import { formatsOf, graphOf } from '#host/model/index';
import { headroom, requireHeadroom } from '#host/verification/headroom';
import { chain } from '../reference/networks.js';

/** The greatest absolute drive of one unit over all corners of the other units' rates, [0, 1] each. */
function greatest(incoming: readonly number[], bias: number): number {
  let most = 0;
  for (let corner = 0; corner < 2 ** incoming.length; corner++) {
    const drive = incoming.reduce((sum, weight, i) => sum + ((corner >> i) & 1) * weight, bias);
    most = Math.max(most, Math.abs(drive));
  }
  return most;
}

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 });

const networks = shapes.chain((layers) => {
  const word = fc.integer({ min: -32768, max: 32767 });
  const bias = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const fixed = (of: fc.Arbitrary<number>, length: number) =>
    fc.array(of, { minLength: length, maxLength: length });
  return fc.record({
    layers: fc.constant(layers),
    weights: fc.tuple(...layers.slice(1).map((post, k) => fixed(word, layers[k] * post))),
    biases: fc.tuple(...layers.slice(1).map((post) => fixed(bias, post))),
    fractions: fixed(fc.integer({ min: 0, max: 15 }), layers.length - 1),
  });
});

/** What dropout makes of the kept pixels. */
const scales = fc.constantFrom(1, 1.25, 2);

test('the bound is the greatest drive there can be', () => {
  fc.assert(
    fc.property(networks, fc.integer({ min: 8, max: 14 }), scales, (net, stateFraction, inputScale) => {
      const { layers, fractions } = net;
      const drives = formatOf(32, Math.max(...fractions) + stateFraction);
      const bounds = headroom(
        chain(layers),
        {
          weights: net.weights.map((w) => Int16Array.from(w)),
          biases: net.biases.map((b) => Int32Array.from(b)),
        },
        { weights: fractions.map((fraction) => formatOf(16, fraction)), drives, biases: drives },
        inputScale,
      );
      expect(bounds.map(({ layer }) => layer)).toEqual(layers.slice(1).map((_, k) => k + 1));
      bounds.forEach(({ unit, bound, range }, k) => {
        const units = net.biases[k].map((bias, j) => {
          const real = (c: number, i: number) => net.weights[c][i] / 2 ** fractions[c];
          const strongest = k === 0 ? inputScale : 1;
          const below = Array.from(
            { length: layers[k] },
            (_, i) => strongest * real(k, i * layers[k + 1] + j),
          );
          const above = Array.from({ length: layers[k + 2] ?? 0 }, (_, m) =>
            real(k + 1, j * layers[k + 2] + m),
          );
          return greatest([...below, ...above], bias / 2 ** drives.fraction);
        });
        expect(bound).toBe(Math.max(...units));
        if (bound > 0) expect(units[unit]).toBe(bound);
        expect(range).toBe(2 ** (31 - drives.fraction));
      });
    }),
    { numRuns: 200 },
  );
});

const twoTwoOne = { network: '2-2-1', connections: [], 'receptive-fields': 'all', seed: 1 };

describe('2-2-1, a format a connection, by hand', () => {
  // Real weights 0.5, −0.25, 0.125, 0 from below, 3 and −1.5 above them; real biases 0.5, 0 and −2.
  const bounds = [
    // Unit 0: 0.5 + 0.125 + 3 and the bias, upwards.
    { layer: 1, unit: 0, bound: 4.125 },
    // 3 − 2 upwards, −1.5 − 2 downwards.
    { layer: 2, unit: 0, bound: 3.5 },
  ];

  test('8 bits: Q0.7 below Q2.5, states Q3.12, so drives and biases Q12.19', () => {
    const formats = formatsOf({ ...twoTwoOne, weights: 'Q0.7,Q2.5', states: 'Q3.12' });
    const weights = [Int8Array.of(64, -32, 16, 0), Int8Array.of(96, -48)];
    const biases = [Int32Array.of(1 << 18, 0), Int32Array.of(-(1 << 20))];
    expect(headroom(graphOf(twoTwoOne), { weights, biases }, formats, 1)).toEqual(
      bounds.map((bound) => ({ ...bound, range: 4096 })),
    );
  });

  test('32 bits: Q7.24 below Q9.22, biases Q7.24, drives of 64 bits Q21.42', () => {
    const formats = formatsOf({ ...twoTwoOne, weights: 'Q7.24,Q9.22', states: 'Q13.18' });
    const weights = [Int32Array.of(1 << 23, -(1 << 22), 1 << 21, 0), Int32Array.of(3 << 22, -(3 << 21))];
    const biases = [Int32Array.of(1 << 23, 0), Int32Array.of(-(1 << 25))];
    expect(headroom(graphOf(twoTwoOne), { weights, biases }, formats, 1)).toEqual(
      bounds.map((bound) => ({ ...bound, range: 2 ** 21 })),
    );
  });
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
