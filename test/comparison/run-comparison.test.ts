import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ComparisonFolder } from '#host/comparison/comparison-folder';
import { sourcesOfGroups } from '#host/comparison/group-sources';
import { prepareComparison } from '#host/comparison/prepare';
import { readReference } from '#host/comparison/reference-run';
import { runComparison } from '#host/comparison/run-comparison';
import { summarise } from '#host/comparison/summary';
import { CHECKPOINT, PREVIOUS } from '#host/records/checkpoint';
import { loadResult, loadRun, RunFolder } from '#host/records/index';
import { begin, goOn } from '../runs/runs.js';
import { smallRecipe, temporaryFolder, writeSmallData } from '../runs/small-data.js';
import { notingProgram } from './programs.js';
import { silent, smallFolder, smallPlan } from './small-comparison.js';

const never = new AbortController().signal;
let data: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  data = temporaryFolder();
  writeSmallData(data.path);
});
afterAll(() => data.remove());

/** A folder for a program of its own. */
function place(name: string): string {
  const path = join(data.path, name);
  mkdirSync(path);
  return path;
}

/** Trains the cells that are to run, but for one, as their processes would, without any. */
async function finish(folder: ComparisonFolder, but?: string): Promise<void> {
  const { cellsToRun } = await prepareComparison(folder, 2);
  folder.begin();
  for (const { id, recipe } of cellsToRun)
    if (id !== but) await begin({ data: data.path, folder: folder.cell(id), recipe });
}

test('a cell is the run that train makes, its reference the shadow that would have trained beside it', async () => {
  const plan = smallPlan(data.path, { weights: ['Q1.14', 'Q2.13'] });
  const prepared = await prepareComparison(smallFolder(data.path, 'same', plan), 2);
  const { program } = notingProgram(place('same-program'));
  const endings = await runComparison(prepared, program, silent, never);
  expect([...endings.cells.values(), ...endings.references.values()]).toEqual(
    Array.from({ length: 3 }, () => ({ kind: 'finished' })),
  );
  const { folder } = prepared;
  const recipe = smallRecipe({ weights: 'Q2.13' });
  const { result } = await begin({ data: data.path, folder: join(data.path, 'alone'), recipe, shadow: true });
  expect(loadRun(folder.cell('w-Q2.13_seed-1')).state.position.digest).toBe(result.position.digest);
  const epochs = result.folder.metrics().filter((entry) => entry.kind === 'epoch');
  const reference = readReference(folder.reference('seed-1'));
  expect(reference).toEqual([
    ...epochs.map(({ epoch, step, referenceTrainingError }) => ({
      kind: 'epoch',
      epoch,
      step,
      trainingError: referenceTrainingError,
    })),
    { kind: 'final', step: 38, testError: result.test?.evaluations.at(-1)?.referenceError },
  ]);

  const summary = summarise(prepared, endings, await sourcesOfGroups(prepared, never));
  expect(summary.complete).toBe(true);
  expect(summary.groups.map(({ id, cells }) => [id, cells.length])).toEqual([
    ['w-Q1.14', 1],
    ['w-Q2.13', 1],
  ]);
  const [, coarse] = summary.groups;
  const testError = result.test?.evaluations.at(-1)?.error ?? Number.NaN;
  const referenceError = result.test?.evaluations.at(-1)?.referenceError ?? Number.NaN;
  expect(coarse.testError).toEqual({ mean: testError, count: 1 });
  expect(coarse.gap).toEqual({ mean: testError - referenceError, count: 1 });
  expect(coarse.contrastCosine?.mean).toBeGreaterThan(0.99);
  // Weights of one bit less are rounded twice as coarsely.
  const [fine, twice] = summary.groups.map(({ sources }) => sources?.initial.update ?? Number.NaN);
  expect(twice / fine).toBeGreaterThan(1.6);
  expect(twice / fine).toBeLessThan(2.4);
});

