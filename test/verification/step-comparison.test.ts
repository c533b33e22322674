import { describe, expect, test } from 'vitest';
import { checkRecipe, roundedDynamics } from '#host/model/index';
import { type Batch, contrast, type Nudging, relaxMinibatch, trainMinibatch } from '#host/reference/index';
import { initialReference } from '#host/verification/reference-of';
import { ReferenceThread } from '#host/verification/reference-thread';
import { compareStep, SAME_FIXED_POINT } from '#host/verification/step-comparison';

const recipe = checkRecipe(
  {
    network: '6-5-3',
    'initial-scale': 1.1,
    'free-iterations': 30,
    'nudged-iterations': 30,
    beta: 0.4,
    rates: [0.1, 0.1],
    epochs: 1,
    seed: 3,
  },
  'steps',
);
const dynamics = roundedDynamics(recipe);
const batch: Batch = {
  images: Uint8Array.from({ length: 4 * 6 }, (_, i) => (i * 71) % 256),
  labels: Uint8Array.of(0, 1, 2, 0),
};
const network = () => initialReference(recipe);
const settle = (nudging: Nudging) => relaxMinibatch(network(), dynamics, batch, nudging);

describe.each<Nudging>(['positive', 'negative', 'centered'])('%s nudging', (nudging) => {
  test('a step is equal to itself', () => {
    const comparison = compareStep(network(), dynamics, batch, nudging, settle(nudging));
    expect(comparison).toMatchObject({
      samples: 4,
      stateRms: 0,
      stateWorst: 0,
      nudgedRms: 0,
      nudgedWorst: 0,
      sampleRms: [0, 0, 0, 0],
      nudgedSampleRms: [0, 0, 0, 0],
      elsewhere: 0,
      predictionsAgree: 1,
    });
    for (const cosine of comparison.contrastCosines) expect(cosine).toBeCloseTo(1, 12);
  });

  test('a wrong free state shows where it is', () => {
    const settled = settle(nudging);
    const free = settled.free.slice();
    const sample = 2;
    const at = sample * 8 + 4;
    const away = free[at] > 0.5 ? -0.25 : 0.25;
    free[at] += away;
    const comparison = compareStep(network(), dynamics, batch, nudging, { ...settled, free });
    expect(comparison.stateWorst).toBeCloseTo(0.25, 12);
    expect(comparison.stateRms).toBeCloseTo(0.25 / Math.sqrt(4 * 8), 12);
    expect(comparison.sampleRms.map((rms) => rms > 0)).toEqual([false, false, true, false]);
    expect(comparison.elsewhere).toBe(1);
    expect(comparison.nudgedWorst).toBe(0);
    expect(comparison.nudgedRms).toBe(0);
  });

  test('of the nudged states only those that were nudged count', () => {
    const settled = settle(nudging);
    const sides = nudging === 'centered' ? (['plus', 'minus'] as const) : (['plus'] as const);
    const nudged = nudging === 'negative' ? (['minus'] as const) : sides;
    const sample = 1;
    const away = (states: Float64Array) =>
      states.map((state, i) => state + (Math.floor(i / 8) === sample ? 0.125 : 0));
    const moved = Object.fromEntries(nudged.map((side) => [side, away(settled[side])]));
    const comparison = compareStep(network(), dynamics, batch, nudging, { ...settled, ...moved });
    expect(comparison.nudgedRms).toBeCloseTo(0.125 / Math.sqrt(4), 12);
    expect(comparison.nudgedWorst).toBeCloseTo(0.125, 12);
    expect(comparison.nudgedSampleRms.map((rms) => Number(rms.toFixed(9)))).toEqual([0, 0.125, 0, 0]);
    expect(comparison.sampleRms).toEqual([0, 0, 0, 0]);
  });

  test('a wrong nudged state shows, in the contrast too', () => {
    const settled = settle(nudging);
    const wrong = nudging === 'negative' ? 'minus' : 'plus';
    const states = settled[wrong].map((state) => 1 - state);
    const comparison = compareStep(network(), dynamics, batch, nudging, { ...settled, [wrong]: states });
    expect(comparison.stateWorst).toBe(0);
    expect(comparison.elsewhere).toBe(0);
    expect(comparison.nudgedWorst).toBeGreaterThan(0.1);
    expect(Math.min(...comparison.contrastCosines.map((cosine) => cosine ?? 1))).toBeLessThan(0.9);
  });
});

test('a rounding’s difference is no other fixed point', () => {
  const settled = settle('centered');
  const free = settled.free.map((state) => Math.abs(state - SAME_FIXED_POINT / 2));
  expect(compareStep(network(), dynamics, batch, 'centered', { ...settled, free }).elsewhere).toBe(0);
});

test('wrong predictions are counted', () => {
  const settled = settle('centered');
  const predictions = settled.predictions.map((p, n) => (n === 1 ? (p + 1) % 3 : p));
  const comparison = compareStep(network(), dynamics, batch, 'centered', { ...settled, predictions });
  expect(comparison.predictionsAgree).toBe(0.75);
});

