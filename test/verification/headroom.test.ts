import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatOf } from '#host/model/format';
import { formatsOf, graphOf } from '#host/model/index';
import { headroom, requireHeadroom } from '#host/verification/headroom';
import { chain } from '../reference/networks.js';
import { smallRecipe } from '../runs/small-data.js';

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

const fixedArray = (of: fc.Arbitrary<number>, length: number) =>
  fc.array(of, { minLength: length, maxLength: length });

const networks = shapes.chain((layers) => {
  const word = fc.integer({ min: -32768, max: 32767 });
  const bias = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  return fc.record({
    layers: fc.constant(layers),
    weights: fc.tuple(...layers.slice(1).map((post, k) => fixedArray(word, layers[k] * post))),
    biases: fc.tuple(...layers.slice(1).map((post) => fixedArray(bias, post))),
    fractions: fixedArray(fc.integer({ min: 0, max: 15 }), layers.length - 1),
  });
});

/** Kept pixels as dropout scales them. */
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

/** All that a unit of `pre` may be sent: for each choice of a place by each unit that it is joined to. */
function choicesOf(places: number, units: number): readonly (readonly number[])[] {
  return Array.from({ length: places ** units }, (_, n) =>
    Array.from({ length: units }, (_, j) => Math.floor(n / places ** j) % places),
  );
}

describe.each([
  ['of a maximum', '2-1x3x3-2x1x1-1', { side: 2, pool: 2, maximum: 1 }],
  ['of a sum', '2-1x3x3-2x1x1-1', { side: 2, pool: 2 }],
  ['of a maximum, with padding', '1-2x2x2-2x1x1-2', { side: 3, padding: 1, pool: 2, maximum: 1 }],
  ['of a maximum, two units beside each other', '1-1x3x5-1x1x2-1', { side: 2, pool: 2, maximum: 1 }],
  ['of strides', '1-2x3x3-2x2x2-1', { side: 1, stride: 2 }],
] as const)('convolutions %s', (_, network, words) => {
  const recipe = smallRecipe({
    network,
    connections: [
      { from: 0, to: 1 },
      { from: 1, to: 2, kind: 'convolution', ...words },
      { from: 2, to: 3 },
    ],
    rates: [0.1, 0.1, 0.1],
    weights: 'Q1.14',
    states: 'Q3.12',
  });
  const [graph, formats] = [graphOf(recipe), formatsOf(recipe)];

  test('the bound is the greatest drive there can be, whichever places are chosen', () => {
    const { layers, connections } = graph;
    const word = fc.integer({ min: -32768, max: 32767 });
    const drawn = fc.record({
      weights: fc.tuple(...connections.map(({ weights }) => fixedArray(word, weights))),
      biases: fc.tuple(
        ...layers
          .slice(1)
          .map(({ biases }) => fixedArray(fc.integer({ min: -(2 ** 28), max: 2 ** 28 }), biases)),
      ),
    });
    fc.assert(
      fc.property(drawn, ({ weights, biases }) => {
        const bounds = headroom(
          graph,
          {
            weights: weights.map((all) => Int16Array.from(all)),
            biases: biases.map((all) => Int32Array.from(all)),
          },
          formats,
          1,
        );
        const biasOf = (layer: number, u: number) =>
          biases[layer - 1][u % layers[layer].biases] / 2 ** formats.biases.fraction;
        const weight = (k: number, i: number, j: number, place = 0) => {
          const element = connections[k].map.element(i, j, place);
          return element < 0 ? 0 : weights[k][element] / 2 ** 14;
        };
        const each = (layer: number) => Array.from({ length: layers[layer].units }, (_, u) => u);
        const { pooled } = connections[1].map;
        const places = Array.from({ length: pooled?.places ?? 1 }, (_, place) => place);
        const chooses = pooled?.by === 'maximum';
        // A sum has all its places at once; a maximum one of them.
        const sums = chooses ? places.map((place) => [place]) : [places];
        const choices = chooses
          ? choicesOf(places.length, layers[2].units).map((one) => one.map((place) => [place]))
          : [each(2).map(() => places)];
        const total = (i: number, j: number, of: readonly number[]) =>
          of.reduce((sum, place) => sum + weight(1, i, j, place), 0);
        const first = each(1).map((i) =>
          Math.max(
            ...choices.map((choice) =>
              greatest(
                [
                  ...each(0).map((p) => weight(0, p, i)),
                  ...each(2).map((j) => total(i, j, choice[j])),
                ].filter(Boolean),
                biasOf(1, i),
              ),
            ),
          ),
        );
        const second = each(2).map((j) =>
          Math.max(
            ...sums.map((of) =>
              greatest(
                [...each(1).map((i) => total(i, j, of)), ...each(3).map((m) => weight(2, j, m))].filter(
                  Boolean,
                ),
                biasOf(2, j),
              ),
            ),
          ),
        );
        // Sums that are compared have no bias, and nothing from above.
        const compared = each(2).map((j) =>
          Math.max(
            ...sums.map((of) =>
              greatest(
                each(1)
                  .map((i) => total(i, j, of))
                  .filter(Boolean),
                0,
              ),
            ),
          ),
        );
        const reached = [Math.max(...first), Math.max(...second, ...(chooses ? compared : []))];
        reached.forEach((most, k) => {
          expect(bounds[k].bound).toBeGreaterThanOrEqual(most);
        });
        // A sum's places may share a unit with weights of both signs, which the bound takes apart.
        if (chooses || !pooled) expect(bounds.slice(0, 2).map(({ bound }) => bound)).toEqual(reached);
      }),
      { numRuns: 30 },
    );
  });
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
