/** Every symptom by a recipe that provokes it, and silence where a run learns. */
import { describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { DeviceError } from '#host/endpoint/index';
import type { Recipe } from '#host/model/index';
import type { Learner } from '#host/training/index';
import { learningSubject } from '#host/training/learning-subject';
import { statesIfKept } from '#host/training/settled-states';
import { isLookedAt, SymptomWatch } from '#host/training/symptom-watch';
import { isBelowChance } from '#host/training/symptoms';
import { brightQuarters, greyWaves, recipeWith, vectors, watched } from './watched.js';

const quarters = brightQuarters();
const grey = greyWaves(40);
const greyRecipe = (changes: Readonly<Record<string, unknown>> = {}) =>
  recipeWith({ network: '300-64-4', rates: [0.4, 0.05], training: '0..960', epochs: 1, ...changes });

async function told(recipe: Recipe, dataset: Dataset) {
  const { symptoms } = await watched(recipe, dataset);
  return symptoms.map(({ step, symptom }) => [step, symptom]);
}

/** The recipe that a remedy's first flags spell. */
function remedied(changes: Readonly<Record<string, unknown>>, remedy: string): Record<string, unknown> {
  const [, values] = /--rates ([\d.,]+)/.exec(remedy) ?? [];
  return { ...changes, rates: values.replace(/,$/, '').split(',').map(Number) };
}

describe('a run that learns is told nothing', () => {
  test.each<[string, Readonly<Record<string, unknown>>, Dataset]>([
    ['in a few minibatches', {}, quarters],
    ['though its first layer learns too fast to be of use for long', { rates: [4, 0.05] }, quarters],
    ['by few examples a minibatch', { minibatch: 2, rates: [0.02, 0.01] }, quarters],
    ['from grey inputs, calmly', { network: '300-64-4', rates: [0.02, 0.0025], training: '0..960' }, grey],
    ['two classes, of which one has nearly all', { network: '36-24-2' }, rare()],
    ['without hidden layers', { network: '36-4', rates: [0.05] }, quarters],
  ])('%s', async (_, changes, dataset) => {
    const { symptoms, testError } = await watched(recipeWith(changes), dataset);
    expect(symptoms).toEqual([]);
    expect(testError).toBeLessThanOrEqual(5);
  });

  test('nothing is told that was learnt in too few examples to say', async () => {
    expect(await told(recipeWith({ rates: [2, 1], training: '0..300', epochs: 1 }), quarters)).toEqual([]);
  });
});

/** MNIST, and few test images. */
async function someDigits(): Promise<Dataset> {
  const { test: all, ...others } = await loadDataset(undefined);
  const count = 500;
  const images = all.images.subarray(0, count * others.pixels);
  return { ...others, test: { count, images, labels: all.labels.subarray(0, count) } };
}

/** One example in twenty is of the other class. */
function rare(): Dataset {
  return vectors(36, 2, 600, (label, at, draw) => (Math.floor(at / 18) === label ? 100 : 0) + 100 * draw());
}

describe('symptoms', () => {
  test('a grey zero saturates the first layer within an epoch; the rates that are named learn', async () => {
    const { symptoms } = await watched(greyRecipe(), grey);
    expect(symptoms.map(({ step, symptom }) => [step, symptom])).toEqual([
      [32, 'saturated-layer'],
      [32, 'grey-inputs'],
    ]);
    const [saturated, inputs] = symptoms;
    expect(saturated.seen).toBe('61 of the 64 units of layer 1 are at 0 or at 1, the same for every example');
    expect(inputs.seen).toBe(
      'inputs are 128 of 255 on average, and 96.31 % of their energy is the same in every example',
    );
    expect(inputs.remedy).toMatch(/^--rates 0\.02,0\.0025, or --auto-rates 0\.02, or .*two halves$/);
    const remedy = remedied({}, inputs.remedy);
    const calm = await watched(greyRecipe({ ...remedy, epochs: 4 }), grey);
    expect(calm.symptoms).toEqual([]);
    expect(calm.testError).toBeLessThanOrEqual(2);
  });

  test('so does one in small minibatches, in a deep network, and in one that keeps states', async () => {
    const names = async (changes: Readonly<Record<string, unknown>>) =>
      (await watched(greyRecipe(changes), greyWaves(15))).symptoms.map(({ symptom }) => symptom);
    expect(await names({ minibatch: 4, rates: [0.1, 0.02] })).toContain('grey-inputs');
    const paper = {
      relaxation: 'euler',
      nudging: 'random-sign',
      beta: 0.5,
      cost: 'full',
      start: 'persistent',
    };
    const others = { ...paper, 'initial-scale': 1, 'free-iterations': 30, shuffle: false };
    expect(await names({ ...others, rates: [0.1, 0.05] })).toContain('grey-inputs');
    expect(await names({ ...others, network: '300-64-64-4', rates: [0.4, 0.1, 0.01] })).toContain(
      'grey-inputs',
    );
  });

  test('signed values as two halves are dark where nothing is: the same rates learn', async () => {
    const halves = (image: Uint8Array) =>
      Uint8Array.from({ length: 2 * image.length }, (_, i) => {
        const value = image[i >> 1] - 128;
        return Math.max(0, 2 * (i % 2 === 0 ? value : -value));
      });
    const split = (samples: Dataset['training']) => ({ ...samples, images: halves(samples.images) });
    const signed = {
      ...grey,
      columns: 600,
      pixels: 600,
      training: split(grey.training),
      test: split(grey.test),
    };
    const { symptoms, testError } = await watched(greyRecipe({ network: '600-64-4' }), signed);
    expect({ symptoms, testError }).toEqual({ symptoms: [], testError: 0 });
  });

  test('one answer for everything, then outputs that are dead; a tenth of the rates learns', async () => {
    const rates = { rates: [2, 1], 'initial-scale': [0.5, 0.5] };
    const { symptoms } = await watched(recipeWith(rates), quarters);
    expect(symptoms.map(({ step, symptom }) => [step, symptom])).toEqual([
      [35, 'one-answer'],
      [36, 'dead-outputs'],
    ]);
    expect(symptoms[0].seen).toBe('each of the last 500 examples got the answer 0, 375 wrongly');
    expect(symptoms[1].seen).toBe('all outputs were 0 for each of the last 500 examples');
    expect(symptoms[1].remedy).toMatch(/, or --initial-scale 0\.25,0\.25$/);
    for (const { remedy } of symptoms) {
      const { symptoms: more, testError } = await watched(recipeWith(remedied(rates, remedy)), quarters);
      expect({ more, testError }).toEqual({ more: [], testError: 0 });
    }
  });

  describe('outputs that nudges from both sides leave dead where ways back have weights of their own', () => {
    const untied = {
      network: '784-32-10',
      feedback: 'untied',
      rates: [0.4, 0.1],
      training: '0..3000',
      epochs: 3,
    };

    test('are named; the nudge that is advised lifts them', async () => {
      const digits = await someDigits();
      const { symptoms, testError } = await watched(recipeWith(untied), digits);
      expect(symptoms).toMatchObject([
        {
          step: 282,
          symptom: 'dead-outputs',
          seen: '9 was the answer to nothing, not to 500 examples of it in a row',
          remedy: '--nudging positive --beta 1',
        },
      ]);
      const cured = await watched(recipeWith({ ...untied, nudging: 'positive', beta: 1 }), digits);
      expect(cured.symptoms).toEqual([]);
      expect(cured.testError).toBeLessThan(testError - 5);
      const tied = await watched(recipeWith({ ...untied, feedback: 'tied' }), digits);
      expect(tied.symptoms).toEqual([]);
    });

    test('are named by a run taken up as by one that was not interrupted', async () => {
      const digits = await someDigits();
      const whole = await watched(recipeWith(untied), digits);
      expect(await watched(recipeWith(untied), digits, [20, 281])).toEqual(whole);
    });
  });

  test('updates that rounding to nearest takes away; stochastic rounding does not', async () => {
    const small = { rates: [1e-6, 1e-6], 'bias-rates': [0, 0], epochs: 2 };
    const { symptoms } = await watched(recipeWith({ ...small, rounding: 'nearest' }), quarters);
    expect(symptoms).toMatchObject([
      {
        step: 50,
        symptom: 'still-updates',
        seen: expect.stringMatching(/^the last 50 minibatches changed no parameter, \d{3} of their answers/),
        remedy: '--rounding stochastic, or --weights with more fractional bits',
      },
    ]);
    expect(await told(recipeWith({ ...small, rounding: 'stochastic' }), quarters)).toEqual([]);
  });

  test.each([
    ['few wrong answers that change nothing are no symptom, however many minibatches', 1, []],
    ['as many as a tenth of chance’s are', 2, ['still-updates']],
  ])('%s', (_, wrong, names) => {
    // 20 answers: 5 % and 10 %, beside 7.5 %.
    const watch = new SymptomWatch(learningSubject(recipeWith({}), quarters), 12);
    const labels = Uint8Array.from({ length: 20 }, (_, n) => n % 4);
    const predictions = labels.map((label, n) => (n < wrong ? 3 - label : label));
    const told = Array.from({ length: 400 }, (_, n) =>
      watch.hear({
        reply: { step: n + 1, predictions, cost: 0n },
        labels,
        hasChanged: false,
        decays: false,
        free: undefined,
      }),
    );
    expect(told.flat().map(({ symptom }) => symptom)).toEqual(names);
  });

  test('decay is no sign of contrasts', async () => {
    const decaying = { 'weight-decay': [1e-4, 1e-4], 'decay-interval': 7, epochs: 2 };
    const small = { rates: [1e-6, 1e-6], 'bias-rates': [0, 0], rounding: 'nearest' };
    const names = await told(recipeWith({ ...small, ...decaying }), quarters);
    // Seven in fifty minibatches decay, and are left out: eight more are needed.
    expect(names).toEqual([[58, 'still-updates']]);
  });

  test('labels that belong to nothing are learnt no better than by chance', async () => {
    let n = 0;
    const mixed = brightQuarters(36, () => (n++ * 7 + (n >> 2)) % 4);
    const recipe = recipeWith({ rates: [0.02, 0.01] });
    const { symptoms } = await watched(recipe, mixed);
    expect(symptoms).toMatchObject([
      {
        step: 50,
        symptom: 'chance',
        seen: '73.40 % of the last 500 answers were wrong; to answer 3 always errs in 74.83 %',
      },
    ]);
    const named = await watched(recipe, { ...mixed, classNames: ['circle', 'shake', 'tap', 'wa\u001bve'] });
    expect(named.symptoms[0].seen).toContain('to answer wave always errs');
  });

  test('initial weights that are far too large leave it at chance', async () => {
    const large = { 'initial-scale': 8, weights: 'Q5.10', rates: [0.02, 0.01] };
    expect(await told(recipeWith(large), quarters)).toEqual([[50, 'chance']]);
  });

  test('examples in the order of their classes: the remedy is to shuffle them', async () => {
    const order = Array.from(quarters.training.labels.keys()).sort(
      (a, b) => quarters.training.labels[a] - quarters.training.labels[b],
    );
    const images = Buffer.concat(order.map((n) => quarters.training.images.subarray(36 * n, 36 * n + 36)));
    const labels = Uint8Array.from(order, (n) => quarters.training.labels[n]);
    const sorted = { ...quarters, training: { count: 600, images: new Uint8Array(images), labels } };
    const { symptoms } = await watched(recipeWith({ rates: [3, 1.5], shuffle: false }), sorted);
    expect(symptoms[0].remedy).toContain('or --shuffle true');
  });
});

test.each([
  ['one-answer', { rates: [2, 1] }, [1, 34, 35, 40]],
  ['still-updates', { rates: [1e-6, 1e-6], 'bias-rates': [0, 0], rounding: 'nearest' }, [3, 17, 49, 50, 51]],
])('%s is told once, at the same minibatch, of a run that is interrupted', async (_, changes, interruptAt) => {
  const recipe = recipeWith(changes);
  const whole = await watched(recipe, quarters);
  expect(whole.symptoms.length).toBeGreaterThan(0);
  expect(await watched(recipe, quarters, interruptAt)).toEqual(whole);
});

test('a layer is looked at where it was, however often the run is interrupted', async () => {
  const whole = await watched(greyRecipe(), grey);
  expect(await watched(greyRecipe(), grey, [15, 16, 17, 31, 32])).toEqual(whole);
});

describe('states', () => {
  const learner = { graph: { units: 2 }, formats: { storage: 16 } } as Learner;
  const refused = (error: 'badTensor' | 'badRange') => ({
    read: () => Promise.reject(new DeviceError(error, 0, 0, 0, 'read', 'no')),
  });

  test('that a device has no room for are not looked at', async () => {
    expect(await statesIfKept(refused('badTensor'), learner, 3)).toBeUndefined();
  });

  test('that it refuses for another reason end the run', async () => {
    await expect(statesIfKept(refused('badRange'), learner, 3)).rejects.toThrow(DeviceError);
  });

  test('that it has are read whole', async () => {
    const read = async () => new Uint8Array(3 * 2 * 2);
    expect(await statesIfKept({ read }, learner, 3)).toHaveLength(6);
  });
});

describe('bounds', () => {
  test('an error is below chance by two standard deviations of a binomial, or not', () => {
    const subject = { commonest: { label: 0, error: 0.75 } } as ReturnType<typeof learningSubject>;
    // 500 answers by chance: 375 wrong, give or take √(500 · ¾ · ¼) = 9.68.
    expect(isBelowChance({ samples: 500, wrong: 356 }, subject)).toBe(false);
    expect(isBelowChance({ samples: 500, wrong: 355 }, subject)).toBe(true);
    expect(isBelowChance({ samples: 500, wrong: 0 }, { ...subject, commonest: { label: 0, error: 0 } })).toBe(
      true,
    );
  });

  test('a deep network is given longer, unless its inputs are grey', () => {
    const deep = (dataset: Dataset, inputs: number) =>
      learningSubject(
        recipeWith({ network: `${inputs}-8-8-4`, rates: [0.1, 0.1, 0.1], training: '0..600' }),
        dataset,
      );
    expect(deep(quarters, 36)).toMatchObject({ window: 20_000, streak: 2_500, grey: undefined });
    expect(deep(grey, 300)).toMatchObject({
      window: 500,
      streak: 500,
      grey: { brightness: expect.any(Number) },
    });
  });

  test('greyness by hand: what vectors have in common', () => {
    const images = Uint8Array.of(200, 100, 200, 140);
    const set = { count: 2, images, labels: Uint8Array.of(0, 1) };
    const dataset = { ...quarters, rows: 1, columns: 2, pixels: 2, classes: 2, training: set };
    const subject = learningSubject(recipeWith({ network: '2-4-2', training: '0..2' }), dataset);
    // The mean is (200, 120); squares come to 50,000 and 59,600.
    expect(subject.grey?.share).toBe((200 ** 2 + 120 ** 2) / ((50_000 + 59_600) / 2));
    expect(subject.grey?.energy).toBe((200 ** 2 + 120 ** 2) / 256 ** 2);
    expect(subject.grey?.brightness).toBe(160);
    expect(subject.commonest).toEqual({ label: 0, error: 0.5 });
  });

  test('states are read of few minibatches: six of the first 512, then one in 512', () => {
    const looked = Array.from({ length: 2048 }, (_, n) => n + 1).filter(isLookedAt);
    expect(looked).toEqual([16, 32, 64, 128, 256, 512, 1024, 1536, 2048]);
  });
});