test('a contrast that vanishes has no direction, and no cosine: nothing is told for it', () => {
  const settled = settle('centered');
  const idle = { ...dynamics, nudge: 0 };
  const still = { ...settled, plus: settled.free, minus: settled.free };
  const comparison = compareStep(network(), idle, batch, 'centered', still);
  expect(comparison.contrastCosines).toEqual([null, null]);
  const moved = compareStep(network(), idle, batch, 'centered', settled);
  expect(moved.contrastCosines).toEqual([null, null]);
});

describe('the reference’s thread', () => {
  const options = { recipe, persistentExamples: 0 };
  const indexed = { ...batch, indices: Uint32Array.of(0, 1, 2, 3) };

  test('trains as the reference does', async () => {
    const thread = new ReferenceThread(options);
    const own = network();
    const rates = { gains: [0.1, 0.2], decays: [0.01, 0], biasGains: [0.3, 0.05] };
    for (const nudging of ['centered', 'positive'] as const) {
      const relaxed = trainMinibatch(own, dynamics, batch, nudging, rates);
      const wrong = await thread.run({ kind: 'train', batch: indexed, nudging, rates });
      expect(wrong).toBe(relaxed.predictions.filter((p, n) => p !== batch.labels[n]).length);
    }
    const { parameters, states } = await thread.run({ kind: 'read' });
    expect(parameters.weights).toEqual(own.weights);
    expect(parameters.biases).toEqual(own.biases);
    expect(states).toHaveLength(0);
    await thread.close();
  });

  test('keeps states from one relaxation to the next where phases are persistent', async () => {
    const brief = { ...dynamics, freeIterations: 1 };
    const thread = new ReferenceThread({
      recipe: { ...recipe, 'free-iterations': 1 },
      persistentExamples: 4,
    });
    const evaluate = (start: 'zero' | 'persistent') =>
      thread.run({ kind: 'evaluate', batch: indexed, iterations: 1, start });
    await evaluate('zero');
    expect((await thread.run({ kind: 'read' })).states).toEqual(new Float64Array(4 * 8));
    let start = new Float64Array(4 * 8);
    for (let round = 0; round < 3; round++) {
      await evaluate('persistent');
      start = relaxMinibatch(network(), brief, { ...batch, start }, undefined)
        .free as Float64Array<ArrayBuffer>;
      expect((await thread.run({ kind: 'read' })).states).toEqual(start);
    }
    await thread.close();
  });

  test('a task that fails, and one given after the end, reject', async () => {
    const thread = new ReferenceThread(options);
    const rates = { gains: [0, 0], decays: [0, 0], biasGains: [0, 0] };
    const odd = { ...indexed, images: new Uint8Array(5) };
    const task = { kind: 'train', nudging: 'centered', rates } as const;
    const both = Promise.allSettled([
      thread.run({ ...task, batch: odd }),
      thread.run({ ...task, batch: indexed }),
    ]);
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(thread.run({ kind: 'read' })).rejects.toThrow('5 pixels for 4 labels');
    await thread.close();
  });
});

describe('what a step made of the weights', () => {
  const before = network().weights;
  const change = (edit: (after: Float64Array[]) => void, gains = [0.1, 0.1]) => {
    const after = before.map((matrix) => matrix.slice());
    edit(after);
    const { updatesDue, updatesLost } = compareStep(
      network(),
      dynamics,
      batch,
      'centered',
      settle('centered'),
      {
        before,
        after,
        gains,
      },
    );
    return { updatesDue, updatesLost };
  };
  const due = contrast(network(), batch, settle('centered')).weights.map((matrix) =>
    Array.from(matrix).flatMap((sum, i) => (sum === 0 ? [] : [i])),
  );
  const all = due[0].length + due[1].length;

  test('every weight left as it was, of those that were to change, is an update lost', () => {
    expect(all).toBeGreaterThan(2);
    expect(change(() => undefined)).toEqual({ updatesDue: all, updatesLost: all });
    expect(
      change(([first, second]) => {
        first[due[0][0]] += 2 ** -14;
        second[due[1][0]] -= 2 ** -14;
      }),
    ).toEqual({ updatesDue: all, updatesLost: all - 2 });
  });

  test('a connection that does not learn loses nothing', () => {
    expect(change(() => undefined, [0, 0.1])).toEqual({
      updatesDue: due[1].length,
      updatesLost: due[1].length,
    });
  });

  test('the signal is that of the reference', () => {
    const settled = settle('centered');
    const wrong = { ...settled, free: settled.free.map(() => 0) };
    const { stateSignal, stateRms } = compareStep(network(), dynamics, batch, 'centered', wrong);
    expect(stateSignal).toBeGreaterThan(0);
    expect(stateRms).toBeCloseTo(stateSignal, 12);
  });
});

test('of a connection that learns by rates there is no direction, and no update is due: its sums stay on the device', () => {
  const byRates = checkRecipe({ ...recipe, rule: 'rates' }, 'steps');
  const network = initialReference(byRates);
  const settled = relaxMinibatch(network, dynamics, batch, 'centered');
  const change = { before: network.weights, after: network.weights, gains: [0, 1] };
  const comparison = compareStep(network, dynamics, batch, 'centered', settled, change);
  expect(comparison.contrastCosines).toEqual([expect.closeTo(1, 12), null]);
  expect(comparison).toMatchObject({ stateRms: 0, updatesDue: 0, updatesLost: 0 });
});
