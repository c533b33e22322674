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
