import { describe, expect, test } from 'vitest';
import { Kernel, portableModule } from '#host/kernel/index';
import { KernelEndpoint } from '#host/kernel/kernel-endpoint';
import { Link } from '#host/link/link';
import type { Faults } from '../faults/spoiler.js';
import { FaultyLine, type FaultyLineOptions } from './faulty-line.js';
import { runWorkload } from './workload.js';

const STEPS = 8;

const bothWays = (faults: Faults) => ({ toDevice: faults, fromDevice: faults });
const noisy: Faults = { drop: 0.002, corrupt: 0.002, insert: 0.0005 };

const kinds: Readonly<Record<string, FaultyLineOptions>> = {
  'lost bytes': bothWays({ drop: 0.004 }),
  'spoilt bytes': bothWays({ corrupt: 0.004 }),
  rubbish: bothWays({ insert: 0.005 }),
  'lost chunks': bothWays({ lose: 0.001 }),
  'repeated chunks': bothWays({ repeat: 0.003 }),
  'bits and pieces, late': { ...bothWays({ stall: 0.1 }), chunk: 9 },
  'a slow device': { busy: () => 1, ...bothWays({ drop: 0.002 }) },
  'everything at once': {
    ...bothWays({ ...noisy, lose: 0.0005, repeat: 0.001, stall: 0.004 }),
    chunk: 40,
  },
};

/** The least holds a probe behind HELLOs that a busy host has said again. */
const windows = [384, 512, 1024, 4096];
const SEEDS = 8;
/** Short waits for lost polls, not so short that a busy machine looks like a dead device. */
const PATIENCE = 8000;

async function run(options: FaultyLineOptions, seed: number) {
  const line = new FaultyLine({ ...options, seed, window: windows[seed % windows.length] });
  const link = await Link.open(line, { patience: PATIENCE });
  const expected = await runWorkload(
    new KernelEndpoint(new Kernel(1 << 16, 4096, portableModule())),
    seed,
    STEPS,
  );
  const outcomes = await runWorkload(link, seed, STEPS);
  const { step, digest } = await link.request('statistics', {});
  link.close();
  line.destroy();
  return { outcomes, expected, step, digest, faults: line.faults };
}

async function runSeeds(options: FaultyLineOptions) {
  return Promise.all(Array.from({ length: SEEDS }, (_, seed) => run(options, seed)));
}

describe('whatever the line does, requests run once and in order', () => {
  // All at once: most of the time is spent waiting for what was lost.
  const runs = new Map(Object.entries(kinds).map(([name, options]) => [name, runSeeds(options)]));
  for (const started of runs.values()) started.catch(() => {});

  test.each([...runs])('%s', async (_, started) => {
    const seeds = await started;
    for (const { outcomes, expected, step, faults } of seeds) {
      expect(faults).toBeGreaterThan(0);
      expect(outcomes).toEqual(expected);
      expect(step).toBe(STEPS);
    }
    const digests = seeds.map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(SEEDS);
  });
});
