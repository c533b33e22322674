/** Asks whether to go on with what takes long. */
import { createInterface } from 'node:readline';
import { UserError } from '../ground/index.js';
import { terminal } from './terminal.js';

/**
 * @param what would be begun
 * @throws `UserError` where the answer is no, or there is nobody to ask
 */
export async function consent(what: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new UserError(`${what}: not begun without being asked for`, 'give --yes, or compare less');
  terminal.ask(`${what}. Begin? [y/N] `);
  if (!/^y(es)?$/i.test((await firstLine()).trim())) throw new UserError('nothing was begun');
}

/** Ctrl-C remains a signal meanwhile. */
async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin, terminal: false })) return line;
  return '';
}
