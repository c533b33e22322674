/** A core that nothing here knows of: one file beside a board of one's own, and its firmware is built, run and verified. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'smol-toml';
import { afterAll, expect, test } from 'vitest';
import { loadDataset } from '#host/data/index';
import { readBoard } from '#host/firmware/board';
import { buildFirmware } from '#host/firmware/build';
import { verifyLockstep } from '#host/runs/index';
import { temporaryFolder } from '../runs/small-data.js';
import { canRun, PATIENCE, recipeFor } from './emulators.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const neighbour = readBoard('mps2-an386');

/** The neighbour's board, with the emulator's Cortex-M7 in its place. */
function ownBoard(flags: readonly string[]): string {
  const own = join(folder.path, flags.at(-1) ?? '');
  cpSync(neighbour.folder, own, { recursive: true });
  const { core, emulator, ...rest } = parse(readFileSync(join(own, 'board.toml'), 'utf8'));
  const board = {
    ...rest,
    core: { ...Object(core), chip: 'AN500', cpu: 'my-core' },
    emulator: { ...Object(emulator), machine: 'mps2-an500' },
  };
  writeFileSync(join(own, 'board.toml'), stringify(board));
  writeFileSync(join(own, 'my-core.toml'), stringify({ family: 'cortex-m', flags, stack: 904 }));
  return own;
}

const flags = ['-target', 'thumb-freestanding-eabi', '-mcpu=cortex_m7'];

test.skipIf(!canRun(neighbour))(
  'learns what the simulated device learns',
  async () => {
    const own = ownBoard(flags);
    const recipe = recipeFor(readBoard(own), { network: '784-32-10', minibatch: 4 });
    const dataset = await loadDataset(undefined);
    const verified = (device: string) =>
      verifyLockstep(
        recipe,
        dataset,
        { device, options: { baudRate: 115_200 }, patience: 60_000 },
        3,
        () => undefined,
      );
    const { digest, parameters } = await verified('simulated');
    expect(await verified(own)).toMatchObject({ digest, parameters });
  },
  PATIENCE,
);

test(
  'its flags are the compiler’s',
  async () => {
    const nonsense = readBoard(ownBoard([...flags, '-mcpu=no_such_core']));
    await expect(buildFirmware(nonsense)).rejects.toThrow(/the compiler failed:[\s\S]*no_such_core/);
  },
  PATIENCE,
);
