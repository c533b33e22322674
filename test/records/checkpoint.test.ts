import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CHECKPOINT,
  type Checkpoint,
  hasCheckpoint,
  loadCheckpoint,
  PREVIOUS,
  saveCheckpoint,
} from '#host/records/checkpoint';
import { temporaryFolder } from '../runs/small-data.js';

const FRESH = `${CHECKPOINT}.new`;
const arrays = {
  'weights 0': Int16Array.of(1, -2, 32767, -32768),
  'weights 1': Int8Array.of(127, -128, 0),
  'biases 0': Int32Array.of(2 ** 31 - 1, -(2 ** 31), 0),
  shadow: Float64Array.of(Math.PI, -0, Number.MIN_VALUE, Number.MAX_VALUE),
  none: new Int16Array(0),
};
const state = { step: 3, name: 'ünïcode', nested: { list: [1, 2.5, null] } };

let folder: ReturnType<typeof temporaryFolder>;
const at = (name: string) => join(folder.path, name);
const save = (step: number) => saveCheckpoint(folder.path, { state: { ...state, step }, arrays });
const stepOf = ({ checkpoint }: { readonly checkpoint: Checkpoint<unknown> }) =>
  (checkpoint.state as { step: number }).step;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

test('what is saved is loaded, to the bit', () => {
  save(3);
  const { checkpoint, note } = loadCheckpoint(folder.path);
  expect(note).toBeUndefined();
  expect(checkpoint.state).toEqual(state);
  expect(checkpoint.arrays).toEqual(arrays);
  expect(Object.is(checkpoint.arrays.shadow[1], -0)).toBe(true);
  expect(existsSync(at(FRESH))).toBe(false);
});

test('views of larger buffers are saved alone', () => {
  const view = Int16Array.of(9, 8, 7, 6, 5).subarray(1, 4);
  saveCheckpoint(folder.path, { state: {}, arrays: { view } });
  expect(loadCheckpoint(folder.path).checkpoint.arrays.view).toEqual(Int16Array.of(8, 7, 6));
});

test('the one before is kept', () => {
  for (const step of [1, 2, 3]) save(step);
  expect(stepOf(loadCheckpoint(folder.path))).toBe(3);
  renameSync(at(PREVIOUS), at(CHECKPOINT));
  expect(stepOf(loadCheckpoint(folder.path))).toBe(2);
});

describe('damage', () => {
  test('of any byte is found', () => {
    save(1);
    const whole = readFileSync(at(CHECKPOINT));
    for (let i = 0; i < whole.length; i++) {
      const damaged = Buffer.from(whole);
      damaged[i] ^= 1 << (i % 8);
      writeFileSync(at(CHECKPOINT), damaged);
      expect(() => loadCheckpoint(folder.path), `byte ${i}`).toThrow(`${at(CHECKPOINT)} is damaged`);
    }
  });

  test('of the length is found', () => {
    save(1);
    const whole = readFileSync(at(CHECKPOINT));
    for (const length of [0, 1, 8, 12, 43, 44, whole.length - 32, whole.length - 1]) {
      writeFileSync(at(CHECKPOINT), whole.subarray(0, length));
      expect(() => loadCheckpoint(folder.path), `${length} bytes`).toThrow('is damaged');
    }
    writeFileSync(at(CHECKPOINT), Buffer.concat([whole, Buffer.from([0])]));
    expect(() => loadCheckpoint(folder.path)).toThrow('is damaged');
  });

  test('of the newest: the one before is taken, and why is said', () => {
    save(1);
    save(2);
    truncateSync(at(CHECKPOINT), 100);
    const loaded = loadCheckpoint(folder.path);
    expect(stepOf(loaded)).toBe(1);
    expect(loaded.note).toBe(
      `${at(CHECKPOINT)} is damaged: its checksum does not fit its content; taking ${at(PREVIOUS)} instead`,
    );
  });

  test('of both: an error that names both', () => {
    save(1);
    save(2);
    truncateSync(at(CHECKPOINT), 100);
    writeFileSync(at(PREVIOUS), 'something else altogether, long enough for a checkpoint');
    expect(() => loadCheckpoint(folder.path)).toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: expect.stringMatching(
          /checkpoint\.eqp is damaged: its checksum.*checkpoint\.previous\.eqp is damaged: it does not begin/,
        ),
        hint: expect.stringContaining('start a new run'),
      }),
    );
  });

  test('of the newest does not cost the good one when the next is saved', () => {
    save(1);
    save(2);
    truncateSync(at(CHECKPOINT), 100);
    save(3);
    expect(stepOf(loadCheckpoint(folder.path))).toBe(3);
    truncateSync(at(CHECKPOINT), 100);
    expect(stepOf(loadCheckpoint(folder.path))).toBe(1);
  });

  test('of the newest while a fresh one is whole: that is kept when the next is saved', () => {
    save(1);
    renameSync(at(CHECKPOINT), at(FRESH));
    writeFileSync(at(CHECKPOINT), 'damaged');
    save(2);
    truncateSync(at(CHECKPOINT), 100);
    expect(stepOf(loadCheckpoint(folder.path))).toBe(1);
  });

  test('that lets nothing take its place: the fresh one is taken', () => {
    mkdirSync(at(CHECKPOINT));
    expect(() => save(1)).toThrow(`could not save ${at(CHECKPOINT)}`);
    expect(stepOf(loadCheckpoint(folder.path))).toBe(1);
  });
});

