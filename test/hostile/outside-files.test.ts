/** Files that come from outside, or that a hand may have changed: data sets, presets, grids, plans. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { encode } from 'fast-png';
import { zipSync } from 'fflate';
import { stringify } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cellsOf } from '#host/comparison/cells';
import { ComparisonFolder, checkGrid, readGridFile } from '#host/comparison/index';
import { readIdxImages } from '#host/data/idx';
import { examplesIn, loadDataset } from '#host/data/index';
import { toNpy } from '#host/export/index';
import { checkRecipe, readPreset, recipeKeys } from '#host/model/index';
import { recipeOfNetwork } from '#host/reproduction/equilibrium-propagation/plan';
import { FindingsFolder, ReproductionFolder } from '#host/reproduction/index';
import { idxBytes } from '../data/idx-bytes.js';
import { smallValues, temporaryFolder, writeSmallData } from '../runs/small-data.js';
import { expectClear, expectClearly, mutated, nasty, tamperedJson } from './outcome.js';

let temporary: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  temporary = temporaryFolder();
});
afterAll(() => temporary.remove());
const at = (name: string) => join(temporary.path, name);

describe('a data set', () => {
  const images = idxBytes(
    [7, 3, 2],
    Uint8Array.from({ length: 42 }, (_, n) => n * 5),
  );

  test.each([
    ['plain', images],
    ['gzip', gzipSync(images)],
  ])('of any bytes, %s', async (_, whole) => {
    const path = at('images');
    await fc.assert(
      fc.asyncProperty(mutated(whole), async (bytes) => {
        writeFileSync(path, bytes);
        await expectClearly(path, bytes.toString('hex'), () => readIdxImages(path));
      }),
      { numRuns: 400 },
    );
  });

  test('of any header: nothing is allocated that is not there', async () => {
    const path = at('images');
    const edge = fc.oneof(fc.constantFrom(0, 1, 28, 4096, 4097, 2 ** 31, 2 ** 32 - 1), fc.nat(2 ** 31 - 1));
    await fc.assert(
      fc.asyncProperty(fc.tuple(edge, edge, edge), fc.boolean(), async (dimensions, zipped) => {
        const bytes = idxBytes(dimensions, new Uint8Array(50));
        writeFileSync(path, zipped ? gzipSync(bytes) : bytes);
        await expectClearly(path, dimensions.join(' × '), () => readIdxImages(path));
      }),
      { numRuns: 200 },
    );
  });

  test('of a little gzip that unpacks to much more than its header says', async () => {
    const path = at('bomb.gz');
    writeFileSync(path, gzipSync(Buffer.concat([idxBytes([1, 2, 2], [1, 2, 3, 4]), Buffer.alloc(1 << 28)])));
    const before = process.memoryUsage.rss();
    await expect(readIdxImages(path)).rejects.toMatchObject({ name: 'UserError', hint: expect.any(String) });
    expect(process.memoryUsage.rss() - before).toBeLessThan(1 << 27);
  });

  test('whose files do not fit together', async () => {
    writeSmallData(temporary.path, 20);
    const names = ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte'];
    for (const name of names) {
      const whole = readFileSync(at(name));
      await fc.assert(
        fc.asyncProperty(mutated(whole), async (bytes) => {
          writeFileSync(at(name), bytes);
          await expectClearly(temporary.path, name, () => loadDataset(temporary.path));
        }),
        { numRuns: 50 },
      );
      writeFileSync(at(name), whole);
    }
  });
});

/** Examples in every form but IDX. */
const numbers = toNpy(
  Float32Array.from({ length: 24 }, (_, n) => n % 7),
  [8, 3],
);
const classes = toNpy(Int16Array.from([0, 1, 0, 1, 0, 1, 0, 1]), [8]);
const picture = encode({
  width: 4,
  height: 4,
  data: Uint8Array.from({ length: 16 }, (_, n) => 17 * n),
  channels: 1,
});
const tables: readonly (readonly [name: string, whole: Uint8Array])[] = [
  [
    't.csv',
    Buffer.from(
      `ax;"ay";label\n${Array.from({ length: 8 }, (_, n) => `${n},5;-${n};${n % 2 ? 'a' : 'b'}`).join('\n')}\n`,
    ),
  ],
  ['t.npz', zipSync({ 'x.npy': numbers, 'y.npy': classes })],
  ['stored.npz', zipSync({ 'x.npy': numbers, 'y.npy': classes }, { level: 0 })],
  ['x.npy', numbers],
];

