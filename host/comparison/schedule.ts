/**
 * Runs jobs in their order, so many at a time; once aborted begins no more. Resolves when all that were begun have ended.
 * Jobs tell their own failures: one that rejects is a defect, and rejects the whole once the others have ended.
 */
export async function runConcurrently<Job>(
  jobs: readonly Job[],
  most: number,
  signal: AbortSignal,
  run: (job: Job) => Promise<void>,
): Promise<void> {
  const waiting = [...jobs];
  const work = async () => {
    while (!signal.aborted) {
      const job = waiting.shift();
      if (job === undefined) return;
      await run(job);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(most, jobs.length) }, work));
  const failure = ended.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
}

/** When the last of jobs ends that are run so, each as long as its duration. */
export function timeTaken(durations: readonly number[], most: number): number {
  const ends = new Array<number>(Math.min(most, durations.length)).fill(0);
  for (const duration of durations) ends[ends.indexOf(Math.min(...ends))] += duration;
  return Math.max(0, ...ends);
}
