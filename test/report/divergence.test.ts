import { expect, it } from 'vitest';
import type { DivergenceRecord } from '#host/report/data';
import { thin } from '#host/report/divergence';

const record = (step: number, shadow?: number): DivergenceRecord => ({
  step,
  stateRms: step,
  stateWorst: step === 4 ? 100 : step,
  contrastCosines: [step / 10, 1],
  predictionsAgree: step % 2,
  ...(shadow === undefined ? {} : { shadowStateRms: shadow }),
});

it('joins neighbours without losing the worst', () => {
  const records = Array.from({ length: 7 }, (_, step) => record(step));
  const thinned = thin(records, 3);
  expect(thinned.map(({ step }) => step)).toEqual([2, 5, 6]);
  expect(thinned.map(({ stateWorst }) => stateWorst)).toEqual([2, 100, 6]);
  expect(thinned[0].stateRms).toBeCloseTo(Math.sqrt(5 / 3), 12);
  expect(thinned[0].contrastCosines[0]).toBeCloseTo(0.1, 12);
  expect(thinned[0].contrastCosines[1]).toBe(1);
  expect(thinned[1].predictionsAgree).toBeCloseTo(2 / 3, 12);
  expect(thinned[0]).not.toHaveProperty('shadowStateRms');
});

it('joins what there is of the shadow', () => {
  const [joined] = thin([record(0, 3), record(1)], 1);
  expect(joined.shadowStateRms).toBe(3);
});

it('leaves few records as they are', () => {
  const records = [record(0), record(1)];
  expect(thin(records, 2)).toBe(records);
});
