import { expect, test } from 'vitest';
import { endingOf } from '#host/fleet/ending';

const finished = { worker: 'desk', ending: { kind: 'finished' } };

test('a run that failed, was tried again and finished has finished', () => {
  expect(endingOf({ returnvalue: finished, failedReason: 'desk: out of memory' }, 'a')).toEqual({
    kind: 'finished',
  });
});

test('a run without a result failed for the reason that was told', () => {
  expect(endingOf({ returnvalue: null, failedReason: 'desk: out of memory' }, 'a')).toEqual({
    kind: 'failed',
    reason: 'desk: out of memory',
    differs: false,
  });
  expect(
    endingOf({ returnvalue: null, failedReason: 'job stalled more than allowable limit' }, 'a'),
  ).toMatchObject({
    reason: 'every worker that took it was lost',
  });
});

test('a result that differs is told with who found it; what is no result is refused', () => {
  const differs = { worker: 'desk', ending: { kind: 'failed', reason: 'digests differ', differs: true } };
  expect(endingOf({ returnvalue: differs }, 'a')).toEqual({
    kind: 'failed',
    reason: 'desk: digests differ',
    differs: true,
  });
  expect(() => endingOf({ returnvalue: 'done' }, 'a')).toThrow('what came back of a is no result');
});
