import { appendFileSync, copyFileSync, existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '#host/ground/index';
import { holdLease } from '#host/live/index';
import { checkpointParts, readCheckpoint } from '#host/records/index';
import type { ReportData } from '#host/report/index';
import { FolderReport, reportOf } from '#host/runs/folder-report';
import { writeRunReport } from '#host/runs/run-report';
import { begin, epochsOf, goOn, roomForRuns } from './runs.js';
import { smallRecipe, TRAINING } from './small-data.js';

const { data, fresh } = roomForRuns();

describe('a run as its folder tells of it', () => {
  test('there is nothing before it has begun, and after its folder is gone', async () => {
    const folder = fresh();
    const report = new FolderReport(folder);
    const before = report.mark;
    expect(report.read()).toBeUndefined();
    await begin({ data, folder, recipe: smallRecipe(), interruptAt: (_, times) => times === 3 });
    expect(report.mark).not.toBe(before);
    expect(report.read()?.facts.network).toBe('36-24-4');
    rmSync(folder, { recursive: true });
    expect(report.read()).toBeUndefined();
    expect(report.mark).toBe(before);
  });

  test('it stands where it was interrupted, and nobody trains it', async () => {
    const folder = fresh();
    const interruptAt = ({ epoch }: { epoch: number }) => epoch === 2;
    const run = await begin({ data, folder, recipe: smallRecipe(), interruptAt });
    const { tally } = run.result.position;
    expect(tally.samples).toBeGreaterThan(0);
    const told = new FolderReport(folder).read();
    expect(told?.underWay).toMatchObject({
      ...{ isRunning: false, phase: 'training', epoch: 2, total: TRAINING },
      ...{ done: tally.samples, wrong: tally.wrong, stretches: [], missed: [] },
    });
    expect(told?.epochs.map(({ epoch }) => epoch)).toEqual([1]);
    expect(told?.checks.replies).toBe(run.result.position.checked);
    expect(told?.weights.map(({ values }) => values)).toEqual(run.result.parameters.weights);
  });

  test('while somebody looks on it tells of answers, weights and the line between checkpoints', async () => {
    const folder = fresh();
    const seen: (ReportData | undefined)[] = [];
    const report = new FolderReport(folder);
    const marks = new Set<string>();
    await begin({
      ...{ data, folder, recipe: smallRecipe({ epochs: 1 }) },
      interruptAt: (_, times) => {
        marks.add(report.mark);
        // The first one is told after this; it is the last for two seconds.
        if (times === 1) holdLease(folder);
        if (times === 2) seen.push(report.read());
        return false;
      },
    });
    const [told] = seen;
    expect(told?.underWay).toMatchObject({ isRunning: true, phase: 'training', epoch: 1, done: 16 });
    expect(told?.underWay?.line?.bytesSent).toBeGreaterThan(0);
    const { wrong = 0, missed = [], stretches = [] } = told?.underWay ?? {};
    expect(missed).toHaveLength(wrong);
    expect(missed.map(({ image }) => image.length)).toEqual(missed.map(() => 36));
    expect(stretches.map(({ step, error }) => [step, error])).toEqual([[1, wrong / 16]]);
    expect(told?.learnt).toMatchObject({ set: 'training', samples: 16 });
    expect(marks.size).toBeGreaterThan(1);
    expect(existsSync(join(folder, 'live.eqp'))).toBe(false);
  });

  test('where a checkpoint is newer than what was told, the answers and the line stay', async () => {
    const folder = fresh();
    const seen: (ReportData | undefined)[] = [];
    const report = new FolderReport(folder);
    await begin({
      ...{ data, folder, recipe: smallRecipe() },
      interruptAt: ({ epoch, phase }, times) => {
        if (times === 1) holdLease(folder);
        if (epoch === 2 && phase === 'training' && seen.length === 0) seen.push(report.read());
        return false;
      },
    });
    const { underWay, epochs } = seen[0] ?? {};
    expect(underWay).toMatchObject({ isRunning: true, phase: 'training', epoch: 2 });
    expect(epochs).toHaveLength(1);
    expect(underWay?.line?.bytesSent).toBeGreaterThan(0);
    expect(underWay?.stretches.length).toBeGreaterThan(0);
  });

  test('a run that is over is one that has a report newer than all else', async () => {
    const folder = fresh();
    const run = await begin({ data, folder, recipe: smallRecipe() });
    const report = new FolderReport(folder);
    const told = report.read();
    expect(told?.underWay).toBeUndefined();
    expect(told?.epochs).toHaveLength(epochsOf(run).length);
    const [test0] = run.result.test?.evaluations ?? [];
    expect(told?.headline.testErrorZeroStart?.device).toBe((test0?.error ?? Number.NaN) / 100);
    expect(reportOf(folder, [report])).toBeUndefined();
    const before = report.mark;
    const path = writeRunReport(run.result);
    expect(reportOf(folder, [report])).toBe(path);
    expect(report.mark).not.toBe(before);
    utimesSync(path, 1, 1);
    expect(reportOf(folder, [report])).toBeUndefined();
    expect(reportOf(folder, [])).toBeUndefined();
    await goOn(folder, { epochs: 3 });
    expect(report.read()?.epochs).toHaveLength(3);
  });

  test('a line that is being written is left out, one that is none is told', async () => {
    const folder = fresh();
    await begin({ data, folder, recipe: smallRecipe({ epochs: 1 }) });
    const log = join(folder, 'metrics.jsonl');
    const report = new FolderReport(folder);
    appendFileSync(log, '{"kind":"epoch","epo');
    expect(report.read()?.epochs).toHaveLength(1);
    appendFileSync(log, '\n');
    expect(() => report.read()).toThrow(UserError);
  });

  test('a checkpoint that is damaged leaves the one before', async () => {
    const folder = fresh();
    await begin({ data, folder, recipe: smallRecipe() });
    const report = new FolderReport(folder);
    expect(report.read()?.checks.replies).toBeGreaterThan(0);
    copyFileSync(join(folder, 'checkpoint.eqp'), join(folder, 'checkpoint.previous.eqp'));
    writeFileSync(join(folder, 'checkpoint.eqp'), 'EQPROP1\n');
    expect(report.read()?.epochs).toHaveLength(2);
    rmSync(join(folder, 'checkpoint.previous.eqp'));
    expect(() => new FolderReport(folder).read()).toThrow(UserError);
  });

  test('of what is no example of its data nothing is drawn', async () => {
    const folder = fresh();
    const seen: (ReportData | undefined)[] = [];
    const report = new FolderReport(folder);
    await begin({
      ...{ data, folder, recipe: smallRecipe({ epochs: 1 }) },
      interruptAt: (_, times) => {
        if (times === 1) holdLease(folder);
        if (times !== 2) return false;
        const path = join(folder, 'live.eqp');
        const { state, arrays } = readCheckpoint(path);
        const missed = ['', 'AAAA'].map((image) => ({ index: 1, label: 99, predicted: 98, image }));
        const content = checkpointParts({ state: { ...(state as object), missed }, arrays });
        writeFileSync(path, Buffer.concat([...content]));
        seen.push(report.read());
        return false;
      },
    });
    const [told] = seen;
    expect(told?.underWay?.missed).toEqual([]);
    expect(told?.underWay?.stretches).toHaveLength(1);
  });
});
