/** Files of a run's folder as an enemy, or a failing disk, would have them. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHECKPOINT, PREVIOUS, readCheckpoint } from '#host/records/checkpoint';
import { loadRun, RunFolder } from '#host/records/index';
import { statesFile } from '#host/records/state-journal';
import { begin, goOn } from '../runs/runs.js';
import { smallRecipe, temporaryFolder, writeSmallData } from '../runs/small-data.js';
import {
  checkpointBytes,
  checkpointParts,
  expectClear,
  expectClearly,
  mutated,
  tamperedJson,
} from './outcome.js';

let temporary: ReturnType<typeof temporaryFolder>;
let data: string;
/** A run in the middle of its last epoch, with states and a shadow. */
let run: string;
let checkpoint: Buffer;

beforeAll(async () => {
  temporary = temporaryFolder();
  data = temporary.path;
  writeSmallData(data, 40);
  run = join(data, 'run');
  const recipe = smallRecipe({
    network: '36-6-4',
    start: 'persistent',
    training: '0..32',
    validation: '32..40',
    epochs: 2,
  });
  await begin({
    data,
    folder: run,
    recipe,
    shadow: true,
    compareEvery: 2,
    interruptAt: ({ phase, epoch }) => phase === 'training' && epoch === 2,
  });
  rmSync(join(run, PREVIOUS));
  checkpoint = readFileSync(join(run, CHECKPOINT));
});
afterAll(() => temporary.remove());

/** Resumes, into a run or a reason. */
function loadWith(bytes: Uint8Array, what: string): void {
  const path = join(run, CHECKPOINT);
  writeFileSync(path, bytes);
  expectClear(run, what, () => {
    loadRun(run);
    readCheckpoint(path);
  });
}

