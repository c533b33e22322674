/** The module under rubbish: it never traps, hangs, or changes what it must not. `test/soak` does more of the same. */
import { describe, expect, test } from 'vitest';
import { hostModule, portableModule } from '#host/kernel/index';
import { runEpisode } from './examine.js';
import { overflowingModule } from './planted.js';
import { Tally } from './tally.js';

const SEED = 1;
const tally = new Tally();

describe('no frame traps it, or changes what it must not', () => {
  test.each([
    ['16 bits, as on boards', portableModule(16), 16, 15],
    ['16 bits, as on hosts', hostModule(16), 16, 6],
    ['8 bits, as on boards', portableModule(8), 8, 4],
    ['8 bits, as on hosts', hostModule(8), 8, 4],
    ['32 bits, as on boards', portableModule(32), 32, 4],
    ['32 bits, as on hosts', hostModule(32), 32, 4],
  ] as const)('%s', (_, bytes, storage, episodes) => {
    const module = new WebAssembly.Module(Buffer.from(bytes));
    for (let episode = 0; episode < episodes; episode++)
      runEpisode(module, storage, SEED, episode, 2000, tally);
  });

  test('and all that a device can say was said', () => {
    // No frame may bring about a fault; this module leaves no kind out; sums are too wide in larger networks alone.
    const never = ['fault', 'partLeftOut', 'badSum'];
    expect(tally.missingErrors.filter((name) => !never.includes(name))).toEqual([]);
    expect(tally.missingErrors).toContain('fault');
    expect(tally.missingReplies).toEqual([]);
  });
});

test('a frame that overflows its buffer is noticed', () => {
  const module = new WebAssembly.Module(overflowingModule(4));
  expect(() => runEpisode(module, 16, SEED, 0, 5000, new Tally())).toThrow(/seed 1, episode 0: frame \d+/);
});
