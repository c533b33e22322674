import { afterEach, describe, expect, test, vi } from 'vitest';
import { estimateSeconds } from '#host/comparison/estimate';
import { secondsOnLine } from '#host/comparison/line-time';
import { settledPace } from '#host/comparison/pace';
import { Trial } from '#host/comparison/trial';
import { evaluatedImages } from '#host/comparison/workload';
import type { Dataset } from '#host/data/index';
import { timeTaken } from '#host/experiments/index';
import type { Recipe } from '#host/model/index';
import { packImage } from '#host/wire/index';
import { smallRecipe } from '../runs/small-data.js';

const blank = (count: number) => ({
  count,
  images: new Uint8Array(count * 36),
  labels: new Uint8Array(count),
});
const dataset: Dataset = {
  name: 'blank',
  rows: 6,
  columns: 6,
  pixels: 36,
  classes: 4,
  training: blank(300),
  test: blank(100),
};

describe('the pace of a run', () => {
  afterEach(() => vi.restoreAllMocks());

  /** Runs that take so many milliseconds each by a clock of their own. */
  async function pace(durations: readonly number[], budget: number) {
    let now = 1000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const runs: number[] = [];
    const found = await settledPace(
      async (n) => {
        runs.push(n);
        now += durations[n];
      },
      durations.length,
      budget,
    );
    return { found, runs: runs.length };
  }

  test('is that of the later half', async () => {
    expect(await pace([90, 50, 10, 5, 3, 3], 1000)).toEqual({ found: 11 / 3, runs: 6 });
  });

  test('ends with the budget', async () => {
    expect(await pace([90, 50, 10, 5, 3, 3], 145)).toEqual({ found: 30, runs: 3 });
  });

  test('is measured twice at least, where there are two', async () => {
    expect(await pace([90, 50, 10], 1)).toEqual({ found: 50, runs: 2 });
    expect(await pace([90], 1)).toEqual({ found: 90, runs: 1 });
  });
});

describe('the line', () => {
  const image = packImage(new Uint8Array(36)).length;

  test('carries each image in each epoch, and the test set once, 10 bits a byte', () => {
    const [seconds] = secondsOnLine([smallRecipe()], dataset, 1000);
    expect(seconds).toBeCloseTo(((2 * 300 + 100) * image * 10) / 1000, 9);
  });

  test('carries states of 2 bytes a unit where they are kept; validation after each epoch and at the end', () => {
    const recipe = smallRecipe({ start: 'persistent', training: '0..200', validation: '200..300' });
    expect(evaluatedImages(recipe, dataset)).toBe(3 * 100 + 100);
    const images = 2 * 200 + 400;
    const seconds = secondsOnLine([smallRecipe(), recipe], dataset, 1000);
    expect(seconds).toHaveLength(2);
    expect(seconds[1]).toBeCloseTo((images * (image + 2 * 28) * 10) / 1000, 9);
  });
});

describe('the estimate', () => {
  /** 10 ms a minibatch, 1 ms an evaluation. */
  class Paced extends Trial {
    measured = 0;

    override async pace() {
      this.measured++;
      return { training: 10, evaluation: 1 };
    }
  }

  const estimate = async (cells: readonly Recipe[], processes: number) => {
    const durations = await estimateSeconds(cells, [], dataset, new Paced(dataset), 1, processes);
    return timeTaken(durations, processes);
  };

  test('one cell takes as long however many processes there might be', async () => {
    // A second to start, 38 minibatches, 100 images of the test set in batches of 16.
    const seconds = 1 + 0.38 + 100 / 16 / 1000;
    expect(await estimate([smallRecipe()], 1)).toBeCloseTo(seconds, 9);
    expect(await estimate([smallRecipe()], 64)).toBeCloseTo(seconds, 9);
  });

  test('no less than the longest cell', async () => {
    const long = smallRecipe({ epochs: 100 });
    expect(await estimate([smallRecipe(), long], 2)).toBeGreaterThanOrEqual(await estimate([long], 1));
  });

  test('what decides the pace is measured anew, a seed is not', async () => {
    const changes = [
      { nudging: 'random-sign' },
      { start: 'persistent' },
      { 'receptive-fields': '2..3' },
      { 'input-dropout': 0.5 },
      { shift: 1 },
      { 'evaluation-iterations': 99 },
    ];
    const trial = new Paced(dataset);
    const cells = [{}, { seed: 2 }, ...changes].map((one) => smallRecipe(one));
    await estimateSeconds(cells, [], dataset, trial, 1, 1);
    expect(trial.measured).toBe(1 + changes.length);
  });
});
