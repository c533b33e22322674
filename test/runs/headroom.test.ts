/** A run stops before a drive can wrap, at the same minibatch wherever and however often it is saved. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Progress } from '#host/records/index';
import { loadRun } from '#host/records/index';
import { HEADROOM_INTERVAL } from '#host/training/headroom-watch';
import { HeadroomWatch } from '#host/training/index';
import { begin, goOn, roomForRuns, simulated } from './runs.js';
import { smallRecipe } from './small-data.js';

const { data, fresh } = roomForRuns(1200);

/** Weights that soon outgrow drives of ± 4. */
const outgrowing = { weights: 'Q0.15', states: 'Q1.14', rates: [0.8, 0.4], training: '0..1200' };

interface Stopped {
  readonly folder: string;
  /** Minibatches trained. */
  readonly step: number;
  readonly message: string;
}

async function runUntilStopped(
  changes: Readonly<Record<string, unknown>>,
  more: Partial<Parameters<typeof begin>[0]> = {},
): Promise<Stopped> {
  const folder = fresh();
  let step = 0;
  const interruptAt = ({ phase }: Progress) => {
    if (phase === 'training') step++;
    return false;
  };
  const recipe = smallRecipe({ ...outgrowing, ...changes });
  const message = await begin({ data, folder, recipe, interruptAt, ...more }).then(
    () => 'it went on',
    (error: Error) => error.message,
  );
  return { folder, step, message };
}

describe.each<[string, Readonly<Record<string, unknown>>, number]>([
  ['an epoch’s end', { minibatch: 12 }, 100],
  ['a fixed step within the epoch', { minibatch: 2 }, HEADROOM_INTERVAL],
])('stopped at %s', (_, changes, expected) => {
  test('the same, however often checkpoints are due', async () => {
    const seldom = await runUntilStopped(changes);
    const often = await runUntilStopped(changes, { checkpointInterval: 1e-6 });
    expect(seldom.message).toMatch(/^the drive of unit \d+ in layer \d can reach .*, its format ends at 4$/);
    expect([seldom.step, often.step]).toEqual([expected, expected]);
    expect(often.message).toBe(seldom.message);
    for (const { folder } of [seldom, often]) {
      const { state, parameters } = loadRun(folder);
      expect(new HeadroomWatch(state.recipe).look(parameters)).toBe(true);
      expect(state.position.step).toBeLessThan(expected);
    }
    expect(loadRun(seldom.folder).state.position.step).toBe(0);
    // From wherever it was saved, it stops there again.
    await expect(goOn(often.folder)).rejects.toThrow(seldom.message);
  });
});

test('interrupted without headroom: nothing is saved, and why is told', async () => {
  let trained = 0;
  const interruptAt = ({ phase }: Progress) => phase === 'training' && ++trained === 90;
  const { folder, message } = await runUntilStopped({ minibatch: 12 }, { interruptAt });
  expect(message).toMatch(/^the drive of unit/);
  expect(loadRun(folder).state.position.step).toBe(0);
});

test('without headroom from the start there is no checkpoint', async () => {
  const { folder, message, step } = await runUntilStopped({ 'initial-scale': 3 }, { device: simulated });
  expect(message).toMatch(/^the drive of unit/);
  expect(step).toBe(0);
  expect(existsSync(join(folder, 'checkpoint.eqp'))).toBe(false);
});

test('pixels that dropout makes twice as strong reach twice as far', () => {
  // Drives of ± 32; 400 weights of 0.05 add up to 20, and to 40 with pixels of up to 2.
  const recipe = { network: '400-1-2', weights: 'Q1.14', states: 'Q3.12', training: '0..10' };
  const parameters = {
    weights: [new Int16Array(400).fill(Math.round(0.05 * 2 ** 14)), Int16Array.of(0, 0)],
    biases: [Int32Array.of(0), Int32Array.of(0, 0)],
  };
  const look = (dropout: number) =>
    new HeadroomWatch(smallRecipe({ ...recipe, 'input-dropout': dropout })).look(parameters);
  expect([look(0), look(0.2), look(0.5)]).toEqual([true, true, false]);
});
