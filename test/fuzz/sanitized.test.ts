/** The boards' C under sanitizers answers the same frames with the same bytes. `test/soak` feeds more of them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { obtainToolchain } from '#host/firmware/toolchain';
import { UserError } from '#host/ground/index';
import { portableModule } from '#host/kernel/index';
import { isLong } from '../length.js';
import { temporaryFolder } from '../runs/small-data.js';
import { runEpisode } from './examine.js';
import { findCompiler, SanitizedDevice } from './sanitized.js';
import { Tally } from './tally.js';

/** The first fetch of the toolchain included. */
const PATIENCE = 400_000;
const SEED = 2;
const EPISODES = isLong ? 8 : 2;
const FRAMES = 3000;

const folder = temporaryFolder();
afterAll(() => folder.remove());

const compiler = findCompiler(folder.path);

describe('the C of boards (skipped where no compiler has AddressSanitizer)', () => {
  const module = new WebAssembly.Module(Buffer.from(portableModule(16)));
  let device: SanitizedDevice | undefined;
  let reason = 'no cc, gcc or clang here links with -fsanitize=address,undefined';

  beforeAll(async () => {
    if (!compiler) return;
    try {
      device = await SanitizedDevice.build(
        folder.path,
        compiler,
        await obtainToolchain(),
        portableModule(16),
      );
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      reason = error.message;
    }
  }, PATIENCE);

  test('is sane, and says what the module says', ({ skip }) => {
    if (!device) return skip(reason);
    const difference = device.compare((listener) => {
      for (let episode = 0; episode < EPISODES; episode++)
        runEpisode(module, 16, SEED, episode, FRAMES, new Tally(), listener);
    });
    expect(difference).toBeUndefined();
  });

  test('is caught where it leaves the arena', ({ skip }) => {
    if (!device) return skip(reason);
    const few = 64;
    const difference = device.compare(({ start, fed }) =>
      runEpisode(module, 16, SEED, 0, FRAMES, new Tally(), {
        // Told of more than there is.
        start: (memoryBytes, arena) => start(memoryBytes - arena + few, arena),
        fed,
      }),
    );
    expect(difference).toContain('ERROR: AddressSanitizer: heap-buffer-overflow');
  });
});
