/** Our kernel at a moment of training: what it computes, phase by phase, and how fast. */
import { programContender } from '../contender.js';
import type { Measurement } from '../measurement.js';
import { spreadOf } from '../statistics.js';
import { recipeOf, taskArguments } from '../task.js';
import type { Work } from '../works.js';
import type { Form } from './build.js';
import { eachPhase, type Phase, sumOf } from './phases.js';
import { type CountedWork, countWork, denseWork } from './work.js';

/** Where it is not quick: then there is one. */
const ROUNDS: Readonly<Record<Form, number>> = { host: 3, portable: 1 };
const SECONDS = { full: 1, quick: 0.3 } as const;
const WARM_UP = 0.5;

export type MeasuredWork = Pick<Work, 'network' | 'preset' | 'overrides' | 'moments' | 'span'>;

/** Means a sample. */
export interface PhaseResult {
  readonly products: number;
  readonly changes: number;
  /** Bytes of weights read or written; in the contrast, of states. */
  readonly bytes: number;
  readonly dense: number;
  /** CPU seconds of the build that does not count, shared out as the time of the one that does. */
  readonly seconds: number;
}

export interface MomentResult {
  readonly epochs: number;
  readonly form: Form;
  readonly phases: Readonly<Record<Phase, PhaseResult>>;
  readonly samplesPerCpuSecond: number;
  /** The counting build's speed over that. */
  readonly countingSpeed: number;
}

export interface WorkResult {
  readonly work: MeasuredWork;
  readonly moments: readonly MomentResult[];
}

interface Round {
  readonly measured: Measurement;
  readonly counted: CountedWork;
}

/** @param file the state of training there; nothing at the start */
export async function measureMoment(
  { preset, overrides, span }: MeasuredWork,
  form: Form,
  epochs: number,
  file: string | undefined,
  quick: boolean,
): Promise<MomentResult> {
  const seconds = quick ? SECONDS.quick : SECONDS.full;
  const task = { preset, overrides, check: 0, warmUp: WARM_UP, seconds };
  const flags = ['--span', String(span), ...(file === undefined ? [] : ['--from', file])];
  const plain = programContender('ours', 'ours/measure.js', [
    ...flags,
    ...(form === 'portable' ? ['--portable'] : []),
  ]);
  const rounds: Round[] = [];
  for (let round = 0; round < (quick ? 1 : ROUNDS[form]); round++) {
    const measured = await plain.measure(task);
    const counted = await countWork([...taskArguments(task), ...flags, '--form', form]);
    if (measured.digest !== counted.digest)
      throw new Error(
        `${preset}: the counting ${form} build learns other weights than the build it is made of`,
      );
    rounds.push({ measured, counted });
  }
  const median = (read: (round: Round) => number) => spreadOf(rounds.map(read)).median;
  const samplesPerCpuSecond = median(({ measured }) => measured.samplesPerCpuSecond);
  const dense = denseWork(recipeOf({ preset, overrides }));
  // Counts are the same in every round.
  const { phases } = rounds[0].counted;
  return {
    epochs,
    form,
    samplesPerCpuSecond,
    countingSpeed: median(
      ({ measured, counted }) => counted.samplesPerCpuSecond / measured.samplesPerCpuSecond,
    ),
    phases: eachPhase((phase) => ({
      products: phases[phase].products,
      changes: phases[phase].changes,
      // A product reads 16 bits, a change reads and writes them.
      bytes: phases[phase].products * 2 + phases[phase].changes * 4,
      dense: dense[phase],
      seconds: median(({ counted }) => shareOf(counted.phases, phase)) / samplesPerCpuSecond,
    })),
  };
}

function shareOf(times: Readonly<Record<Phase, { readonly milliseconds: number }>>, phase: Phase): number {
  return times[phase].milliseconds / sumOf(eachPhase((one) => times[one].milliseconds));
}