test('what cannot work is told before anything is run; the rest is run', async () => {
  const plan = smallPlan(data.path, { weights: ['Q0.15', 'Q2.13'], 'initial-scale': [0.5, 400] });
  const prepared = await prepareComparison(smallFolder(data.path, 'impossible', plan), 2);
  expect(prepared.cells.map(({ impossible }) => impossible ?? 'possible')).toEqual([
    'possible',
    expect.stringMatching(/limit of the initial weights|the drive of unit/),
    'possible',
    expect.stringMatching(/limit of the initial weights|the drive of unit/),
  ]);
  const { program, starts } = notingProgram(place('impossible-program'));
  const endings = await runComparison(prepared, program, silent, never);
  expect(starts()).toHaveLength(2);
  const { groups, complete } = summarise(prepared, endings, new Map());
  expect(complete).toBe(true);
  expect(groups.flatMap(({ cells }) => cells.map(({ state }) => state))).toEqual([
    'finished',
    'impossible',
    'finished',
    'impossible',
  ]);
});

test('where nothing can work, the first reason is given', async () => {
  const plan = smallPlan(data.path, { weights: ['Q2.13', 'Q3.12'], network: ['35-24-4', '34-24-4'] });
  await expect(prepareComparison(smallFolder(data.path, 'nothing', plan))).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(
      /^none of the 4 cells can be run, the first because: network 35-24-4 has 35/,
    ),
  });
});

test('a board says what it does not hold; a real device runs one cell at a time', async () => {
  const networks = { network: ['36-24-4', '36-60000-4'] };
  const onBoard = smallPlan(data.path, networks, { device: 'lm3s6965evb' });
  const { cells } = await prepareComparison(smallFolder(data.path, 'board', onBoard), 1);
  expect(cells[0].impossible).toBeUndefined();
  expect(cells[1].impossible).toMatch(
    /^does not fit lm3s6965evb: 36-60000-4 needs [\d,]+ bytes, [\d,]+ are left/,
  );
  const real = smallPlan(data.path, { seed: [1, 2] }, { device: '/dev/ttyNONE' });
  expect(await prepareComparison(smallFolder(data.path, 'real', real))).toMatchObject({ processes: 1 });
  // Its speed is its own: what a cell costs is told beside the others alone.
  const wider = smallPlan(
    data.path,
    { network: ['36-24-4', '36-48-4'], epochs: [3] },
    { device: '/dev/ttyNONE', reference: false },
  );
  const { expected, seconds } = await prepareComparison(smallFolder(data.path, 'wider', wider));
  expect(seconds).toBeUndefined();
  // Three epochs of 300 images and 100 of the test set, times weights.
  expect(expected.map(({ cost }) => cost)).toEqual([1000 * (36 * 24 + 24 * 4), 1000 * (36 * 48 + 48 * 4)]);
  await expect(prepareComparison(smallFolder(data.path, 'real', real), 2)).rejects.toThrow('cannot share');
});

test('a cell that was trained longer by hand is none of the comparison any more', async () => {
  const plan = smallPlan(data.path, { weights: ['Q1.14', 'Q2.13'] }, { reference: false });
  const folder = smallFolder(data.path, 'longer', plan);
  await finish(folder);
  const cell = folder.cell('w-Q2.13_seed-1');
  expect((await goOn(cell, { epochs: 3 })).result.finished).toBe(true);
  await expect(prepareComparison(folder, 2)).rejects.toMatchObject({
    name: 'UserError',
    message: `${cell} is a run of 3 epochs now, the comparison has 2`,
    hint: 'restore it from a copy, or delete it: it is trained anew then',
  });
  rmSync(cell, { recursive: true });
  expect((await prepareComparison(folder, 2)).cellsToRun.map(({ id }) => id)).toEqual(['w-Q2.13_seed-1']);
});

test('a cell that crashes leaves the rest, and is tried again', async () => {
  const validation = { training: ['0..250'], validation: ['250..300'] };
  const grid = { weights: ['Q1.14', 'Q2.13'], seed: [1, 2], ...validation };
  const plan = smallPlan(data.path, grid, { reference: false });
  const folder = smallFolder(data.path, 'crash', plan);
  await finish(folder, 'w-Q1.14_seed-2');
  const prepared = await prepareComparison(folder, 2);
  const { program } = notingProgram(place('crash-program'), 'w-Q1.14_seed-2');
  const endings = await runComparison(prepared, program, silent, never);
  const { groups, complete, advice } = summarise(prepared, endings, new Map());
  expect(complete).toBe(true);
  // Nothing is left to compare the other with.
  expect(advice).toMatchObject({ sentence: 'Cannot tell which is best.' });
  expect(groups[0].cells.map(({ state, reason }) => [state, reason])).toEqual([
    ['finished', undefined],
    ['failed', 'a part came loose'],
  ]);
  expect(groups[0].testError?.count).toBe(1);
  expect(groups[1].testError?.count).toBe(2);
  expect(groups[1].validationError?.count).toBe(2);

  const again = await prepareComparison(ComparisonFolder.open(folder.path), 2);
  expect(again.cellsToRun.map(({ id }) => id)).toEqual(['w-Q1.14_seed-2']);
});

