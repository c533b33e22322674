import { UserError } from '#host/ground/errors';

/** Runs a program's main function; tells what went wrong, and what to do, on stderr. */
export async function reportFailure(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const known = error instanceof UserError || isUsageError(error);
    console.error(`error: ${known ? error.message : (error as Error).stack}`);
    if (error instanceof UserError && error.hint) console.error(`       ${error.hint}`);
    process.exitCode = isUsageError(error) ? 2 : 1;
  }
}

/** A command line that node:util's parseArgs could not read. */
function isUsageError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
