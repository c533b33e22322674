/** Runs of a reproduction in the paper's own form: the states of 60,000 images are in their checkpoints. */
import { expect, test } from 'vitest';
import { ReproductionFolder } from '#host/reproduction/equilibrium-propagation/folder';
import { readOutcome } from '#host/reproduction/equilibrium-propagation/outcome';
import { planNetworks } from '#host/reproduction/equilibrium-propagation/plan';
import { conditions, roomForReproductions, run } from '../reproduction/equilibrium-propagation/quick-runs.js';
import { goOn } from '../runs/runs.js';

const { data, at } = roomForReproductions();

test('a network that was trained longer by hand is none of the reproduction any more', async () => {
  const settings = { form: 'quick', relaxation: 'paper', seed: 1, images: 20, data } as const;
  const folder = ReproductionFolder.create(at('longer'), settings, planNetworks(settings, [1], 1));
  await run(folder);
  const { device } = conditions;
  expect((await goOn(folder.runOf(1), { epochs: 2, device })).result.finished).toBe(true);
  const told = `${folder.runOf(1)} is a run of 2 epochs now, the reproduction has 1`;
  expect(() => ReproductionFolder.open(at('longer'), [], undefined)).toThrow(told);
  expect(() => readOutcome(folder)).toThrow(told);
  await expect(run(folder)).rejects.toThrow(told);
});

test('runs that were interrupted go on to the same end', async () => {
  const settings = { form: 'quick', relaxation: 'paper', seed: 1, images: 200, data } as const;
  const whole = ReproductionFolder.create(at('whole'), settings, planNetworks(settings, [1], 2));
  await run(whole);
  const cut = ReproductionFolder.create(at('cut'), settings, planNetworks(settings, [1], 2));
  expect((await run(cut, 1)).finished).toBe(false);
  expect((await run(cut)).finished).toBe(true);

  const [a, b] = [whole, cut].map((folder) => readOutcome(folder).networks[0]);
  expect(b.epochs.map(({ digest }) => digest)).toEqual(a.epochs.map(({ digest }) => digest));
  expect(b.evaluations).toEqual(a.evaluations);
  expect(b.backpropagation).toEqual(a.backpropagation);
});
