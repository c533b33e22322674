/** Programs that end as `eqprop` should not. */
import { expect, test } from 'vitest';
import { runProgram } from '#host/experiments/process';
import type { Metrics } from '#host/records/index';

const node = (script: string) => [process.execPath, '-e', script];
const never = new AbortController().signal;

test('interrupted before it can listen, it has not failed', async () => {
  const interruption = new AbortController();
  // Its first line tells that it runs; it has no handler of signals.
  const program = node(`console.log('{}'); setInterval(() => undefined, 1000)`);
  const ending = await runProgram(program, ['train'], () => interruption.abort(), interruption.signal);
  expect(ending).toEqual({ kind: 'interrupted' });
});

test('killed by another, it has', async () => {
  const program = node(`process.kill(process.pid, 'SIGTERM'); setInterval(() => undefined, 1000)`);
  expect(await runProgram(program, ['train'], () => undefined, never)).toEqual({
    kind: 'failed',
    reason: 'its process was ended by SIGTERM',
    differs: false,
  });
});

test('a line cut short is no metrics', async () => {
  const seen: Metrics[] = [];
  const program = node(`process.stdout.write('{"kind":"epoch"}\\n{"kind":"ep')`);
  expect(await runProgram(program, ['train'], (metrics) => seen.push(metrics), never)).toEqual({
    kind: 'finished',
  });
  expect(seen).toEqual([{ kind: 'epoch' }]);
});
