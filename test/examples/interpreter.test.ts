/** The module in interpreters, for whoever has one, and what their host says of a stack that is too small for it. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { loadDataset } from '#host/data/index';
import { UserError } from '#host/ground/index';
import { checkRecipe, readPreset } from '#host/model/index';
import { type LockstepOutcome, verifyLockstep } from '#host/runs/index';
import { GOLDEN, goldenConvolution } from '../kernel/golden-convolution.js';
import { temporaryFolder } from '../runs/small-data.js';

/** An interpreter is compiled first. */
const PATIENCE = 400_000;
const root = fileURLToPath(new URL('../..', import.meta.url));
const host = join(root, 'examples', 'embedding', 'interpreter');
const run = promisify(execFile);
const has = (program: string) => spawnSync(program, ['--version']).status === 0;

const folder = temporaryFolder();
afterAll(() => folder.remove());

interface Device {
  readonly address: string;
  /** Its whole output, once it is gone. */
  readonly said: Promise<string>;
}

async function start(program: string, ...flags: readonly string[]): Promise<Device> {
  const child = spawn(program, ['-p', '0', ...flags, join(root, 'dist', 'kernel.wasm')]);
  const said = child.stderr.toArray().then((chunks) => Buffer.concat(chunks).toString());
  const [address] = (await once(child.stdout, 'data')) as [Buffer];
  return { address: address.toString().trim(), said };
}

const tiny = checkRecipe(readPreset('tiny').values, 'tiny');

async function verified({ address }: Device, recipe = tiny): Promise<LockstepOutcome> {
  const choice = { device: address, options: { baudRate: 115_200 }, patience: 60_000 };
  return verifyLockstep(recipe, await loadDataset(undefined), choice, 3, () => undefined);
}

/** A device's words at its first byte from a host. */
async function saidOfAByte({ address, said }: Device): Promise<string> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  socket.write(Uint8Array.of(0));
  const words = await said;
  socket.destroy();
  return words;
}

const tooSmall = (stack: number) =>
  new RegExp(`: feed\\(\\) needs more than the ${stack} bytes of operand stack: give it more with -s\\n$`);

test.skipIf(!has('cc'))('a stack that overflows is told as one (skipped where there is no cc)', async () => {
  const program = join(folder.path, 'overflowing');
  const sources = [join(host, 'main.c'), join(host, 'heap.c'), join(root, 'test/examples/overflowing.c')];
  const { stderr } = await run('cc', ['-Wall', '-Werror', '-I', host, ...sources, '-o', program]);
  expect(stderr).toBe('');
  expect(await saidOfAByte(await start(program, '-s', '5000'))).toMatch(tooSmall(5000));
});

describe.each([
  { name: 'wasm3', source: process.env.EQPROP_WASM3 },
  { name: 'wamr', source: process.env.EQPROP_WAMR },
])('$name', ({ name, source }) => {
  test.skipIf(!source || !has('cmake'))(
    'trains as any device does, and tells what it took (skipped but for EQPROP_WASM3, EQPROP_WAMR: folders of source)',
    async () => {
      const build = mkdtempSync(join(folder.path, name));
      await run('cmake', ['-B', build, '-D', `${name.toUpperCase()}=${source}`, host]);
      await run('cmake', ['--build', build], { maxBuffer: 2 ** 24 });
      const program = join(build, `device-${name}`);

      const enough = await start(program);
      const parameters = 784 * 32 + 32 * 10 + 42;
      expect(await verified(enough)).toMatchObject({ replies: 2 + 3, parameters });
      expect(await enough.said).toMatch(
        /\d+ bytes of heap at most, 8192 of operand stack among them; 65536 of memory/,
      );

      expect(await verified(await start(program), goldenConvolution)).toMatchObject(GOLDEN);

      const little = await start(program, '-s', '1024');
      await expect(verified(little)).rejects.toThrow(UserError);
      expect(await little.said).toMatch(tooSmall(1024));
    },
    PATIENCE,
  );
});
