/** The module as C, and C as programs. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../ground/index.js';
import { lastLines, runCommand } from './command.js';
import { obtainToolchain, obtainTranslator, type ToolchainEvents } from './toolchain.js';

/**
 * Has wasm2c write C of a module, which it is to call eqprop.
 * @throws `UserError` where wasm2c cannot be fetched or refuses
 */
export async function translate(module: Uint8Array, events: ToolchainEvents = {}): Promise<string> {
  const wasm2c = await obtainTranslator(events);
  const folder = await mkdtemp(join(tmpdir(), 'eqprop-'));
  try {
    await writeFile(join(folder, 'kernel.wasm'), module);
    const parameters = [wasm2c, '-n', 'eqprop', 'kernel.wasm', '-o', 'kernel.c'];
    const { status, errors, output } = await runCommand(process.execPath, parameters, { cwd: folder });
    if (status !== 0) throw new UserError(`wasm2c failed:\n${lastLines(errors || output)}`);
    return await readFile(join(folder, 'kernel.c'), 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