describe('a checkpoint', () => {
  test('of any bytes', () => {
    fc.assert(
      fc.property(mutated(checkpoint), (bytes) => loadWith(bytes, 'mutated')),
      { numRuns: 400 },
    );
  });

  test('of any header with the right checksum', () => {
    const { header, body } = checkpointParts(checkpoint);
    fc.assert(
      fc.property(tamperedJson(header), (tampered) =>
        loadWith(checkpointBytes(tampered, body), JSON.stringify(tampered) ?? ''),
      ),
      { numRuns: 1000 },
    );
  });

  test.each<[string, unknown]>([
    ['huge array', { state: {}, arrays: [{ name: 'weights 0', kind: 'i16', length: 2 ** 40 }] }],
    ['greater than numbers go', { state: {}, arrays: [{ name: 'weights 0', kind: 'f64', length: 1e300 }] }],
    ['negative length', { state: {}, arrays: [{ name: 'weights 0', kind: 'i8', length: -4 }] }],
    [
      'a sum that fits',
      {
        state: {},
        arrays: [
          { name: 'a', kind: 'i8', length: 20 },
          { name: 'b', kind: 'i8', length: -16 },
        ],
      },
    ],
    ['fraction', { state: {}, arrays: [{ name: 'weights 0', kind: 'i8', length: 0.5 }] }],
    ['unknown kind', { state: {}, arrays: [{ name: 'weights 0', kind: 'toString', length: 4 }] }],
    ['no arrays', { state: {} }],
    ['null', null],
    ['a number', 7],
    ['no JSON', '{"state":'],
    ['no UTF-8', '\uffff'],
  ])('whose header is odd: %s', (_, header) => {
    const path = join(run, CHECKPOINT);
    writeFileSync(path, checkpointBytes(header, new Uint8Array(4)));
    expect(() => loadRun(run)).toThrow(expect.objectContaining({ name: 'UserError' }));
    expectClear(path, 'odd', () => readCheckpoint(path));
  });

  test('whose header claims more than there is', () => {
    for (const length of [0, 1, 1000, 2 ** 31, 2 ** 32 - 1])
      loadWith(checkpointBytes('{}', new Uint8Array(8), length), `${length} bytes of header`);
  });

  test('with arrays named as every object’s own', () => {
    const { header, body } = checkpointParts(checkpoint);
    const { state, arrays } = header as { state: unknown; arrays: { name: string }[] };
    for (const name of ['__proto__', 'constructor', 'weights 0 ', '']) {
      const renamed = [{ ...arrays[0], name }, ...arrays.slice(1)];
      writeFileSync(join(run, CHECKPOINT), checkpointBytes({ state, arrays: renamed }, body));
      expect(() => loadRun(run), name).toThrow('does not hold what its recipe and data set take: weights 0');
    }
  });

  test.each([
    ...['preset', 'picture', 'picture.rows', 'recipe', 'recipe.seed', 'shadow', 'compareEvery', 'kernel'],
    ...['dataHash', 'position', 'position.tally.products', 'states', 'states.hash'],
  ])('without %s, which is told with what to do', (name) => {
    const { header, body } = checkpointParts(checkpoint);
    const { state, arrays } = structuredClone(header) as { state: Record<string, unknown>; arrays: unknown };
    const keys = name.split('.');
    const last = keys.pop() ?? '';
    const holder = keys.reduce((at, key) => at[key] as Record<string, unknown>, state);
    delete holder[last];
    writeFileSync(join(run, CHECKPOINT), checkpointBytes({ state, arrays }, body));
    expect(() => loadRun(run)).toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: expect.stringMatching(new RegExp(`${CHECKPOINT}.*${last} is missing`)),
        hint: expect.stringContaining('go on with the version of eqprop that wrote it'),
      }),
    );
  });

  test('of another picture than its network', () => {
    const { header, body } = checkpointParts(checkpoint);
    const { state, arrays } = header as { state: object; arrays: unknown };
    const other = { ...state, picture: { rows: 5, columns: 7 } };
    writeFileSync(join(run, CHECKPOINT), checkpointBytes({ state: other, arrays }, body));
    expect(() => loadRun(run)).toThrow('names images of 5 × 7 pixels for 36 inputs');
  });

  test('of another network than its recipe', () => {
    const { header, body } = checkpointParts(checkpoint);
    const { state, arrays } = header as { state: { recipe: object }; arrays: unknown };
    for (const network of ['36-7-4', '35-6-4', '36-65535-4', '65535-65535-4'])
      expect(() => {
        writeFileSync(
          join(run, CHECKPOINT),
          checkpointBytes({ state: { ...state, recipe: { ...state.recipe, network } }, arrays }, body),
        );
        loadRun(run);
      }, network).toThrow(expect.objectContaining({ name: 'UserError' }));
  });

  test('resumed, whatever its header says, is a run or a reason', async () => {
    const { header, body } = checkpointParts(checkpoint);
    const position = (header as { state: { position: unknown } }).state.position;
    await fc.assert(
      fc.asyncProperty(tamperedJson(position), async (tampered) => {
        const folder = join(data, 'resumed');
        cpSync(run, folder, { recursive: true });
        const { state, arrays } = header as { state: object; arrays: unknown };
        const bytes = checkpointBytes({ state: { ...state, position: tampered }, arrays }, body);
        writeFileSync(join(folder, CHECKPOINT), bytes);
        await expectClearly('', JSON.stringify(tampered), () => goOn(folder));
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 25 },
    );
  });
});

test('states of any bytes', () => {
  writeFileSync(join(run, CHECKPOINT), checkpoint);
  const path = join(run, statesFile(1));
  expect(existsSync(path)).toBe(true);
  const whole = readFileSync(path);
  fc.assert(
    fc.property(mutated(whole), (bytes) => {
      writeFileSync(path, bytes);
      expectClear(path, 'mutated', () => loadRun(run));
    }),
    { numRuns: 300 },
  );
  writeFileSync(path, whole);
  loadRun(run);
});

describe('metrics.jsonl', () => {
  test('of any bytes', () => {
    const path = join(run, 'metrics.jsonl');
    const whole = readFileSync(path);
    fc.assert(
      fc.property(mutated(whole), (bytes) => {
        writeFileSync(path, bytes);
        expectClear(path, bytes.toString(), () => {
          for (const { kind, step } of new RunFolder(run).metrics())
            expect(typeof kind).toBe(typeof `${step}`);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('of any values', () => {
    const path = join(run, 'metrics.jsonl');
    const entry = {
      kind: 'final',
      step: 3,
      evaluations: [{ set: 'test', start: 'zero', samples: 4, error: 1 }],
      seconds: 1,
    };
    fc.assert(
      fc.property(tamperedJson(entry), (tampered) => {
        writeFileSync(path, `${JSON.stringify(tampered)}\n${JSON.stringify(entry)}\n`);
        expectClear(path, JSON.stringify(tampered), () => {
          for (const entry of new RunFolder(run).metrics())
            if (entry.kind === 'final') for (const { error } of entry.evaluations) error.toFixed(2);
        });
      }),
      { numRuns: 500 },
    );
  });
});
