/** Groups of made-up cells. */
import { spread } from '#host/comparison/statistics';
import type { CellOutcome, ComparisonData, Group } from '#host/report/index';

export function finishedCell(seed: number, testError: number): CellOutcome {
  return { id: `seed-${seed}`, seed, state: 'finished', testError, epochs: [] };
}

/** @param errors of seeds 1, 2, … */
export function group(
  id: string,
  bytes: number,
  errors: readonly number[],
  more: Partial<Group> = {},
): Group {
  const testError = spread(errors);
  return {
    id,
    settings: { weights: id },
    network: '784-8-10',
    weights: id,
    states: 'Q3.12',
    rounding: 'stochastic',
    relaxation: 'exact',
    bits: 16,
    bytes,
    board: 'pico',
    cells: errors.map((error, n) => finishedCell(n + 1, error)),
    ...(testError && { testError }),
    onFront: false,
    ...more,
  };
}

export function comparison(groups: readonly Group[], more: Partial<ComparisonData> = {}): ComparisonData {
  return {
    title: '784-8-10',
    preset: 'small',
    dataset: 'mnist',
    device: 'simulated',
    epochs: '2 epochs',
    written: '2026-01-02T03:04:05.000Z',
    hostVersion: '1.2.3',
    complete: true,
    keys: ['weights'],
    groups,
    references: [],
    ...more,
  };
}
