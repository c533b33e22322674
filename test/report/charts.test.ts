import { expect, test } from 'vitest';
import { Charts } from '#host/report/charts';

function loneOf(values: readonly (number | null)[], scale: 'data' | 'log' = 'data'): readonly number[] {
  const charts = new Charts();
  charts.figure(
    {
      ...{ kind: 'lines', xLabel: 'step', unit: 'number', scale },
      ...{ x: values.map((_, n) => n), series: [{ label: 'cosine', colour: 'blue', values }] },
    },
    { title: 'Direction', caption: '' },
  );
  return charts.data[0].series[0].lone;
}

test.each([
  ['at the beginning, before a gap', [1, null, null, 1, 1], [0]],
  ['between gaps', [1, 1, null, 0.5, null, 0, 0], [3]],
  ['at the end', [1, 1, null, 0], [3]],
  ['alone', [1], [0]],
  ['none', [1, 1, null, 1, 1], []],
  ['gaps alone', [null, null], []],
])('values that no line reaches are known, to be drawn as points: %s', (_, values, lone) => {
  expect(loneOf(values)).toEqual(lone);
});

test('a value beside one that a logarithmic axis has no place for is such a one', () => {
  expect(loneOf([1, 0, 1, 1], 'log')).toEqual([0]);
});
