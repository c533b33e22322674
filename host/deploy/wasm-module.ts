/** A network as a WebAssembly module without imports: its C library, compiled. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTemporaryFolder, writeWhole } from '../files/index.js';
import { compileC, type ToolchainEvents } from '../firmware/index.js';
import { libraryFile, libraryOf } from './library.js';
import type { Deployed } from './network-c.js';

const libc = fileURLToPath(new URL('../../../boards/common/libc', import.meta.url));
const FLAGS = [
  ...['-isystem', libc],
  ...['-target', 'wasm32-freestanding', '-mcpu=mvp', '-std=c99', '-O2', '-fno-sanitize=all'],
  ...['-Wl,--no-entry', '-Wl,--strip-all', '-Wl,--gc-sections', '-Wl,-z,stack-size=8192'],
];

/** @throws `UserError` where the tools cannot be fetched */
export async function wasmModule(deployed: Deployed, events: ToolchainEvents = {}): Promise<Uint8Array> {
  const { files } = await libraryOf(deployed, events);
  return inTemporaryFolder(async (folder) => {
    for (const [name, text] of [...files, ['wasm.c', libraryFile('wasm.c')]]) writeWhole(folder, name, text);
    await compileC([...FLAGS, 'eqprop.c', 'wasm.c', '-o', 'eqprop.wasm'], folder, events);
    return readFile(join(folder, 'eqprop.wasm'));
  });
}
