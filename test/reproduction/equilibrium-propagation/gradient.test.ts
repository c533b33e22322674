import { expect, test } from 'vitest';
import { leastNudge } from '#host/reproduction/equilibrium-propagation/gradient';

test.each([
  ['all do', [0.96, 0.97, 0.99], 0.1],
  ['from the second on', [0.5, 0.97, 0.99], 0.2],
  ['one that does is followed by one that does not', [0.96, 0.9, 0.99], 0.3],
  ['nothing moved', [Number.NaN, 0.97, 0.99], 0.2],
  ['the greatest does not', [0.99, 0.97, 0.9], undefined],
])('the least nudge: %s', (_, cosines, least) => {
  expect(leastNudge([0.1, 0.2, 0.3], cosines, 0.95)).toBe(least);
});
