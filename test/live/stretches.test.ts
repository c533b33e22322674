import { expect, test } from 'vitest';
import { Stretches } from '#host/live/stretches';
import { emptyTally } from '#host/records/index';

const tally = (wrong: number) => ({
  ...emptyTally(),
  samples: 4,
  wrong,
  cost: 0.5,
  freeIterations: 8,
  nudgedIterations: 6,
});

test('ten minibatches are a stretch, which stands where its last one did', () => {
  const stretches = new Stretches();
  for (let step = 101; step <= 115; step++) stretches.add(step, tally(step % 2));
  expect(stretches.list).toEqual([
    { minibatches: 10, step: 110, samples: 40, wrong: 5, cost: 5, freeIterations: 80, nudgedIterations: 60 },
    { minibatches: 5, step: 115, samples: 20, wrong: 3, cost: 2.5, freeIterations: 40, nudgedIterations: 30 },
  ]);
});

test('however many minibatches there are, few stretches hold all of them', () => {
  const stretches = new Stretches();
  const steps = 50_000;
  for (let step = 1; step <= steps; step++) stretches.add(step, tally(1));
  const { list } = stretches;
  expect(list.length).toBeGreaterThan(60);
  expect(list.length).toBeLessThanOrEqual(240);
  expect(list.reduce((sum, { wrong }) => sum + wrong, 0)).toBe(steps);
  expect(list.map(({ step }) => step)).toEqual([...list.map(({ step }) => step)].sort((a, b) => a - b));
  expect(list.at(-1)?.step).toBe(steps);
  // All but the last are of one length.
  expect(new Set(list.slice(0, -1).map(({ minibatches }) => minibatches)).size).toBe(1);
});
