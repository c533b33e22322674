/** Vector fields in float64: ways of their own, and the presynaptic rule (Scellier et al. 2018), against sums by hand. */
import { expect, test } from 'vitest';
import { graphOf } from '#host/model/index';
import { energy } from '#host/reference/energy';
import { contrast, ReferenceNetwork, relaxMinibatch } from '#host/reference/index';

/** One pixel, two hidden units, two outputs: forth W, back B, layed out alike. */
const graph = graphOf({
  network: '1-2-2',
  connections: [],
  'receptive-fields': 'all',
  seed: 1,
  feedback: 'untied',
});
const network = new ReferenceNetwork(
  graph,
  [Float64Array.of(0.8, 0.4), Float64Array.of(0.3, 0.1, -0.2, 0.5), Float64Array.of(0.2, -0.1, 0.1, 0.3)],
  [Float64Array.of(0.1, 0.2), Float64Array.of(0.2, 0.1)],
);
const batch = { images: Uint8Array.of(128), labels: Uint8Array.of(1) };
const dynamics = {
  relaxation: 'exact',
  epsilon: 0.5,
  nudge: 1,
  freeIterations: 200,
  nudgedIterations: 200,
} as const;

/** The fixed point: h = b + x U + B y, y = (c + h W + β t) / (1 + β), nothing being clipped. */
function fixedPoint(beta: number): { h: [number, number]; y: [number, number] } {
  let [h, y]: [[number, number], [number, number]] = [
    [0, 0],
    [0, 0],
  ];
  for (let n = 0; n < 1000; n++) {
    h = [0.1 + 0.4 + 0.2 * y[0] - 0.1 * y[1], 0.2 + 0.2 + 0.1 * y[0] + 0.3 * y[1]];
    y = [(0.2 + 0.3 * h[0] - 0.2 * h[1]) / (1 + beta), (0.1 + 0.1 * h[0] + 0.5 * h[1] + beta) / (1 + beta)];
  }
  return { h, y };
}

test.each(['exact', 'euler'] as const)('settles by each way’s own weights, %s', (relaxation) => {
  const relaxed = relaxMinibatch(network, { ...dynamics, relaxation }, batch, 'positive');
  for (const [states, beta] of [
    [relaxed.free, 0],
    [relaxed.plus, 1],
  ] as const) {
    const { h, y } = fixedPoint(beta);
    [...h, ...y].forEach((state, u) => {
      expect(states[u]).toBeCloseTo(state, 12);
    });
  }
});

test('each way learns by the free rate of the layer that sends, and the change of the one that receives', () => {
  const relaxed = relaxMinibatch(network, dynamics, batch, 'positive');
  const { weights } = contrast(network, batch, relaxed);
  const [free, nudged] = [fixedPoint(0), fixedPoint(1)];
  const change = (layer: 'h' | 'y', u: 0 | 1) => nudged[layer][u] - free[layer][u];
  const forth = ([0, 1] as const).flatMap((i) => ([0, 1] as const).map((j) => free.h[i] * change('y', j)));
  const back = ([0, 1] as const).flatMap((i) => ([0, 1] as const).map((j) => change('h', i) * free.y[j]));
  const input = ([0, 1] as const).map((j) => 0.5 * change('h', j));
  [input, forth, back].forEach((expected, k) => {
    expected.forEach((value, at) => {
      expect(weights[k][at]).toBeCloseTo(value, 12);
    });
  });
});

test('clamped, the outputs are the target and the others settle', () => {
  const { plus, minus, free } = relaxMinibatch(network, dynamics, batch, 'clamped');
  expect(minus).toEqual(free);
  expect([...plus].map((state) => Number(state.toFixed(12)))).toEqual([0.4, 0.7, 0, 1]);
});

test('it has no energy', () => {
  expect(() => energy(network, batch.images, new Float64Array(4))).toThrow(RangeError);
});

test('step by step along the nudged phase, both ways together come to the contrast where layers settle in turn', () => {
  const [input, forth] = network.weights;
  const weights = [input, forth, forth];
  const byRates = graphOf({
    ...{ network: '1-2-2', connections: [], 'receptive-fields': 'all', seed: 1 },
    ...{ feedback: 'untied', rule: 'rates' },
  });
  const tied = graphOf({ network: '1-2-2', connections: [], 'receptive-fields': 'all', seed: 1 });
  for (const nudging of ['positive', 'centered', 'clamped'] as const) {
    const of = { ...dynamics, nudge: 0.5 };
    const stepped = new ReferenceNetwork(byRates, weights, network.biases);
    const rates = contrast(stepped, batch, relaxMinibatch(stepped, of, batch, nudging)).weights;
    const whole = new ReferenceNetwork(tied, weights.slice(0, 2), network.biases);
    const contrasts = contrast(whole, batch, relaxMinibatch(whole, of, batch, nudging)).weights;
    expect(Math.max(...contrasts[1].map(Math.abs))).toBeGreaterThan(0.01);
    contrasts[1].forEach((sum, at) => {
      expect(rates[1][at] + rates[2][at]).toBeCloseTo(sum, 12);
    });
    // The input does not move.
    expect(rates[0]).toEqual(contrasts[0]);
  }
});

test.each([
  'symmetric',
  'untied',
  'fixed',
] as const)('ways back begin as those forth where they are drawn so: %s', (feedback) => {
  const of = { connections: [], 'receptive-fields': 'all', seed: 1 };
  const drawn = graphOf({ ...of, network: '3-4-3-2', feedback });
  const { weights } = ReferenceNetwork.initial(drawn, 7, [1, 1, 1, 0.5, 0.25]);
  const tied = ReferenceNetwork.initial(graphOf({ ...of, network: '3-4-3-2' }), 7, [1, 1, 1]);
  expect(weights.slice(0, 3)).toEqual(tied.weights);
  const isSame = feedback === 'symmetric';
  for (const [back, forth, scale] of [
    [3, 1, 0.5],
    [4, 2, 0.25],
  ])
    expect(weights[back].every((weight, at) => weight === scale * weights[forth][at])).toBe(isSame);
});
