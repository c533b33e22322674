import { expect, test } from 'vitest';
import { Pipeline } from '#host/training/pipeline';

interface Task {
  readonly done: Promise<void>;
  readonly finish: () => void;
  readonly fail: (error: Error) => void;
}

function task(): Task {
  let finish = () => {};
  let fail = (_: Error) => {};
  const done = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  return { done, finish, fail };
}

/** Whether a promise has settled once everything that can run has. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let over = false;
  const note = () => {
    over = true;
  };
  promise.then(note, note);
  await new Promise((resolve) => setImmediate(resolve));
  return over;
}

test('fewer than `depth` are under way when add resolves', async () => {
  const pipeline = new Pipeline(2);
  const [a, b, c] = [task(), task(), task()];
  expect(await settled(pipeline.add(a.done))).toBe(true);
  const second = pipeline.add(b.done);
  expect(await settled(second)).toBe(false);
  a.finish();
  expect(await settled(second)).toBe(true);
  const third = pipeline.add(c.done);
  // A later one that ends first changes nothing.
  c.finish();
  expect(await settled(third)).toBe(false);
  b.finish();
  expect(await settled(third)).toBe(true);
});

test('drain waits for all', async () => {
  const pipeline = new Pipeline(4);
  const tasks = [task(), task(), task()];
  for (const { done } of tasks) await pipeline.add(done);
  const drained = pipeline.drain();
  tasks[1].finish();
  tasks[2].finish();
  expect(await settled(drained)).toBe(false);
  tasks[0].finish();
  await drained;
  await pipeline.drain();
});

test('the first failure in order is the one that is told', async () => {
  const pipeline = new Pipeline(3);
  const [a, b] = [task(), task()];
  await pipeline.add(a.done);
  await pipeline.add(b.done);
  b.fail(new Error('second'));
  await new Promise((resolve) => setImmediate(resolve));
  a.fail(new Error('first'));
  await expect(pipeline.drain()).rejects.toThrow('first');
  await expect(pipeline.drain()).rejects.toThrow('second');
  await pipeline.drain();
});

test('a failure nobody waits for is no unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  await new Pipeline(2).add(Promise.reject(new Error('alone')));
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
