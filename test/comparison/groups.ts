/** Groups of made-up cells. */
import { spread } from '#host/ground/index';
import type { CellOutcome, ComparisonData, Group } from '#host/report/index';

/** On so many images that one of them decides nothing. */
const IMAGES = 10_000;

/** @param validationError no validation if undefined */
export function finishedCell(seed: number, testError: number, validationError?: number): CellOutcome {
  const validation = validationError !== undefined && { validationError, validationImages: IMAGES };
  return { id: `seed-${seed}`, seed, state: 'finished', testError, ...validation, epochs: [] };
}

/**
 * @param errors of validation, of seeds 1, 2, …
 * @param more its test errors are all 5 unless it says others
 */
export function validated(
  id: string,
  bytes: number,
  errors: readonly number[],
  more: Partial<Group> = {},
): Group {
  const cells = errors.map((error, n) => finishedCell(n + 1, 5, error));
  const validationError = spread(errors);
  const tests = errors.map(() => 5);
  return group(id, bytes, tests, { cells, ...(validationError && { validationError }), ...more });
}

/** @param errors of the test set, of seeds 1, 2, … */
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
    measure: 'testError',
    written: '2026-01-02T03:04:05.000Z',
    hostVersion: '1.2.3',
    complete: true,
    keys: ['weights'],
    groups,
    references: [],
    ...more,
  };
}
