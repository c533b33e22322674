/** Contenders measured in turn, round after round, so that what disturbs the computer disturbs all of them. */
import type { Contender } from './contender.js';
import type { Measurement } from './measurement.js';
import type { Task } from './task.js';

export interface Entry {
  readonly key: string;
  readonly contender: Contender;
}

/** Measurements by the entries' keys, one a round. */
export async function measureInRounds(
  entries: readonly Entry[],
  rounds: number,
  task: Task,
  say: (text: string) => void,
): Promise<ReadonlyMap<string, readonly Measurement[]>> {
  const measured = new Map<string, Measurement[]>(entries.map(({ key }) => [key, []]));
  for (let round = 1; round <= rounds; round++)
    for (const { key, contender } of entries) {
      say(`round ${round} of ${rounds}: ${key}`);
      measured.get(key)?.push(await contender.measure(task));
    }
  return measured;
}

/** Ratio of the speeds of two, round by round. */
export function ratios(ours: readonly Measurement[], peer: readonly Measurement[]): readonly number[] {
  return ours.map((own, round) => own.samplesPerCpuSecond / peer[round].samplesPerCpuSecond);
}
