/** Asks whether to go on with what takes long. */
import { createInterface } from 'node:readline/promises';
import { UserError } from '../errors.js';

/**
 * @param what would be begun
 * @throws `UserError` where the answer is no, or there is nobody to ask
 */
export async function consent(what: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new UserError(`${what}: not begun without being asked for`, 'give --yes, or compare less');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${what}. Begin? [y/N] `).finally(() => terminal.close());
  if (!/^y(es)?$/i.test(answer.trim())) throw new UserError('nothing was begun');
}
