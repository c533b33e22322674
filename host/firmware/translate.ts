/** The module as C, and C as programs. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inTemporaryFolder } from '../files/index.js';
import { UserError } from '../ground/index.js';
import { lastLines, runCommand } from './command.js';
import { obtainToolchain, obtainTranslator, type ToolchainEvents } from './toolchain.js';

/** C by the module's digest: a program that deploys many networks turns the same few modules into C. */
const translations = new Map<string, Promise<string>>();

/**
 * Has wasm2c write C of a module, which it is to call eqprop; of each module once.
 * @throws `UserError` where wasm2c cannot be fetched or refuses
 */
export function translate(module: Uint8Array, events: ToolchainEvents = {}): Promise<string> {
  const digest = createHash('sha256').update(module).digest('hex');
  const translated = translations.get(digest) ?? translateAnew(module, events);
  translations.set(digest, translated);
  translated.catch(() => translations.delete(digest));
  return translated;
}

async function translateAnew(module: Uint8Array, events: ToolchainEvents): Promise<string> {
  const wasm2c = await obtainTranslator(events);
  return inTemporaryFolder(async (folder) => {
    await writeFile(join(folder, 'kernel.wasm'), module);
    const parameters = [wasm2c, '-n', 'eqprop', 'kernel.wasm', '-o', 'kernel.c'];
    const { status, errors, output } = await runCommand(process.execPath, parameters, { cwd: folder });
    if (status !== 0) throw new UserError(`wasm2c failed:\n${lastLines(errors || output)}`);
    return readFile(join(folder, 'kernel.c'), 'utf8');
  });
}

/**
 * Runs the C compiler in a folder.
 * @throws `UserError` where it cannot be fetched or refuses
 */
export async function compileC(
  parameters: readonly string[],
  folder: string,
  events: ToolchainEvents = {},
): Promise<void> {
  const { zig, environment } = await obtainToolchain(events);
  const outcome = await runCommand(zig, ['cc', ...parameters], { cwd: folder, env: environment });
  if (outcome.status !== 0)
    throw new UserError(`the C compiler failed:\n${lastLines(outcome.errors || outcome.output)}`);
}