test('of a finished cell: what is lost is made again, or told', async () => {
  const weights = ['Q1.14', 'Q2.13', 'Q3.12', 'Q4.11'];
  const plan = smallPlan(data.path, { weights }, { reference: false });
  const folder = smallFolder(data.path, 'lost', plan);
  const { program } = notingProgram(place('lost-program'));
  await finish(folder);
  const [withoutAny, newestDamaged, allDamaged, withoutLog] = weights.map((format) =>
    folder.cell(`w-${format}_seed-1`),
  );
  const checkpoints = (cell: string) => [CHECKPOINT, PREVIOUS].map((name) => join(cell, name));
  const digests = () => [withoutAny, newestDamaged].map((cell) => loadResult(cell).state.position.digest);
  const before = digests();
  for (const path of checkpoints(withoutAny)) rmSync(path);
  writeFileSync(join(newestDamaged, CHECKPOINT), 'no checkpoint');
  for (const path of checkpoints(allDamaged)) writeFileSync(path, 'no checkpoint');
  const log = new RunFolder(withoutLog).metrics();
  writeFileSync(join(withoutLog, 'metrics.jsonl'), `${JSON.stringify(log.at(-1))}\n`);

  const again = await prepareComparison(ComparisonFolder.open(folder.path), 2);
  expect(again.cellsToRun.map(({ settings }) => settings.weights)).toEqual(['Q1.14', 'Q2.13', 'Q3.12']);
  const endings = await runComparison(again, program, silent, never);
  expect(digests()).toEqual(before);
  const sources = await sourcesOfGroups(again, never);
  expect([...sources.keys()]).toEqual(['w-Q1.14', 'w-Q2.13', 'w-Q4.11']);
  const { groups } = summarise(again, endings, sources);
  expect(groups.map(({ cells }) => [cells[0].state, cells[0].reason])).toEqual([
    ['finished', undefined],
    ['finished', undefined],
    ['finished', expect.stringMatching(/^no checkpoint can be used: .*restore/s)],
    ['finished', `${join(withoutLog, 'metrics.jsonl')} has lost 2 of 2 epochs`],
  ]);
});

test('a run that the headroom watch stops shows why', async () => {
  const plan = smallPlan(data.path, {
    weights: ['Q0.15', 'Q4.11'],
    states: ['Q1.14'],
    rates: [[6, 6]],
  });
  const prepared = await prepareComparison(smallFolder(data.path, 'headroom', plan), 2);
  const endings = await runComparison(
    prepared,
    notingProgram(place('headroom-program')).program,
    silent,
    never,
  );
  const { groups } = summarise(prepared, endings, new Map());
  expect(groups[0].cells[0]).toMatchObject({
    state: 'stopped',
    reason: expect.stringMatching(/^the drive of unit \d+ in layer \d can reach/),
  });
});

