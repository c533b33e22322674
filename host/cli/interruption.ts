/** Ctrl-C, or the terminal's end: the first one lets the work save what it has, the second ends it at once. */
/** Scripts can tell an interrupted run by it, as shells do. */
export const INTERRUPTED = 130;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * @param interrupted tells that the work ends
 * @param work is told to end by `signal`; before it calls `started` there is nothing to save
 */
export async function interruptible<T>(
  interrupted: () => void,
  work: (signal: AbortSignal, started: () => void) => Promise<T>,
): Promise<T> {
  const interruption = new AbortController();
  let isStarted = false;
  const interrupt = () => {
    if (!isStarted || interruption.signal.aborted) process.exit(INTERRUPTED);
    interruption.abort();
    interrupted();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  // Whoever started this program as its own is gone.
  process.on('disconnect', interrupt);
  // A terminal that is gone cannot be told anything; what there is to save, can be saved.
  process.once('SIGHUP', () => {
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  });
  try {
    return await work(interruption.signal, () => {
      isStarted = true;
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
    process.off('disconnect', interrupt);
  }
}
