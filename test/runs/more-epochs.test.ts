/** Runs trained longer than they were begun with: what comes out is what a run begun so long would have learnt. */
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Recipe } from '#host/model/index';
import { CHECKPOINT, CONFIG } from '#host/records/checkpoint';
import { evaluateRun } from '#host/runs/evaluate-run';
import { reportData } from '#host/runs/run-report';
import { begin, expectResumed, goOn, type Recorded, roomForRuns, simulated } from './runs.js';
import { smallRecipe } from './small-data.js';

const { data, fresh } = roomForRuns();

const textOf = (folder: string) => readFileSync(join(folder, CONFIG), 'utf8');
const configOf = (folder: string) => JSON.parse(textOf(folder)) as { readonly recipe: Recipe };

describe.each<[string, Readonly<Record<string, unknown>>, string]>([
  [
    'constant rates, persistent states, validation',
    { start: 'persistent', training: '0..250', validation: '250..300', nudging: 'random-sign' },
    'the rates stay as they are',
  ],
  [
    'exponential rates, decay, dropout, shifts',
    {
      schedule: 'exponential',
      'schedule-factor': 0.7,
      'weight-decay': [1e-3, 1e-3],
      'decay-interval': 7,
      'input-dropout': 0.2,
      shift: 1,
    },
    'the rates go on falling by the factor 0.7 an epoch',
  ],
])('%s', (_, changes, told) => {
  const plan = (epochs: number) => ({
    data,
    folder: fresh(),
    recipe: smallRecipe({ ...changes, epochs }),
    shadow: true,
    compareEvery: 5,
  });
  let whole: Recorded;
  let finished: string;
  beforeAll(async () => {
    whole = await begin(plan(3));
    finished = (await begin(plan(1))).result.folder.path;
  });
  const copy = () => {
    const folder = fresh();
    cpSync(finished, folder, { recursive: true });
    return folder;
  };

  function expectLonger(longer: Recorded): void {
    expectResumed(longer, whole);
    const { folder } = longer.result;
    expect(configOf(folder.path)).toEqual(configOf(whole.result.folder.path));
    const facts = ({ result }: Recorded) => {
      const { epochs, headline, facts } = reportData(result);
      return { epochs, headline, planned: facts.epochs };
    };
    expect(facts(longer)).toEqual(facts(whole));
  }

  test('finished, and trained on', async () => {
    const folder = copy();
    const longer = await goOn(folder, { epochs: 3 });
    expect(longer.start?.note).toBe(`3 epochs instead of 1; ${told}`);
    expect(longer.result.folder.metrics().filter(({ kind }) => kind === 'final')).toHaveLength(1);
    expectLonger(longer);
    expect(textOf(folder)).toBe(textOf(whole.result.folder.path));
    const { error } = await evaluateRun(folder, simulated, 'test', undefined, () => undefined);
    expect(error).toBe(whole.result.test?.evaluations.find(({ set }) => set === 'test')?.error);
    expect((await goOn(folder)).start?.note).toBeUndefined();
  });

  test('interrupted, and gone on with as any other run', async () => {
    const folder = copy();
    let trained = 0;
    const interruptAt = ({ phase }: { readonly phase: string }) => phase === 'training' && ++trained === 9;
    expect((await goOn(folder, { epochs: 3, interruptAt })).result.finished).toBe(false);
    expectLonger(await goOn(folder));
  });

  test('killed before its first new checkpoint, or with that damaged', async () => {
    const folder = copy();
    let trained = 0;
    const interruptAt = ({ phase }: { readonly phase: string }) => phase === 'training' && ++trained === 9;
    await goOn(folder, { epochs: 3, interruptAt });
    // The checkpoint of before is left.
    truncateSync(join(folder, CHECKPOINT), 500);
    expectLonger(await goOn(folder));
  });

  test('the folder may say so too, or be without its configuration', async () => {
    const edited = copy();
    const config = configOf(edited);
    writeFileSync(
      join(edited, CONFIG),
      JSON.stringify({ ...config, recipe: { ...config.recipe, epochs: 3 } }),
    );
    expectLonger(await goOn(edited));
    const without = copy();
    rmSync(join(without, CONFIG));
    expectResumed(await goOn(without, { epochs: 3 }), whole);
  });

  test('fewer than planned, where they are not over', async () => {
    const folder = fresh();
    const interruptAt = ({ phase, epoch }: { readonly phase: string; readonly epoch: number }) =>
      phase === 'training' && epoch === 2;
    await begin({ ...plan(9), folder, interruptAt });
    await expect(goOn(folder, { epochs: 1 })).rejects.toMatchObject({
      name: 'UserError',
      message: `${folder} is in epoch 2 already, beyond 1`,
    });
    expectLonger(await goOn(folder, { epochs: 3 }));
  });
});

describe.each(['linear', 'cosine'])('rates that fall to nothing: %s', (schedule) => {
  test('are as they are for their number of epochs', async () => {
    const folder = fresh();
    const recipe = smallRecipe({ schedule, epochs: 1 });
    const { result } = await begin({ data, folder, recipe });
    await expect(goOn(folder, { epochs: 2 })).rejects.toMatchObject({
      name: 'UserError',
      message: `${folder} was begun with 1 epoch, over which its schedule '${schedule}' lets the rates fall: with 2 all of them would have been others`,
      hint: expect.stringContaining('start a new run with --epochs 2'),
    });
    const again = await goOn(folder, { epochs: 1 });
    expect(again.result.position.digest).toBe(result.position.digest);
    expect(configOf(folder).recipe.epochs).toBe(1);
  });
});

test.each([0, 1.5, Number.NaN])('%s epochs are none', async (epochs) => {
  const folder = fresh();
  await begin({ data, folder, recipe: smallRecipe({ epochs: 1 }) });
  await expect(goOn(folder, { epochs })).rejects.toThrow(/epochs: /);
});
