import { beforeEach, describe, expect, test } from 'vitest';
import { type Cause, Interruption } from '#host/cli/interruption';

let now: number;
let ends: number;
let told: Cause[];
let interruption: Interruption;
beforeEach(() => {
  now = 5000;
  ends = 0;
  told = [];
  interruption = new Interruption(
    () => ends++,
    () => now,
  );
});

/** Does `scene` while work is under way that can save; resolves to whether the work was told to end. */
function during(scene: () => void): Promise<boolean> {
  return interruption.during(
    (cause) => told.push(cause),
    async (signal, started) => {
      started();
      scene();
      return signal.aborted;
    },
  );
}

describe('work that can save', () => {
  test('is told to end by a signal, and by its like within a second no more', async () => {
    const aborted = await during(() => {
      interruption.signalled('SIGHUP');
      now += 2;
      interruption.signalled('SIGHUP');
      now += 997;
      interruption.signalled('SIGTERM');
    });
    expect({ aborted, told, ends }).toEqual({ aborted: true, told: ['SIGHUP'], ends: 0 });
  });

  test('is ended at once by a signal that comes later', async () => {
    await during(() => {
      interruption.signalled('SIGINT');
      now += 1000;
      interruption.signalled('SIGINT');
    });
    expect({ told, ends }).toEqual({ told: ['SIGINT'], ends: 1 });
  });

  test('is told to end by a stream that is lost; the signal behind it is the first', async () => {
    await during(() => {
      interruption.lostStream();
      interruption.lostStream();
      now += 4000;
      interruption.signalled('SIGINT');
      interruption.lostStarter();
    });
    expect({ told, ends }).toEqual({ told: ['lost stream'], ends: 0 });
  });

  test('is told to end by the end of its starter', async () => {
    await during(() => interruption.lostStarter());
    expect(told).toEqual(['lost starter']);
  });
});

describe('where nothing is to be saved', () => {
  test('a signal ends the program', () => {
    interruption.signalled('SIGQUIT');
    expect(ends).toBe(1);
  });

  test('a lost stream ends what takes long, and that alone', async () => {
    interruption.lostStream();
    expect(ends).toBe(0);
    await interruption.during(
      (cause) => told.push(cause),
      async () => undefined,
    );
    expect({ told, ends }).toEqual({ told: [], ends: 1 });
  });
});
