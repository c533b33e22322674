/** Programs that end as `eqprop train` should not. */
import { expect, test } from 'vitest';
import { train } from '#host/comparison/train-process';

const node = (script: string) => [process.execPath, '-e', script];
const never = new AbortController().signal;

test('interrupted before it can listen, it has not failed', async () => {
  const interruption = new AbortController();
  // Its first line tells that it runs; it has no handler of signals.
  const program = node(`console.log('{}'); setInterval(() => undefined, 1000)`);
  const ending = await train(program, [], () => interruption.abort(), interruption.signal);
  expect(ending).toEqual({ kind: 'interrupted' });
});

test('killed by another, it has', async () => {
  const program = node(`process.kill(process.pid, 'SIGTERM'); setInterval(() => undefined, 1000)`);
  expect(await train(program, [], () => undefined, never)).toEqual({
    kind: 'failed',
    reason: 'its process was ended by SIGTERM',
    differs: false,
  });
});