describe('a crash', () => {
  test('while the file is written', () => {
    save(1);
    writeFileSync(at(FRESH), readFileSync(at(CHECKPOINT)).subarray(0, 50));
    expect(loadCheckpoint(folder.path)).toEqual({ checkpoint: loadCheckpoint(folder.path).checkpoint });
    expect(stepOf(loadCheckpoint(folder.path))).toBe(1);
    save(2);
    expect(stepOf(loadCheckpoint(folder.path))).toBe(2);
    expect(existsSync(at(FRESH))).toBe(false);
  });

  test('between the two renames: the fresh one is taken', () => {
    save(1);
    save(2);
    // As it was just before the last rename.
    renameSync(at(CHECKPOINT), at(FRESH));
    const loaded = loadCheckpoint(folder.path);
    expect(stepOf(loaded)).toBe(2);
    expect(loaded.note).toBe(`${at(CHECKPOINT)} is not there; taking ${at(FRESH)} instead`);
    save(3);
    expect(stepOf(loadCheckpoint(folder.path))).toBe(3);
  });

  test('between the two renames, of a fresh one that never reached the disk: the previous one is taken', () => {
    save(1);
    save(2);
    renameSync(at(CHECKPOINT), at(FRESH));
    truncateSync(at(FRESH), 60);
    expect(stepOf(loadCheckpoint(folder.path))).toBe(1);
  });
});

test('a first saving that was cut short leaves none', () => {
  save(1);
  const whole = readFileSync(at(CHECKPOINT));
  renameSync(at(CHECKPOINT), at(FRESH));
  expect(hasCheckpoint(folder.path)).toBe(true);
  expect(stepOf(loadCheckpoint(folder.path))).toBe(1);
  writeFileSync(at(FRESH), whole.subarray(0, whole.length - 1));
  expect(hasCheckpoint(folder.path)).toBe(false);
  expect(() => loadCheckpoint(folder.path)).toThrow(`there is no checkpoint in ${folder.path}`);
  save(2);
  expect(stepOf(loadCheckpoint(folder.path))).toBe(2);
});

test('a folder without one', () => {
  expect(hasCheckpoint(folder.path)).toBe(false);
  expect(() => loadCheckpoint(folder.path)).toThrow(
    expect.objectContaining({ name: 'UserError', message: `there is no checkpoint in ${folder.path}` }),
  );
  save(1);
  expect(hasCheckpoint(folder.path)).toBe(true);
});

test.skipIf(process.platform !== 'linux')('a full disk: an error says so, and nothing is lost', () => {
  save(1);
  save(2);
  symlinkSync('/dev/full', at(FRESH));
  expect(() => save(3)).toThrow(
    expect.objectContaining({
      name: 'UserError',
      message: `could not save ${at(CHECKPOINT)}: the disk is full`,
      hint: expect.stringContaining('--resume'),
    }),
  );
  expect(stepOf(loadCheckpoint(folder.path))).toBe(2);
  expect(existsSync(at(FRESH))).toBe(false);
  save(3);
  expect(stepOf(loadCheckpoint(folder.path))).toBe(3);
});

test('a folder that is gone', () => {
  const gone = join(folder.path, 'gone');
  expect(() => saveCheckpoint(gone, { state, arrays })).toThrow(
    expect.objectContaining({ name: 'UserError', message: expect.stringContaining('could not save') }),
  );
});
