/** A core that nothing here knows of: one file beside a board of one's own, and its firmware is built, run and verified. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'smol-toml';
import { afterAll, expect, test } from 'vitest';
import { loadDataset } from '#host/data/index';
import { readBoard } from '#host/firmware/board';
import { buildFirmware } from '#host/firmware/build';
import { FORMS, readSources } from '#host/firmware/sources';
import { verifyLockstep } from '#host/runs/index';
import { temporaryFolder } from '../runs/small-data.js';
import { canRun, PATIENCE, recipeFor } from './emulators.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const neighbour = readBoard('mps2-an386');

/** The neighbour's board, with the emulator's Cortex-M7 in its place. */
function ownBoard(flags: readonly string[], forms?: string): string {
  const own = mkdtempSync(join(folder.path, 'board-'));
  cpSync(neighbour.folder, own, { recursive: true });
  const { core, emulator, ...rest } = parse(readFileSync(join(own, 'board.toml'), 'utf8'));
  const board = {
    ...rest,
    core: { ...Object(core), chip: 'AN500', cpu: 'my-core' },
    emulator: { ...Object(emulator), machine: 'mps2-an500' },
  };
  writeFileSync(join(own, 'board.toml'), stringify(board));
  const named = forms === undefined ? {} : { forms: 'my-core.h' };
  writeFileSync(join(own, 'my-core.toml'), stringify({ family: 'cortex-m', flags, stack: 904, ...named }));
  if (forms) writeFileSync(join(own, 'my-core.h'), forms);
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

/** Its own form of a primitive, which does nothing. */
const idle = (name: string) =>
  `#include <stdint.h>
static inline void core_${name}(uint8_t *memory, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e) {
  (void)memory, (void)a, (void)b, (void)c, (void)d, (void)e;
}
`;

test(
  'its forms take the place of the kernel’s, and others do not pass for one',
  async () => {
    const built = async (forms: string) =>
      readFileSync((await buildFirmware(readBoard(ownBoard(flags, forms)))).bin);
    const plain = readFileSync((await buildFirmware(readBoard(ownBoard(flags)))).bin);
    expect((await built(idle('addRows'))).length).toBeLessThan(plain.length);
    await expect(built(idle('subtractRows'))).rejects.toMatchObject({
      name: 'UserError',
      message: "core_subtractRows: the kernel has no primitive 'subtractRows'",
    });
    await expect(built('/* nothing */\n')).rejects.toThrow("a core's forms are of no primitive");
    expect(() => readBoard(ownBoard(flags, ''))).toThrow('forms: there is no my-core.h beside it');
  },
  PATIENCE,
);

test.each([
  [{}, true],
  [{ forms: false }, false],
  // They compare no access with the size of the memory, and weights of 8 bits are no states.
  [{ checked: true }, false],
  [{ storage: 8 }, false],
] as const)('a build with %j takes a core’s own forms: %j', (options, takes) => {
  expect(readSources(readBoard('mps2-an386'), options).has(FORMS)).toBe(takes);
});