/** All examples of a file, as a model of three features would be asked them. */
async function askedIn(path: string) {
  const form = {
    reading: {},
    features: 3,
    picture: { rows: 1, columns: 3 },
    order: 'channels-first',
  } as const;
  const found = [];
  for await (const example of examplesIn(path, form)) found.push(example);
  return found;
}

describe('a table', () => {
  test.each(tables)('of any bytes: %s', async (name, whole) => {
    writeFileSync(at('y.npy'), classes);
    const path = at(name);
    await fc.assert(
      fc.asyncProperty(mutated(whole), async (bytes) => {
        writeFileSync(path, bytes);
        await expectClearly(temporary.path, bytes.toString('hex'), () => loadDataset(path));
        await expectClearly(temporary.path, bytes.toString('hex'), () => askedIn(path));
      }),
      { numRuns: 300 },
    );
  });

  test('of pictures of any bytes', async () => {
    const folder = at('pictures');
    for (const name of ['a', 'b']) {
      mkdirSync(join(folder, name), { recursive: true });
      for (const n of [0, 1, 2]) writeFileSync(join(folder, name, `${n}.png`), picture);
    }
    const path = join(folder, 'a', '1.png');
    await fc.assert(
      fc.asyncProperty(mutated(picture), async (bytes) => {
        writeFileSync(path, bytes);
        await expectClearly(folder, bytes.toString('hex'), () => loadDataset(folder));
      }),
      { numRuns: 300 },
    );
  });

  test('of a little archive that says it unpacks to more than there is room for', async () => {
    const whole = Buffer.from(zipSync({ 'x.npy': numbers, 'y.npy': classes }));
    // The size in the directory's entry, 24 bytes behind its signature.
    whole.writeUInt32LE(0xfffffff0, whole.indexOf(Buffer.from('PK\x01\x02')) + 24);
    writeFileSync(at('bomb.npz'), whole);
    const before = process.memoryUsage.rss();
    await expect(loadDataset(at('bomb.npz'))).rejects.toMatchObject({ name: 'UserError' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(1 << 28);
  });
});

const full = {
  ...smallValues,
  weights: 'Q2.13',
  states: 'Q3.12',
  'receptive-fields': '2..4',
  'input-dropout': 0.2,
  shift: 1,
  relaxation: 'exact',
  nudging: 'centered',
  schedule: 'cosine',
  'weight-decay': [0.001, 0],
  'decay-interval': 7,
  'evaluation-iterations': 20,
  validation: 'none',
  seed: 4,
};

describe('a preset', () => {
  test('of any bytes', () => {
    const path = at('preset.toml');
    fc.assert(
      fc.property(mutated(Buffer.from(stringify(full))), (bytes) => {
        writeFileSync(path, bytes);
        expectClear(path, bytes.toString(), () => {
          const { values, source } = readPreset(path);
          checkRecipe(values, source);
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('of any values', () => {
    const values = fc.dictionary(fc.constantFrom(...recipeKeys, 'unknown', '__proto__'), nasty, {
      maxKeys: 3,
    });
    fc.assert(
      fc.property(values, (changes) => {
        expectClear('here', JSON.stringify(changes), () => checkRecipe({ ...full, ...changes }, 'here'));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a grid', () => {
  const grid = {
    preset: 'small',
    data: 'd',
    device: 'simulated',
    recipe: { epochs: 2 },
    grid: { seed: [1, 2] },
  };

  test('of any bytes', () => {
    const path = at('grid.toml');
    fc.assert(
      fc.property(mutated(Buffer.from(stringify(grid))), (bytes) => {
        writeFileSync(path, bytes);
        expectClear(path, bytes.toString(), () => {
          const { recipe, grid: alternatives } = readGridFile(path);
          cellsOf(checkGrid({ preset: 'small', recipe: { ...smallValues, ...recipe }, alternatives }, path));
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('of any values', () => {
    const path = at('grid.toml');
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...recipeKeys, '__proto__'), fc.array(nasty, { maxLength: 4 }), {
          maxKeys: 3,
        }),
        (alternatives) => {
          expectClear(path, JSON.stringify(alternatives), () =>
            cellsOf(checkGrid({ preset: 'small', recipe: smallValues, alternatives }, path)),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('that has more cells than anyone could run', () => {
    const path = at('grid.toml');
    const many = Array.from({ length: 1000 }, (_, n) => n);
    const alternatives = {
      seed: many,
      beta: many.map((n) => (n + 1) / 1000),
      minibatch: many.map((n) => 1 + (n % 20)),
    };
    expectClear(path, 'many', () =>
      cellsOf(checkGrid({ preset: 'small', recipe: smallValues, alternatives }, path)),
    );
  });
});

/** A plan's file, its values changed and then its bytes. */
function expectClearWhenTampered(name: string, plan: object, open: () => void): void {
  const opened = (content: string | Uint8Array) => {
    writeFileSync(at(name), content);
    expectClear(name, content.toString(), open);
  };
  fc.assert(
    fc.property(tamperedJson(plan), (tampered) => opened(JSON.stringify(tampered))),
    { numRuns: 1000 },
  );
  fc.assert(fc.property(mutated(Buffer.from(JSON.stringify(plan))), opened), { numRuns: 500 });
}

describe('a plan', () => {
  test('compare.json', () => {
    const plan = {
      hostVersion: '0.1.0',
      grid: { preset: 'small', recipe: { ...smallValues }, alternatives: { seed: [1, 2] } },
      device: 'simulated',
      deviceOptions: { baudRate: 115_200 },
      patience: 30,
      verification: 'digest',
      reference: true,
      margin: 0.1,
    };
    const open = () => cellsOf(ComparisonFolder.open(temporary.path).plan.grid);
    expectClearWhenTampered('compare.json', plan, open);
  });

  test.each([0, 2_147_484, 1e300])('compare.json with a patience of %d s', (patience) => {
    const plan = { hostVersion: '', grid: { preset: 'small', recipe: {}, alternatives: {} } };
    const rest = { device: 'simulated', deviceOptions: { baudRate: 9600 }, verification: 'off' };
    const content = JSON.stringify({ ...plan, ...rest, patience, reference: true, margin: 0 });
    writeFileSync(join(temporary.path, 'compare.json'), content);
    expect(() => ComparisonFolder.open(temporary.path)).toThrow(
      /patience: write seconds above 0, up to 2147483/,
    );
  });

  test('reproduction.json', () => {
    const plan = {
      form: 'quick',
      relaxation: 'paper',
      seed: 1,
      images: 2000,
      data: 'somewhere',
      networks: [{ number: 1, epochs: 10 }],
    };
    const open = () => {
      const folder = ReproductionFolder.open(temporary.path, [], undefined);
      for (const network of folder.networks) recipeOfNetwork(folder.settings, network);
    };
    expectClearWhenTampered('reproduction.json', plan, open);
  });

  test('experiments.json', () => {
    const plan = { paper: 'stdp', form: 'quick', seed: 1, data: 'somewhere', experiments: ['one'] };
    expectClearWhenTampered('experiments.json', plan, () => FindingsFolder.open(temporary.path, 'stdp', []));
  });
});
