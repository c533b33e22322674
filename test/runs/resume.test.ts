/** A run that is interrupted and taken up is the run that never was interrupted. */
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CHECKPOINT } from '#host/records/checkpoint';
import type { Progress } from '#host/records/index';
import { renderReport } from '#host/report/index';
import { reportData } from '#host/runs/run-report';
import { DEPTH } from '#host/training/pipeline';
import { some } from '../length.js';
import { begin, expectResumed, goOn, type Recorded, roomForRuns } from './runs.js';
import { smallRecipe, TRAINING } from './small-data.js';

const { data, fresh } = roomForRuns();

const variants: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'zero start, centered': { 'weight-decay': [1e-3, 0], 'decay-interval': 7, schedule: 'linear' },
  'persistent start, random sign, validation': {
    start: 'persistent',
    nudging: 'random-sign',
    relaxation: 'euler',
    'free-iterations': 6,
    'nudged-iterations': 3,
    training: '0..250',
    validation: '250..300',
  },
  'a pulled input, persistent start, decay by L1': {
    ...{ 'input-pull': 5, start: 'persistent', 'free-iterations': 6 },
    ...{ penalty: 'L1', 'weight-decay': [1e-4, 1e-4], 'decay-interval': 7 },
  },
};

describe.each(Object.entries(variants))('%s, with the reference beside', (_, changes) => {
  let whole: Recorded;
  const plan = () => ({
    data,
    folder: fresh(),
    recipe: smallRecipe(changes),
    shadow: true,
    compareEvery: 5,
  });
  beforeAll(async () => {
    whole = await begin(plan());
  });

  test.each(some([1, 30], [16]))('interrupted at minibatch %i', async (minibatch) => {
    const { folder, ...rest } = plan();
    let trained = 0;
    const first = await begin({
      ...rest,
      folder,
      interruptAt: ({ phase }) => phase === 'training' && ++trained === minibatch,
    });
    const { step } = first.result.position;
    expect(first.result.finished).toBe(false);
    expect(step).toBeGreaterThanOrEqual(minibatch);
    // Others may have been under way.
    expect(step).toBeLessThanOrEqual(minibatch + DEPTH - 1);
    const resumed = await goOn(folder);
    expect(resumed.start?.step).toBe(step);
    expectResumed(resumed, whole);
  });

  test('interrupted again and again', async () => {
    const { folder, ...rest } = plan();
    const every = (n: number) => {
      let trained = 0;
      return ({ phase }: Progress) => phase === 'training' && ++trained === n;
    };
    let recorded = await begin({ ...rest, folder, interruptAt: every(5) });
    let times = 0;
    while (!recorded.result.finished) {
      recorded = await goOn(folder, { interruptAt: every(8) });
      times++;
    }
    expect(times).toBeGreaterThan(2);
    expectResumed(recorded, whole);
  });

  test('taken up at the checkpoint before the newest', async () => {
    const { folder, ...rest } = plan();
    let trained = 0;
    const interruptAt = ({ phase }: Progress) => phase === 'training' && ++trained === 30;
    const { result } = await begin({ ...rest, folder, interruptAt, checkpointInterval: 1e-6 });
    rmSync(join(folder, CHECKPOINT));
    const resumed = await goOn(folder, { checkpointInterval: 1e-6 });
    expect(resumed.start?.step).toBeGreaterThan(0);
    expect(resumed.start?.step).toBeLessThan(result.position.step);
    expectResumed(resumed, whole);
  });

  test('interrupted while testing', async () => {
    // More minibatches than are under way at once.
    const small = () => ({ ...plan(), recipe: smallRecipe({ ...changes, minibatch: 4 }) });
    const whole = await begin(small());
    const { folder, ...rest } = small();
    const first = await begin({ ...rest, folder, interruptAt: ({ phase }) => phase === 'test' });
    expect(first.result.finished).toBe(false);
    const tested = ({ progress }: Recorded) => progress.filter(({ phase }) => phase === 'test').length;
    expect(tested(first)).toBeLessThanOrEqual(DEPTH);
    expect(tested(first)).toBeLessThan(tested(whole));
    expectResumed(await goOn(folder), whole);
  });

  test('checkpoints at every opportunity change nothing', async () => {
    expectResumed(await begin({ ...plan(), checkpointInterval: 1e-6 }), whole);
  });

  test('finished, and taken up once more: what was not measured is not told', async () => {
    const { folder, ...rest } = plan();
    await begin({ ...rest, folder });
    const again = await goOn(folder);
    expectResumed(again, whole);
    expect(again.result.samplesPerSecond).toBeUndefined();
    expect(again.result.drives).toEqual(whole.result.drives);
    const { facts } = reportData(again.result);
    const final = again.result.folder.metrics().at(-1);
    for (const told of [facts, final]) expect(told).not.toHaveProperty('samplesPerSecond');
    const page = renderReport(reportData(again.result)).replaceAll(/<script.*?<\/script>/gs, '');
    expect(page).not.toMatch(/samples\/s|NaN/);
  });
});

test('saturations are counted from the start of the run', async () => {
  const changes = { network: '36-6-4', 'initial-scale': 2.0, rates: [0.05, 1] };
  const recipe = smallRecipe({ ...changes, weights: 'Q0.15', states: 'Q4.11' });
  const whole = await begin({ data, folder: fresh(), recipe });
  const folder = fresh();
  const interruptAt = ({ done }: Progress) => done === TRAINING;
  const { saturations } = (await begin({ data, folder, recipe, interruptAt })).result.position;
  expect(saturations).toBeGreaterThan(0);
  expect(whole.result.position.saturations).toBeGreaterThan(saturations);
  expectResumed(await goOn(folder), whole);
});

describe('interrupted while validating', () => {
  const changes = variants['persistent start, random sign, validation'];
  const plan = () => ({ data, folder: fresh(), recipe: smallRecipe(changes), shadow: true });

  let whole: Recorded;
  beforeAll(async () => {
    whole = await begin(plan());
  });

  test.each(some([3], [1, 5]))('at validation minibatch %i', async (minibatch) => {
    const { folder, ...rest } = plan();
    let validated = 0;
    const first = await begin({
      ...rest,
      folder,
      interruptAt: ({ phase }) => phase === 'validation' && ++validated === minibatch,
    });
    expect(first.result.finished).toBe(false);
    expectResumed(await goOn(folder), whole);
  });

  test('after its epoch was told, and before that was saved', async () => {
    const { folder, ...rest } = plan();
    await begin({ ...rest, folder, interruptAt: ({ phase }) => phase === 'validation' });
    const told = whole.result.folder.metrics().find(({ kind }) => kind === 'epoch');
    appendFileSync(join(folder, 'metrics.jsonl'), `${JSON.stringify(told)}\n`);
    expectResumed(await goOn(folder), whole);
  });
});
