import { describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { reportData } from '#host/runs/run-report';
import { begin, roomForRuns } from './runs.js';
import { smallRecipe, TRAINING } from './small-data.js';

const { data, fresh } = roomForRuns();
const TRAINED = 200;
const validated = smallRecipe({ training: `0..${TRAINED}`, validation: `${TRAINED}..${TRAINING}` });

/** The error of always answering the commonest of four classes. */
function errorOfOne(labels: Uint8Array): number {
  const counts = [0, 1, 2, 3].map((label) => labels.filter((one) => one === label).length);
  return 1 - Math.max(...counts) / labels.length;
}

async function withoutTest(): Promise<Dataset> {
  const dataset = await loadDataset(data, {});
  return { ...dataset, test: { count: 0, images: new Uint8Array(0), labels: new Uint8Array(0) } };
}

describe('what was learnt is judged', () => {
  test('by the test set', async () => {
    const { result } = await begin({ data, folder: fresh(), recipe: validated, shadow: true });
    const { learnt } = reportData(result);
    const told = result.test?.evaluations.find(({ set }) => set === 'test');
    expect(learnt).toMatchObject({
      set: 'test',
      start: 'zero',
      samples: 100,
      error: { device: (told?.error ?? Number.NaN) / 100, reference: (told?.referenceError ?? 0) / 100 },
      isBetterThanChance: true,
      linear: { examples: TRAINED, of: TRAINED },
    });
    const { labels } = result.start.dataset.test;
    expect(learnt?.chance.error).toBeCloseTo(errorOfOne(labels), 12);
    // A bright quarter is told by sums of pixels.
    expect(learnt?.linear?.error).toBeLessThan(0.05);
  });

  test('by validation examples, without a test set', async () => {
    const { result } = await begin({ data: await withoutTest(), folder: fresh(), recipe: validated });
    expect(result.finished).toBe(true);
    expect(result.test?.evaluations.map(({ set }) => set)).toEqual(['validation']);
    // The log can be read: an error of no examples would be no number.
    expect(result.folder.metrics().at(-1)?.kind).toBe('final');
    const { learnt, confusion } = reportData(result);
    expect(learnt).toMatchObject({ set: 'validation', start: 'zero', samples: TRAINING - TRAINED });
    const labels = result.start.dataset.training.labels.subarray(TRAINED);
    expect(learnt?.chance.error).toBeCloseTo(errorOfOne(labels), 12);
    expect(confusion).toBeUndefined();
  });

  test('by the last validation, of a run that is not finished', async () => {
    const interruptAt = ({ phase, epoch }: { phase: string; epoch: number }) =>
      phase === 'training' && epoch === 2;
    const { result } = await begin({ data, folder: fresh(), recipe: validated, interruptAt });
    expect(result.finished).toBe(false);
    expect(reportData(result).learnt).toMatchObject({ set: 'validation', samples: TRAINING - TRAINED });
  });

  test('by answers in training, where there are no others, and beside no classifier that was trained on the same', async () => {
    const recipe = smallRecipe();
    const finished = await begin({ data: await withoutTest(), folder: fresh(), recipe });
    const { learnt, headline } = reportData(finished.result);
    expect(learnt).toMatchObject({ set: 'training', samples: TRAINING, error: headline.trainingError });
    expect(learnt?.linear).toBeUndefined();

    const interruptAt = ({ done }: { done: number }) => done >= 32;
    const { result } = await begin({ data, folder: fresh(), recipe, interruptAt });
    const { samples, wrong } = result.position.tally;
    expect(samples).toBeLessThan(TRAINING);
    expect(reportData(result).learnt).toMatchObject({
      set: 'training',
      samples,
      error: { device: wrong / samples },
    });
  });

  test('by nothing, where no answer was counted', async () => {
    const { result } = await begin({ data, folder: fresh(), recipe: smallRecipe(), interruptAt: () => true });
    const untrained = {
      ...result,
      position: { ...result.position, tally: { ...result.position.tally, samples: 0 } },
    };
    expect(reportData(untrained).learnt).toBeUndefined();
  });
});
