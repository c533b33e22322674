/** The module as C. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../ground/index.js';
import { lastLines, runCommand } from './command.js';
import { obtainTranslator, type ToolchainEvents } from './toolchain.js';

/**
 * What wasm2c writes of a module that it is to call eqprop.
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
