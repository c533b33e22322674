/** A recipe that comes from the data learns them. */
import { describe, expect, test } from 'vitest';
import { dataSet } from '#host/data/index';
import { parseRange } from '#host/model/index';
import { fittedRecipe } from '#host/training/index';
import { easyGestures, hardGestures } from '../../examples/gestures.mjs';
import { begin, roomForRuns } from '../runs/runs.js';

const { fresh } = roomForRuns();

describe.each([
  ['easy', easyGestures, 3],
  ['hard', hardGestures, 12],
] as const)('%s gestures', (_, gestures, epochs) => {
  test.each([1, 2, 3])('are learnt, seed %i', async (seed) => {
    const data = dataSet(gestures(seed));
    const recipe = fittedRecipe(data, { epochs, seed });
    const { result } = await begin({ data, recipe, folder: fresh(), verification: { kind: 'off' } });
    expect(result.test?.evaluations.at(-1)?.error).toBeLessThanOrEqual(1);
  });
});

describe('a fitted recipe', () => {
  const data = dataSet(easyGestures(1, 240));

  test('keeps whole minibatches, and the rest for validation', () => {
    const { training, validation, minibatch, epochs } = fittedRecipe(data);
    const [trained, kept] = [training, validation].map(parseRange);
    expect(trained[0]).toBe(0);
    expect(trained[1] % minibatch).toBe(0);
    expect(kept).toEqual([trained[1], data.training.count]);
    expect(kept[1] - kept[0]).toBeGreaterThanOrEqual(data.training.count / 6);
    expect(epochs).toBe(150);
  });

  test('takes the widest network that there is room for', () => {
    const units = (network: string) => Number(network.split('-')[1]);
    const most = (width: number) => fittedRecipe(data, {}, ({ network }) => units(network) <= width).network;
    expect([64, 40, 4].map(most)).toEqual(['600-64-4', '600-32-4', '600-4-4']);
    expect(() => most(3)).toThrow('no room for 600-4-4');
  });

  test('leaves what is given', () => {
    const rates = [0.3, 0.2, 0.1];
    const given = { network: '600-20-10-4', rates, minibatch: 7, epochs: 2, beta: 0.3, validation: 'none' };
    expect(fittedRecipe(data, given)).toMatchObject(given);
  });

  test('has the same rates everywhere: those by which each connection changes alike', () => {
    expect(fittedRecipe(data)).toEqual(fittedRecipe(data));
    const [first, second] = fittedRecipe(data).rates;
    expect(first).toBeGreaterThan(second);
  });
});
