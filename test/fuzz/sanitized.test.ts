/** The boards' C under sanitizers answers the same frames with the same bytes. `test/soak` feeds more of them. */
import { afterAll, expect, test } from 'vitest';
import { UserError } from '#host/errors';
import { obtainToolchain } from '#host/firmware/toolchain';
import { portableModule } from '#host/kernel/kernel';
import { temporaryFolder } from '../training/small-data.js';
import { runEpisode } from './examine.js';
import { findCompiler, SanitizedDevice } from './sanitized.js';
import { Tally } from './tally.js';

/** The first fetch of the toolchain included. */
const PATIENCE = 400_000;
const SEED = 2;
const EPISODES = 4;
const FRAMES = 3000;

const folder = temporaryFolder();
afterAll(() => folder.remove());

const compiler = findCompiler(folder.path);

test(
  'the C of boards is sane, and says what the module says (skipped where no compiler has AddressSanitizer)',
  async ({ skip }) => {
    if (!compiler) return skip('no cc, gcc or clang here links with -fsanitize=address,undefined');
    const toolchain = await obtainToolchain().catch((error: unknown) => {
      if (error instanceof UserError) skip(error.message);
      throw error;
    });
    const device = await SanitizedDevice.build(folder.path, compiler, toolchain, 16);
    const module = new WebAssembly.Module(Buffer.from(portableModule(16)));
    const difference = device.compare((listener) => {
      for (let episode = 0; episode < EPISODES; episode++)
        runEpisode(module, 16, SEED, episode, FRAMES, new Tally(), listener);
    });
    expect(difference).toBeUndefined();
  },
  PATIENCE,
);
