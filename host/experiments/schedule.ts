/**
 * Runs jobs in their order, so many at a time; once aborted begins no more. Resolves when all that were begun have ended.
 * A job that fails interrupts the others by the signal that each is given; the whole rejects once they have ended.
 */
export async function runConcurrently<Job>(
  jobs: readonly Job[],
  most: number,
  signal: AbortSignal,
  run: (job: Job, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const waiting = [...jobs];
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const work = async () => {
    while (!either.aborted) {
      const job = waiting.shift();
      if (job === undefined) return;
      await run(job, either);
    }
  };
  const worker = () =>
    work().catch((error) => {
      failure.abort();
      throw error;
    });
  const ended = await Promise.allSettled(Array.from({ length: Math.min(most, jobs.length) }, worker));
  const failed = ended.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}

/**
 * When the last of jobs ends that are run so, each as long as its duration.
 * @param underWay what is left of those that have been begun already
 */
export function timeTaken(
  durations: readonly number[],
  most: number,
  underWay: readonly number[] = [],
): number {
  const idle = Math.max(0, Math.min(most - underWay.length, durations.length));
  const ends = [...underWay, ...new Array<number>(idle).fill(0)];
  for (const duration of durations) ends[ends.indexOf(Math.min(...ends))] += duration;
  return Math.max(0, ...ends);
}
