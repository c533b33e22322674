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

/** Tells if a promise has settled once everything that can run has. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let over = false;
  const note = () => {
    over = true;
  };
  promise.then(note, note);
  await new Promise((resolve) => setImmediate(resolve));
  return over;
}

const ignore = () => undefined;

test('fewer than `depth` are under way when add resolves', async () => {
  const pipeline = new Pipeline(2);
  const [a, b, c] = [task(), task(), task()];
  expect(await settled(pipeline.add(a.done, ignore))).toBe(true);
  const second = pipeline.add(b.done, ignore);
  expect(await settled(second)).toBe(false);
  a.finish();
  expect(await settled(second)).toBe(true);
  const third = pipeline.add(c.done, ignore);
  // A later one that ends first changes nothing.
  c.finish();
  expect(await settled(third)).toBe(false);
  b.finish();
  expect(await settled(third)).toBe(true);
});

test('results are finished in the order they were begun, whichever comes first', async () => {
  const pipeline = new Pipeline(9);
  const tasks = [task(), task(), task(), task()];
  const finished: number[] = [];
  for (const [n, { done }] of tasks.entries())
    await pipeline.add(
      done.then(() => n),
      (result) => finished.push(result),
    );
  for (const n of [3, 1, 0, 2]) {
    tasks[n].finish();
    await settled(tasks[n].done);
    expect(finished).toEqual([...finished].sort());
  }
  await pipeline.drain();
  expect(finished).toEqual([0, 1, 2, 3]);
});

test('drain waits for all', async () => {
  const pipeline = new Pipeline(4);
  const tasks = [task(), task(), task()];
  for (const { done } of tasks) await pipeline.add(done, ignore);
  const drained = pipeline.drain();
  tasks[1].finish();
  tasks[2].finish();
  expect(await settled(drained)).toBe(false);
  tasks[0].finish();
  await drained;
  await pipeline.drain();
});

test('the first failure in order is told, and nothing after it is finished', async () => {
  const pipeline = new Pipeline(4);
  const [a, b, c] = [task(), task(), task()];
  const finished: string[] = [];
  await pipeline.add(a.done, () => finished.push('a'));
  await pipeline.add(b.done, () => finished.push('b'));
  await pipeline.add(c.done, () => finished.push('c'));
  c.finish();
  b.fail(new Error('b'));
  await settled(b.done);
  a.finish();
  await expect(pipeline.drain()).rejects.toThrow('b');
  await settled(c.done);
  expect(finished).toEqual(['a']);
});

test('what fails while finishing is told as well', async () => {
  const pipeline = new Pipeline(1);
  const fail = () => {
    throw new Error('no room on the disk');
  };
  await expect(pipeline.add(Promise.resolve(), fail)).rejects.toThrow('no room on the disk');
});

test('a failure nobody waits for is no unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  await new Pipeline(2).add(Promise.reject(new Error('alone')), ignore);
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
