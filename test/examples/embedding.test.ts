/** The module in hosts that are not ours, trained by ours. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/dataset';
import { obtainToolchain } from '#host/firmware/toolchain';
import { checkRecipe } from '#host/model/recipe-check';
import { verifyLockstep } from '#host/training/lockstep-run';
import { readPreset } from '#host/training/presets';

const recipe = checkRecipe(readPreset('tiny').values, 'tiny');
let dataset: Dataset;
const children: ChildProcess[] = [];
const servers: Server[] = [];

beforeAll(async () => {
  dataset = await loadDataset(undefined);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
  for (const server of servers.splice(0)) server.close();
});

async function trainsAt(device: string): Promise<void> {
  const choice = { device, options: { baudRate: 115_200 }, patience: 20_000 };
  const outcome = await verifyLockstep(recipe, dataset, choice, 3, () => undefined);
  expect(outcome).toMatchObject({ replies: 2 + 3, parameters: 784 * 32 + 32 * 10 + 42 });
}

test('Node', async () => {
  const host = spawn(process.execPath, ['examples/embedding/node.mjs', '0']);
  children.push(host);
  const [address] = (await once(host.stdout, 'data')) as [Buffer];
  await trainsAt(address.toString().trim());
});

test.skipIf(spawnSync('cc', ['--version']).status !== 0)(
  'C',
  async () => {
    const { wasm2c } = await obtainToolchain();
    const folder = mkdtempSync(join(tmpdir(), 'eqprop-c-'));
    try {
      const program = join(folder, 'device');
      const source = ['dist/kernel.wasm', '-n', 'eqprop', '-o', join(folder, 'kernel.c')];
      expect(spawnSync(process.execPath, [wasm2c, ...source]).status).toBe(0);
      const flags = ['-O2', '-w', '-fwrapv', '-I', 'boards/common', '-I', folder, '-o', program];
      expect(spawnSync('cc', [...flags, 'examples/embedding/c/main.c', '-lm']).stderr.toString()).toBe('');
      const server = createServer((socket) => {
        const device = spawn(program);
        children.push(device);
        socket.on('error', () => undefined).pipe(device.stdin);
        device.stdin.on('error', () => undefined);
        device.stdout.pipe(socket);
      });
      servers.push(server);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      await trainsAt(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  400_000,
);

test('every export is documented', () => {
  const module = new WebAssembly.Module(readFileSync('dist/kernel.wasm'));
  const page = readFileSync('docs/embedding.md', 'utf8');
  for (const { name } of WebAssembly.Module.exports(module)) expect(page).toMatch(new RegExp(`\`${name}\\b`));
});
