/** A network's weights in flash: the power goes at every byte of a save, and the flash has every fault. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../runs/small-data.js';
import { build, compilers, type Network, savedRun, writeDeployed } from './deployed.js';

const PATIENCE = 400_000;
const folder = temporaryFolder();
const small: Network = {
  settings: { network: '16-5-3', relaxation: 'exact', minibatch: 2, rates: [0.2, 0.1] },
  picture: { rows: 4, columns: 4 },
};
/** The network's save: a head, 95 weights and 8 biases of 2 and 4 bytes, a CRC. */
const SAVED = 32 + 2 * 95 + 4 * 8 + 4;
const NUMBER = 8;

let tools: Awaited<ReturnType<typeof compilers>>;
let program: string;
beforeAll(async () => {
  tools = await compilers();
  const programs = await journalsOf(small);
  program = programs[programs.length - 1];
}, PATIENCE);
afterAll(() => folder.remove());

/** A network's journal, by every compiler. */
async function journalsOf(network: Network): Promise<readonly string[]> {
  const built = await writeDeployed(savedRun(network), mkdtempSync(join(folder.path, 'journal-')), {});
  return [...tools].map(([name, compiler]) =>
    build(built, compiler, { program: 'journal.c', beside: ['eqprop_journal.c'], name }),
  );
}

/** Lines of an answer. */
function run(what: string, ...numbers: readonly number[]): readonly string[] {
  const { stdout, status, signal } = spawnSync(program, [what, ...numbers.map(String)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the program ended with ${status ?? signal}`);
  return stdout.trimEnd().split('\n');
}

const units = (bytes: number, unit: number) => Math.ceil(bytes / unit) * unit;
const sectorsOf = (sector: number, unit: number) =>
  Math.ceil((units(NUMBER, unit) + units(SAVED, unit)) / sector);

const HARMLESS = /^\d+ cuts: some old, some new, 0 lost, 0 untold, 0 broken after, 0 violations$/;

test('a save takes the sectors that the header tells', () => {
  for (const [sector, unit] of [
    [64, 16],
    [4096, 256],
    [16, 1],
    [131072, 4],
    [300, 4],
    [256, 256],
  ])
    expect(run('sectors', sector, unit)).toEqual([String(sectorsOf(sector, unit))]);
});

describe('a save that is cut at any byte leaves the old weights or the new, and the next save works', () => {
  test.each([
    ['two slots of several sectors', 64, 16, 2],
    ['one sector each', 512, 256, 2],
    ['slots to go round', 64, 32, 5],
    ['units of a byte', 16, 1, 3],
    ['a number over several units', 32, 4, 2],
    ['units that divide nothing', 48, 3, 2],
  ])('%s', (_, sector, unit, slots) => {
    const sectors = slots * sectorsOf(sector, unit) + (slots > 2 ? 1 : 0);
    for (const before of [0, 1, 2, slots, slots + 2]) {
      const [line] = run('cut', sector, unit, sectors, before);
      expect(line).toMatch(HARMLESS);
      // In each of three ways: at every byte that is erased or programmed, before the number is read again, and not at all.
      const bytes = sectorsOf(sector, unit) * sector + units(SAVED, unit) + units(NUMBER, unit);
      expect(Number.parseInt(line, 10)).toBe(3 * (bytes + 2));
    }
  });
});

test('weights of years: random flashes, the power going at random, again and again', () => {
  fc.assert(
    fc.property(
      fc.record({
        unit: fc.constantFrom(1, 2, 4, 8, 16, 32, 100, 256),
        perSector: fc.integer({ min: 1, max: 24 }),
        slots: fc.integer({ min: 2, max: 6 }),
        spare: fc.integer({ min: 0, max: 3 }),
        seed: fc.integer({ min: 1, max: 2 ** 31 }),
      }),
      ({ unit, perSector, slots, spare, seed }) => {
        const sector = unit * perSector;
        const sectors = slots * sectorsOf(sector, unit) + Math.min(spare, sectorsOf(sector, unit) - 1);
        expect(run('random', sector, unit, sectors, 200, seed)[0]).toMatch(HARMLESS);
      },
    ),
    { numRuns: 25 },
  );
});

test('each call of the flash that fails is told, and takes nothing away', () => {
  expect(run('failing', 64, 16)[0]).toMatch(HARMLESS);
});

test('all sectors wear alike', () => {
  const each = sectorsOf(64, 16);
  expect(run('wear', 64, 16, 6 * each + 2, 100)).toEqual([
    `16 to 17 erasures of ${6 * each} sectors, 0 broken, 0 violations`,
  ]);
});

test('a flash that does not hold what is programmed is told, and the old weights stay', () => {
  expect(run('faults', 64, 16, 2)).toEqual([
    'number worn: -10 0 old',
    'save worn: -10 0 old',
    'protected: -10 0 old, unchanged',
    'half protected: -10 0 old',
    'no erasing: -4 0 old, unchanged',
    'no programming: -4 0 old',
    'unreadable: -4 0 old, unchanged',
  ]);
});

test('with a slot to spare, one that is worn is passed over', () => {
  expect(run('faults', 64, 16, 3)).toEqual([
    'number worn: 0 0 new',
    'save worn: 0 0 new',
    'protected: 0 0 new',
    'half protected: 0 0 new',
    'no erasing: -4 0 old, unchanged',
    'no programming: -4 0 old',
    'unreadable: -4 0 old, unchanged',
  ]);
});

test('an area too small, and a description of none that can be, are refused before anything is erased', () => {
  expect(run('refusals')).toEqual([
    'short: -8 -8',
    '64/0/99: -11 -11',
    '0/16/99: -11 -11',
    '64/48/99: -11 -11',
    '1024/512/99: -11 -11',
    '64/16/0: -8 -8',
    '64/16/1: -8 -8',
    '65536/16/65536: -11 -11',
    '0 changes',
  ]);
});

test(
  'a flash that another network has used is taken over, and each finds its own newest save as long as it is there',
  async () => {
    const other = await journalsOf({ ...small, settings: { ...small.settings, network: '16-9-3' } });
    const [own, foreign] = [program, other[other.length - 1]];
    let flash: Buffer = Buffer.alloc(0);
    const goOn = (of: string) => {
      const { stdout, stderr, status } = spawnSync(of, ['on', '64', '16', '24'], { input: flash });
      expect(status).toBe(0);
      flash = stdout;
      return stderr.toString();
    };
    // Slots: four of 5 sectors, or three of 7. Steps: what was restored, then what was saved; each was deployed at step 20.
    expect(goOn(own)).toBe('-5 20, 0 21');
    expect(goOn(own)).toBe('0 21, 0 22');
    expect(goOn(foreign)).toBe('-6 20, 0 21');
    expect(goOn(foreign)).toBe('0 21, 0 22');
    // The foreign slot 1, sectors 7 to 13, lies on the own one, 5 to 9; the own slot 2, 10 to 14, on the foreign 1 and 2.
    expect(goOn(own)).toBe('0 21, 0 22');
    expect(goOn(own)).toBe('0 22, 0 23');
    expect(goOn(foreign)).toBe('-6 20, 0 21');
  },
  PATIENCE,
);

test('nothing is erased before the network has begun', () => {
  expect(run('begin')).toEqual(['-1 -5, 0 changes']);
});
