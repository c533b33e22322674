import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '#host/ground/index';
import { PersistentStates } from '#host/records/persistent-states';
import { dropStates, readStates, requireStates, saveStates, statesFile } from '#host/records/state-journal';
import type { StateMark } from '#host/records/state-mark';
import { temporaryFolder } from '../runs/small-data.js';

const UNITS = 3;
let folder: ReturnType<typeof temporaryFolder>;
const at = (generation: number) => join(folder.path, statesFile(generation));

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

function change(states: PersistentStates, indices: readonly number[], value: number): void {
  states.keep(Uint32Array.from(indices), new Int16Array(indices.length * UNITS).fill(value));
}

function save(states: PersistentStates): StateMark {
  const mark = saveStates(folder.path, states);
  states.settle(mark);
  return mark;
}

function read(mark: StateMark, examples: number): PersistentStates {
  const states = new PersistentStates(examples, UNITS, 16);
  readStates(folder.path, mark, states);
  return states;
}

test('only what changed is written', () => {
  const states = new PersistentStates(1000, UNITS, 16);
  expect(save(states).bytes).toBe(0);
  change(states, [999, 0, 5], 7);
  const mark = save(states);
  expect(mark.bytes).toBe(4 + 3 * (4 + 2 * UNITS) + 32);
  expect(save(states)).toEqual(mark);
  change(states, [5, 6], -8);
  expect(save(states).bytes).toBe(mark.bytes + 4 + 2 * (4 + 2 * UNITS) + 32);
  expect(statSync(at(1)).size).toBe(save(states).bytes);
});

test.each([8, 16, 32] as const)('what is saved is read, beside weights of %i bits', (storage) => {
  const states = new PersistentStates(5000, UNITS, storage);
  const marks: StateMark[] = [];
  const copies: (Int16Array | Int32Array)[] = [];
  for (let step = 1; step <= 12; step++) {
    // More than a record holds, and everything every fourth time.
    const count = step % 4 === 0 ? 5000 : 2100;
    const indices = Uint32Array.from({ length: count }, (_, n) => (n * 7 + step) % 5000);
    const values = Array.from({ length: count * UNITS }, (_, n) => step * 1000 + n);
    states.keep(indices, storage === 32 ? Int32Array.from(values) : Int16Array.from(values));
    marks.push(save(states));
    copies.push(states.states.slice());
  }
  expect(new Set(marks.map(({ generation }) => generation)).size).toBeGreaterThan(2);
  marks.forEach((mark, n) => {
    const again = new PersistentStates(5000, UNITS, storage);
    readStates(folder.path, mark, again);
    expect(again.states).toEqual(copies[n]);
    expect(again.changed.size).toBe(0);
    expect(again.mark).toEqual(mark);
  });
});

test('a file never grows beyond twice the states', () => {
  const states = new PersistentStates(20, UNITS, 16);
  for (let step = 0; step < 100; step++) {
    change(states, [step % 20, (step * 3) % 20, (step * 7) % 20], step);
    const { rows } = save(states);
    expect(rows).toBeLessThanOrEqual(40);
  }
});

describe('behind what a checkpoint owns', () => {
  test('anything may stand; it is cut off when the next is saved', () => {
    const states = new PersistentStates(100, UNITS, 16);
    change(states, [1, 2], 3);
    const mark = save(states);
    const whole = readFileSync(at(1));
    for (const tail of [1, 3, 4, 35, 500]) {
      writeFileSync(at(1), whole);
      appendFileSync(at(1), Buffer.alloc(tail, 0xab));
      requireStates(folder.path, mark, states);
      const resumed = read(mark, 100);
      expect(resumed.states).toEqual(states.states);
      change(resumed, [2, 3], 4);
      const next = save(resumed);
      expect(statSync(at(1)).size).toBe(next.bytes);
      expect(read(next, 100).states).toEqual(resumed.states);
      expect(read(mark, 100).states).toEqual(states.states);
    }
  });
});

describe('damage', () => {
  const damage = /is damaged|is not there/;

  test('of any byte and any length is found', () => {
    const states = new PersistentStates(100, UNITS, 16);
    change(states, [1, 2], 3);
    save(states);
    change(states, [2, 7], 9);
    const mark = save(states);
    const whole = readFileSync(at(1));
    for (let i = 0; i < whole.length; i++) {
      const damaged = Buffer.from(whole);
      damaged[i] ^= 1 << (i % 8);
      writeFileSync(at(1), damaged);
      expect(() => requireStates(folder.path, mark, states), `byte ${i}`).toThrow(damage);
      writeFileSync(at(1), whole.subarray(0, i));
      expect(() => requireStates(folder.path, mark, states), `${i} bytes`).toThrow(damage);
    }
    rmSync(at(1));
    expect(() => requireStates(folder.path, mark, states)).toThrow(UserError);
  });

  test('of the file under a running program: everything is saved anew', () => {
    const states = new PersistentStates(100, UNITS, 16);
    change(states, [1, 2], 3);
    save(states);
    truncateSync(at(1), 10);
    change(states, [50], 5);
    const mark = save(states);
    expect(mark.generation).toBe(2);
    expect(read(mark, 100).states).toEqual(states.states);
  });

  test('marks of other states', () => {
    const states = new PersistentStates(100, UNITS, 16);
    change(states, [1, 99], 3);
    const mark = save(states);
    const odd: Readonly<Record<string, Partial<StateMark>>> = {
      bytes: { bytes: mark.bytes - 1 },
      'no bytes': { bytes: 0 },
      rows: { rows: 3 },
      hash: { hash: '0'.repeat(64) },
      generation: { generation: 2 },
    };
    for (const [what, changed] of Object.entries(odd))
      expect(() => requireStates(folder.path, { ...mark, ...changed }, states), what).toThrow(damage);
    expect(() => requireStates(folder.path, mark, { units: UNITS + 1, width: 2 })).toThrow(damage);
    expect(() => read(mark, 99)).toThrow('more examples than the data set');
  });
});

test('files that no checkpoint names are removed', () => {
  for (const generation of [1, 2, 3, 4]) writeFileSync(at(generation), '');
  writeFileSync(join(folder.path, 'states-of-mind.eqp'), '');
  dropStates(folder.path, 4, () => [2]);
  expect(readdirSync(folder.path).sort()).toEqual(['states-2.eqp', 'states-4.eqp', 'states-of-mind.eqp']);
});

describe.skipIf(process.platform !== 'linux')('a full disk', () => {
  const full = { name: 'UserError', message: expect.stringContaining('the disk is full') };

  test('while appending: an error says so, and what changed is saved the next time', () => {
    const states = new PersistentStates(100, UNITS, 16);
    save(states);
    rmSync(at(1));
    symlinkSync('/dev/full', at(1));
    change(states, [1], 3);
    expect(() => save(states)).toThrow(expect.objectContaining(full));
    rmSync(at(1));
    const mark = save(states);
    expect(read(mark, 100).states).toEqual(states.states);
  });

  test('in a folder that is gone', () => {
    rmSync(folder.path, { recursive: true });
    expect(() => save(new PersistentStates(10, UNITS, 16))).toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringContaining('could not save') }),
    );
  });
});
