/** Where a run is taken up from: its folder, as it should be or not. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Recipe } from '#host/model/index';
import { CHECKPOINT, CONFIG, PREVIOUS } from '#host/records/checkpoint';
import type { Progress } from '#host/records/index';
import { evaluateRun } from '#host/runs/evaluate-run';
import { begin, expectResumed, goOn, type Recorded, roomForRuns, simulated } from './runs.js';
import { smallRecipe, TEST, writeSmallData } from './small-data.js';

const { data, fresh } = roomForRuns();

describe('a run is taken up', () => {
  const recipe = smallRecipe({ epochs: 1 });
  let whole: Recorded;
  let interrupted: string;
  beforeAll(async () => {
    whole = await begin({ data, folder: fresh(), recipe });
    interrupted = fresh();
    let trained = 0;
    await begin({
      data,
      folder: interrupted,
      recipe,
      interruptAt: ({ phase }) => phase === 'training' && ++trained === 9,
    });
  });
  const copy = () => {
    const folder = fresh();
    cpSync(interrupted, folder, { recursive: true });
    return folder;
  };

  test('at the checkpoint before, where the newest is damaged', async () => {
    const folder = copy();
    truncateSync(join(folder, CHECKPOINT), 500);
    const resumed = await goOn(folder);
    expect(resumed.start).toMatchObject({ step: 0, note: expect.stringContaining('is damaged') });
    expectResumed(resumed, whole);
  });

  test('where saving was cut short between the two renames', async () => {
    const folder = copy();
    renameSync(join(folder, CHECKPOINT), join(folder, `${CHECKPOINT}.new`));
    const resumed = await goOn(folder);
    expect(resumed.start?.note).toContain('is not there');
    expect(resumed.start?.step).toBeGreaterThan(8);
    expectResumed(resumed, whole);
    expect(existsSync(join(folder, CHECKPOINT))).toBe(true);
  });

  test('without the lines that its log has lost, which is told', async () => {
    const folder = fresh();
    cpSync(whole.result.folder.path, folder, { recursive: true });
    const log = join(folder, 'metrics.jsonl');
    writeFileSync(log, '');
    const resumed = await goOn(folder);
    expect(resumed.start?.note).toBe(`${log} has lost 1 of 1 epochs`);
    expect(resumed.result.position.digest).toBe(whole.result.position.digest);
  });

  test('what it has come to is not the checkpoint before', async () => {
    const folder = copy();
    truncateSync(join(folder, CHECKPOINT), 500);
    const evaluated = evaluateRun(folder, simulated, 'test', undefined, () => undefined);
    await expect(evaluated).rejects.toMatchObject({
      message: expect.stringMatching(/is damaged: .*; the one before it is of minibatch 0$/),
      hint: expect.stringContaining(`--resume ${folder}`),
    });
  });

  function rewriteRecipe(folder: string, change: (recipe: Recipe) => Partial<Recipe>): void {
    const path = join(folder, CONFIG);
    const config = JSON.parse(readFileSync(path, 'utf8')) as { recipe: Recipe };
    writeFileSync(path, JSON.stringify({ ...config, recipe: change(config.recipe) }));
  }

  test('not beside a recipe that lacks a key', async () => {
    const folder = copy();
    rewriteRecipe(folder, ({ 'input-dropout': _, ...rest }) => rest);
    await expect(goOn(folder)).rejects.toMatchObject({
      name: 'UserError',
      message: `${join(folder, CONFIG)}: its recipe's input-dropout is missing`,
      hint: expect.stringContaining('start a new run'),
    });
  });

  test('beside a recipe that an editor has put a byte order mark before', async () => {
    const folder = copy();
    const path = join(folder, CONFIG);
    writeFileSync(path, `\ufeff${readFileSync(path, 'utf8')}`);
    expectResumed(await goOn(folder), whole);
  });

  test.each([
    ['changed', { seed: 77 }, 'seed 77, the checkpoint beside it 1'],
    ['made impossible', { seed: -1 }, 'config.json: seed'],
  ])('not beside a recipe that was %s', async (_, change, told) => {
    const folder = copy();
    rewriteRecipe(folder, (recipe) => ({ ...recipe, ...change }));
    const metrics = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
    await expect(goOn(folder)).rejects.toThrow(told);
    expect(readFileSync(join(folder, 'metrics.jsonl'), 'utf8')).toBe(metrics);
  });

  test('not beside a recipe that cannot be read, but without one', async () => {
    const folder = copy();
    writeFileSync(join(folder, CONFIG), 'null');
    await expect(goOn(folder)).rejects.toThrow(`${join(folder, CONFIG)} cannot be read`);
    rmSync(join(folder, CONFIG));
    expectResumed(await goOn(folder), whole);
  });

  test('not without any checkpoint', async () => {
    const folder = copy();
    for (const name of [CHECKPOINT, PREVIOUS]) rmSync(join(folder, name));
    await expect(goOn(folder)).rejects.toMatchObject({
      message: `there is no checkpoint in ${folder}: the run ended before its first, or the files were deleted`,
      hint: expect.stringContaining(`--out ${folder}`),
    });
  });

  test('not where both checkpoints are damaged', async () => {
    const folder = copy();
    for (const name of [CHECKPOINT, PREVIOUS]) truncateSync(join(folder, name), 500);
    const metrics = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
    await expect(goOn(folder)).rejects.toThrow('no checkpoint can be used');
    expect(readFileSync(join(folder, 'metrics.jsonl'), 'utf8')).toBe(metrics);
  });

  test('with a data set that was moved', async () => {
    const [folder, from, to] = [fresh(), fresh(), fresh()];
    mkdirSync(from);
    writeSmallData(from);
    const interruptAt = ({ phase, done }: Progress) => phase === 'training' && done === 5 * 16;
    await begin({ data: from, folder, recipe, interruptAt });
    renameSync(from, to);
    await expect(goOn(folder)).rejects.toThrow(`there is no directory ${from}`);
    expectResumed(await goOn(folder, { data: to }), whole);
  });

  test.each([
    'train-images-idx3-ubyte',
    'train-labels-idx1-ubyte',
    't10k-images-idx3-ubyte',
  ])('not with another %s', async (name) => {
    const [folder, from] = [fresh(), fresh()];
    mkdirSync(from);
    writeSmallData(from);
    const interruptAt = ({ phase, done }: Progress) => phase === 'training' && done === 5 * 16;
    await begin({ data: from, folder, recipe, interruptAt });
    const file = join(from, name);
    const bytes = readFileSync(file);
    const last = bytes.length - 1;
    bytes[last] ^= 1;
    writeFileSync(file, bytes);
    const metrics = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
    await expect(goOn(folder)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(
        new RegExp(`is not the data set that ${folder} was trained on: SHA-256 \\w{16}…, not \\w{16}…$`),
      ),
      hint: expect.stringContaining('--data'),
    });
    expect(readFileSync(join(folder, 'metrics.jsonl'), 'utf8')).toBe(metrics);
    await expect(evaluateRun(folder, simulated, 'test', undefined, () => undefined)).rejects.toThrow(
      'is not the data set',
    );
    const elsewhere = await evaluateRun(folder, simulated, 'test', from, () => undefined);
    expect(elsewhere.samples).toBe(TEST);
    expectResumed(await goOn(folder, { data }), whole);
  });
});
