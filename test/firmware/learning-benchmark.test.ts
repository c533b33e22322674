/** The learning benchmark: what it counts is what the host learnt, and its tables say what the numbers come to. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const RUN = fileURLToPath(new URL('../../bench/firmware/run.mjs', import.meta.url));
/** The first fetch of the compiler included. */
const PATIENCE = 400_000;

interface Cost {
  readonly unit: string;
  readonly perSample: number;
  readonly ram: number;
}

interface Entry {
  readonly contender: string;
  readonly marks: readonly {
    readonly error: number;
    readonly samples: readonly (number | null)[];
    readonly costs: readonly Cost[];
  }[];
}

async function run(...parameters: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [RUN, '--learning', ...parameters], {
    env: { ...process.env, EQPROP_AIFES: '' },
  });
  return stdout;
}

test(
  'ours and backpropagation by hand learn, and come to the same bits on the emulated Pico',
  async () => {
    const who = ['eqprop', 'int16', 'int16-own-forms'];
    const choice = [...who.flatMap((id) => ['--who', id]), '--minibatch', '20', '--core', 'rp2040'];
    const entries: readonly Entry[] = JSON.parse(await run('--quick', '--json', ...choice));
    expect(entries.map(({ contender }) => contender)).toEqual(who);
    const [, plain, own] = entries.map(({ marks }) => marks[0]);
    // The same bits, and fewer cycles.
    expect(own.samples).toEqual(plain.samples);
    expect(own.costs[0].perSample).toBeLessThan(plain.costs[0].perSample);
    for (const { marks } of entries) {
      // A pass over a sixth of MNIST is enough for nine digits of ten.
      expect(marks).toMatchObject([{ error: 0.1, samples: [expect.any(Number)] }]);
      const [{ costs }] = marks;
      expect(costs).toHaveLength(1);
      const [{ unit, perSample, ram }] = costs;
      expect(unit).toBe('cycles');
      // The weights alone, and the Pico's RAM; a cycle at least for each product of a forward pass of the lit pixels.
      expect(ram).toBeGreaterThan(2 * (784 * 128 + 128 * 10));
      expect(ram).toBeLessThan(264 * 1024);
      expect(perSample).toBeGreaterThan(100 * 128);
    }
  },
  PATIENCE,
);

test('its tables multiply means of samples by costs, and say where not every seed came', async () => {
  const cost = (perSample: number) => ({
    core: 'cortex-m4',
    machine: 'QEMU mps2-an386',
    unit: 'instructions',
    perSample,
    ram: 1000,
  });
  /** A sample costs `perSample` on the way to the first mark, and a half of what it did to the one before to the others. */
  const entry = (contender: string, perSample: number, ...samples: (number | null)[][]) => ({
    contender,
    name: contender,
    minibatch: 20,
    marks: [0.1, 0.05, 0.03].map((error, n) => ({
      error,
      ...(samples[n].length > 0 && { plan: { rate: 1, length: 20_000 } }),
      samples: samples[n],
      costs: [cost(perSample / 2 ** n)],
    })),
    moments: 20,
  });
  const folder = await mkdtemp(join(tmpdir(), 'eqprop-learning-'));
  try {
    const file = join(folder, 'record.json');
    const entries = [
      entry('eqprop', 400_000, [4000, 6000], [30_000, 40_000], []),
      entry('int16', 200_000, [5000, 5000], [10_000, null], [60_000, 60_000]),
    ];
    await writeFile(file, JSON.stringify(entries));
    const tables = await run('--from', file);
    expect(tables).toContain('| eqprop | 2 G |\n| int16 | 1 G (0.5) |');
    expect(tables).toContain('| eqprop | 7 G |\n| int16 |  |');
    // Student's t of one degree of freedom is 12.706: 12.706 · 1,414 / √2.
    expect(tables).toContain('| eqprop | 20 | 5 ± 12.7 |');
    expect(tables).toContain('| 1 of 2 seeds |');
    expect(tables).toContain('| not by the grid |');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  [['--who', 'int61'], "there is no contender 'int61'; did you mean 'int16'?"],
  [['--who', 'aifes'], "'aifes' does not come along; name the folder of a clone"],
  [['--minibatch', '7'], 'no learning rates for minibatches of 7; there are for 20, 1'],
  [['--minibatch', 'x'], 'no learning rates for minibatches of x; there are for 20, 1'],
  [['pico', '--quick'], '--learning takes no boards: pico; choose cores by --core'],
  [['--seeds', 'x'], '--seeds x is no number of seeds; write 1 or more'],
  [['--aifes', '/no/such/folder'], 'does not hold AIfES'],
])('%j is told', async (parameters, words) => {
  await expect(run(...parameters)).rejects.toMatchObject({ stderr: expect.stringContaining(words), code: 1 });
});
