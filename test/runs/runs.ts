/** Runs on simulated devices, in this process, and room for them. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Dataset, Reading } from '#host/data/index';
import type { Recipe, StateArray } from '#host/model/index';
import { formatsOf, graphOf } from '#host/model/index';
import type { EpochMetrics, Metrics, Progress } from '#host/records/index';
import { loadRun, PersistentStates, RunFolder } from '#host/records/index';
import { readStates } from '#host/records/state-journal';
import type { RunEvents, RunResult, RunStart } from '#host/runs/conduct';
import type { DeviceChoice } from '#host/runs/open-bench';
import { resumeRun, startRun } from '#host/runs/run';
import type { VerificationLevel } from '#host/verification/index';
import { TRAINING, writeSmallData } from './small-data.js';

export const simulated: DeviceChoice = {
  device: 'simulated',
  options: { baudRate: 115_200, arena: 1 << 20 },
  patience: 10_000,
};

/** A folder with the small data while a file's tests run, and names in it for runs. */
export function roomForRuns(training = TRAINING): { readonly data: string; readonly fresh: () => string } {
  const data = join(tmpdir(), `eqprop-${randomUUID()}`);
  let runs = 0;
  beforeAll(() => {
    mkdirSync(data);
    writeSmallData(data, training);
  });
  afterAll(() => rmSync(data, { recursive: true, force: true }));
  return { data, fresh: () => join(data, `run-${runs++}`) };
}

export interface RunPlan {
  readonly data: string | Dataset;
  readonly reading?: Reading;
  readonly folder: string;
  readonly recipe: Recipe;
  /** The run with whose weights it begins. */
  readonly from?: string;
  readonly shadow?: boolean;
  readonly compareEvery?: number;
  readonly checkpointInterval?: number;
  readonly device?: DeviceChoice;
  readonly verification?: VerificationLevel;
  /** Interrupts the run when this says so. */
  readonly interruptAt?: (progress: Progress, times: number) => boolean;
}

export interface Recorded {
  readonly result: RunResult;
  readonly start: RunStart | undefined;
  readonly progress: readonly Progress[];
  /** Why connections were lost. */
  readonly losses: readonly string[];
}

export function epochsOf({ result }: Recorded): readonly EpochMetrics[] {
  return result.folder.metrics().filter((entry) => entry.kind === 'epoch');
}

function recorder(interruptAt: RunPlan['interruptAt']) {
  const interruption = new AbortController();
  const progress: Progress[] = [];
  const starts: RunStart[] = [];
  const losses: string[] = [];
  const events: RunEvents = {
    onStart: (start) => starts.push(start),
    onProgress: (told) => {
      progress.push(told);
      if (interruptAt?.(told, progress.length)) interruption.abort();
    },
    onMetrics: () => undefined,
    onLost: ({ message }) => losses.push(message),
  };
  return { events, signal: interruption.signal, progress, starts, losses };
}

export async function begin(plan: RunPlan): Promise<Recorded> {
  const { events, signal, progress, starts, losses } = recorder(plan.interruptAt);
  const options = {
    recipe: plan.recipe,
    preset: 'test',
    data: plan.data,
    ...(plan.reading && { reading: plan.reading }),
    ...(plan.from !== undefined && { from: plan.from }),
    device: plan.device ?? simulated,
    folder: plan.folder,
    shadow: plan.shadow ?? false,
    compareEvery: plan.compareEvery ?? 0,
    checkpointInterval: plan.checkpointInterval ?? 60_000,
    verification: plan.verification ?? { kind: 'digest' as const },
  };
  const result = await startRun(options, events, signal);
  return { result, start: starts[0], progress, losses };
}

export async function goOn(
  folder: string,
  plan: Pick<RunPlan, 'device' | 'interruptAt' | 'checkpointInterval' | 'verification'> & {
    readonly data?: string | Dataset;
    readonly movedTest?: string;
    readonly epochs?: number;
  } = {},
): Promise<Recorded> {
  const { events, signal, progress, starts, losses } = recorder(plan.interruptAt);
  const { device = simulated, checkpointInterval = 60_000, verification = { kind: 'digest' }, data } = plan;
  const { epochs, movedTest } = plan;
  const moved = { movedData: data, movedTest, epochs };
  const result = await resumeRun(
    { folder, device, checkpointInterval, verification, ...moved },
    events,
    signal,
  );
  return { result, start: starts[0], progress, losses };
}

/** The persistent states of a run's newest whole checkpoint; nothing where its recipe keeps none. */
export function savedStates(folder: string, examples = TRAINING): StateArray | undefined {
  const { state } = loadRun(folder);
  if (!state.states) return undefined;
  const { units } = graphOf(state.recipe);
  const states = new PersistentStates(examples, units, formatsOf(state.recipe).storage);
  readStates(folder, state.states, states);
  return states.states;
}

/** Two finished runs have learnt and measured the same, to the bit. */
export function expectSameRun(folder: string, other: string): void {
  const [ours, theirs] = [folder, other].map((path) => loadRun(path));
  expect(ours.state.position.digest).toBe(theirs.state.position.digest);
  expect(ours.state.position.saturations).toBe(theirs.state.position.saturations);
  expect(ours.arrays).toEqual(theirs.arrays);
  expect(savedStates(folder)).toEqual(savedStates(other));
  expect(timeless(new RunFolder(folder).metrics())).toEqual(timeless(new RunFolder(other).metrics()));
}

/** A run that was interrupted has ended as the one that never was. */
export function expectResumed(resumed: Recorded, whole: Recorded): void {
  expect(resumed.result.finished).toBe(true);
  expect(resumed.start?.note ?? '').not.toContain('has lost');
  expect(resumed.result.position.digest).toBe(whole.result.position.digest);
  expect(resumed.result.position.saturations).toBe(whole.result.position.saturations);
  expect(resumed.result.test?.predictions).toEqual(whole.result.test?.predictions);
  expectSameRun(resumed.result.folder.path, whole.result.folder.path);
}

/** Metrics without what time decides. */
export function timeless(metrics: readonly Metrics[]): readonly object[] {
  return metrics.map((entry) => {
    const {
      seconds: _s,
      checked: _c,
      samplesPerSecond: _r,
      ...rest
    } = { ...entry } as Record<string, unknown>;
    return rest;
  });
}