describe('interrupted', () => {
  test('it saves; taken up, finished cells are not run again and the others go on from where they were', async () => {
    const plan = smallPlan(data.path, { seed: [1, 2, 3], epochs: [12] });
    const folder = smallFolder(data.path, 'interrupted', plan);
    const prepared = await prepareComparison(folder, 1);
    const { program, starts } = notingProgram(place('interrupted-program'));
    const interruption = new AbortController();
    const endings = await runComparison(
      prepared,
      program,
      {
        ...silent,
        onProgress: ({ id, kind, epoch }) => {
          if (kind === 'cell' && id === 'small_seed-2' && epoch === 3) interruption.abort();
        },
      },
      interruption.signal,
    );
    expect([...endings.cells]).toEqual([
      ['small_seed-1', { kind: 'finished' }],
      ['small_seed-2', { kind: 'interrupted' }],
    ]);
    expect(summarise(prepared, endings, new Map())).toMatchObject({
      complete: false,
      groups: [{ cells: [{ state: 'finished' }, { state: 'open' }, { state: 'open' }] }],
    });
    const { step } = loadRun(folder.cell('small_seed-2')).state.position;
    expect(step).toBeGreaterThan(0);
    expect(step).toBeLessThan(12 * 19);

    const again = await prepareComparison(ComparisonFolder.open(folder.path), 1);
    expect(again.cellsToRun.map(({ id }) => id)).toEqual(['small_seed-2', 'small_seed-3']);
    expect(again.referencesToRun).toEqual([]);
    // Three epochs of the first are there already.
    const [begun, fresh] = again.expected;
    expect(begun).toMatchObject({ kind: 'cell', id: 'small_seed-2', shape: fresh.shape });
    expect(begun.cost).toBeLessThan(fresh.cost);
    await runComparison(again, program, silent, never);
    const started = starts().map(({ args }) =>
      args
        .match(/(--out|--resume) \S+(seed-\d)/)
        ?.slice(1)
        .join(' '),
    );
    expect(started).toEqual(['--out seed-1', '--out seed-2', '--resume seed-2', '--out seed-3']);
    const recipe = smallRecipe({ seed: 2, epochs: 12 });
    const { result } = await begin({ data: data.path, folder: join(data.path, 'seed-2-alone'), recipe });
    expect(loadRun(folder.cell('small_seed-2')).state.position.digest).toBe(result.position.digest);
  });

  test('a reference goes on as it would have', async () => {
    const plan = smallPlan(data.path, { weights: ['Q1.14'], epochs: [6] });
    const folder = smallFolder(data.path, 'reference', plan);
    const { program } = notingProgram(place('reference-program'));
    const interruption = new AbortController();
    await finish(folder);
    const prepared = await prepareComparison(folder, 1);
    const events = {
      ...silent,
      onProgress: ({ kind, epoch }: { kind: string; epoch: number }) => {
        if (kind === 'reference' && epoch === 2) interruption.abort();
      },
    };
    await runComparison(prepared, program, events, interruption.signal);
    const before = readReference(folder.reference('seed-1'));
    expect(before.map(({ kind }) => kind)).toEqual(['epoch', 'epoch']);
    await runComparison(await prepareComparison(folder, 1), program, silent, never);

    const whole = smallFolder(data.path, 'reference-whole', plan);
    await finish(whole);
    await runComparison(await prepareComparison(whole, 1), program, silent, never);
    expect(readReference(folder.reference('seed-1'))).toEqual(readReference(whole.reference('seed-1')));
    expect(readReference(whole.reference('seed-1'))).toHaveLength(7);
  });
});

test('compare.json holds the grid as given', () => {
  const plan = smallPlan(data.path, {
    rates: [
      [0.2, 0.1],
      [0.4, 0.1],
    ],
  });
  const folder = smallFolder(data.path, 'plan', plan);
  expect(existsSync(join(folder.path, 'compare.json'))).toBe(false);
  folder.begin();
  expect(ComparisonFolder.open(folder.path).plan).toEqual(plan);
  // As it was before anything was chosen on validation images.
  const { margin: _, ...older } = plan;
  writeFileSync(join(folder.path, 'compare.json'), JSON.stringify({ ...older, tolerance: 1 }));
  expect(ComparisonFolder.open(folder.path).plan).toEqual({ ...older, margin: 0.25 });
});

test('a network of convolutions is compared, with what each rounding costs', async () => {
  const network = { network: ['6x6-conv3x3m-conv2x5-4'], rates: [[0.1, 0.1, 0.1]], epochs: [1] };
  const plan = smallPlan(data.path, { weights: ['Q1.14'], ...network });
  const prepared = await prepareComparison(smallFolder(data.path, 'convolutions', plan), 1);
  const { program } = notingProgram(place('convolutions-program'));
  const endings = await runComparison(prepared, program, silent, never);
  expect([...endings.cells.values(), ...endings.references.values()]).toEqual([
    { kind: 'finished' },
    { kind: 'finished' },
  ]);
  const { groups } = summarise(prepared, endings, await sourcesOfGroups(prepared, never));
  expect(groups[0].cells[0].state).toBe('finished');
  expect(groups[0].contrastCosine?.mean).toBeGreaterThan(0.99);
});
