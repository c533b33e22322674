import { expect, it } from 'vitest';
import { Charts } from '#host/report/charts';
import type { DivergenceRecord } from '#host/report/data';
import { divergenceSection, thin } from '#host/report/divergence';

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
  // Two make one, and two of those one: 0 to 3, and what there is of 4 to 7.
  expect(thinned.map(({ step }) => step)).toEqual([3, 6]);
  expect(thinned.map(({ stateWorst }) => stateWorst)).toEqual([3, 100]);
  expect(thinned[0].stateRms).toBeCloseTo(Math.sqrt(14 / 4), 12);
  expect(thinned[0].contrastCosines[0]).toBeCloseTo(0.15, 12);
  expect(thinned[0].contrastCosines[1]).toBe(1);
  expect(thinned[1].predictionsAgree).toBeCloseTo(1 / 3, 12);
  expect(thinned[0]).not.toHaveProperty('shadowStateRms');
});

it('joins what there is of the shadow', () => {
  const [joined] = thin([record(0, 3), record(1)], 1);
  expect(joined.shadowStateRms).toBe(3);
});

it('means the cosines that there are, and is a gap where there is none', () => {
  const of = (...contrastCosines: (number | null)[]) => ({ ...record(0), contrastCosines });
  const [joined] = thin([of(null, 0.5, null), of(0.25, 0.75, null)], 1);
  expect(joined.contrastCosines).toEqual([0.25, 0.625, null]);
  const drawn = (records: readonly DivergenceRecord[]) => {
    const charts = new Charts();
    divergenceSection(records, charts);
    return charts.data.flatMap(({ series }) => series).filter(({ label }) => label.startsWith('connection'));
  };
  expect(drawn([of(null, 0.5), of(0.25, null), of(0, 1)]).map(({ values }) => values)).toEqual([
    [null, 0.25, 0],
    [0.5, null, 1],
  ]);
  expect(drawn([of(null, null), of(null, null)])).toEqual([]);
});

it('leaves few records as they are', () => {
  const records = [record(0), record(1)];
  expect(thin(records, 2)).toEqual(records);
});

it.each([1, 2, 3, 7])('joins any number to at most %i, over all of which the sums are right', (most) => {
  for (let count = 1; count < 40; count++) {
    const records = Array.from({ length: count }, (_, step) => record(step));
    const thinned = thin(records, most);
    expect(thinned.length).toBeLessThanOrEqual(most);
    expect(thinned.length).toBeGreaterThanOrEqual(Math.min(count, Math.ceil(most / 2)));
    expect(thinned.at(-1)?.step).toBe(count - 1);
    expect(Math.max(...thinned.map(({ stateWorst }) => stateWorst))).toBe(count > 4 ? 100 : count - 1);
  }
  const squares = Array.from({ length: 39 }, (_, step) => step ** 2).reduce((sum, square) => sum + square, 0);
  expect(
    thin(
      Array.from({ length: 39 }, (_, step) => record(step)),
      1,
    )[0].stateRms,
  ).toBeCloseTo(Math.sqrt(squares / 39), 12);
});
