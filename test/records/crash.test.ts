/** A run that is saved can be killed at any change to its folder: the newest or the previous checkpoint is whole. */
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { formatsOf, graphOf, integerArrays } from '#host/model/index';
import { CHECKPOINT, PREVIOUS } from '#host/records/checkpoint';
import { emptyTally } from '#host/records/metrics';
import { PersistentStates } from '#host/records/persistent-states';
import { loadRun, saveRun } from '#host/records/saved-run';
import { readStates } from '#host/records/state-journal';
import { smallRecipe, temporaryFolder } from '../runs/small-data.js';
import { changesMade, crashAt } from './crashing-fs.js';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const { crashing } = await import('./crashing-fs.js');
  return { ...real, ...crashing(real) };
});

const EXAMPLES = 8;
const recipe = smallRecipe({ network: '36-3-4', start: 'persistent' });
const { storage } = formatsOf(recipe);
const sizes = graphOf(recipe).layers.map(({ units }) => units);
const settings = {
  preset: 'test',
  picture: { rows: 1, columns: sizes[0] },
  recipe,
  shadow: false,
  compareEvery: 0,
};
const noReference = {
  run: () => Promise.reject(new Error('there is no shadow')),
};

/** A run as far as its saving goes: every value of it tells the step. */
class Run {
  readonly states = new PersistentStates(EXAMPLES, sizes[1] + sizes[2], storage);
  step = 0;

  constructor(readonly folder: string) {}

  static resumed(folder: string): Run {
    const { state } = loadRun(folder);
    const run = new Run(folder);
    run.step = state.position.step;
    if (!state.states) throw new Error('no states were saved');
    readStates(folder, state.states, run.states);
    return run;
  }

  get position() {
    const counts = { saturations: 0, checked: 0, seconds: 0, tally: emptyTally() };
    return { step: this.step, digest: '0'.repeat(16), ...counts };
  }

  async parameters() {
    const { step } = this;
    return {
      weights: [0, 1].map((k) => new integerArrays[storage](sizes[k] * sizes[k + 1]).fill(step)),
      biases: [0, 1].map((k) => new Int32Array(sizes[k + 1]).fill(step)),
    };
  }

  /** A step changes three examples' states. */
  train(): void {
    const step = ++this.step;
    const { units } = this.states;
    const indices = Uint32Array.from({ length: 3 }, (_, n) => (3 * step + n) % EXAMPLES);
    this.states.keep(indices, new Int16Array(3 * units).fill(step));
  }

  save(): Promise<void> {
    return saveRun(this.folder, settings, { kernel: 'k', dataHash: 'd' }, this, noReference);
  }
}

/** Files that a run of so many steps has saved. */
function expected(step: number) {
  const run = new Run('');
  while (run.step < step) run.train();
  return [...run.states.states];
}

function expectWhole(folder: string, ...steps: readonly number[]): Run {
  const run = Run.resumed(folder);
  expect(steps).toContain(run.step);
  expect([...run.states.states]).toEqual(expected(run.step));
  for (const matrix of loadRun(folder).parameters.weights)
    expect(new Set(matrix)).toEqual(new Set([run.step]));
  return run;
}

let temporary: ReturnType<typeof temporaryFolder>;
let folders = 0;
const fresh = () => join(temporary.path, `run-${folders++}`);
/** Folders with checkpoints of steps 0 … n, by n. */
const saved: string[] = [];
const LAST = 10;

beforeAll(async () => {
  temporary = temporaryFolder();
  const folder = fresh();
  mkdirSync(folder);
  const run = new Run(folder);
  for (let step = 0; step <= LAST; step++) {
    if (step > 0) run.train();
    await run.save();
    saved[step] = fresh();
    cpSync(folder, saved[step], { recursive: true });
  }
});
afterAll(() => temporary.remove());

const copyOf = (step: number) => {
  const folder = fresh();
  if (step >= 0) cpSync(saved[step], folder, { recursive: true });
  return folder;
};

/** Saves, and is killed at a change; where only what is superfluous was left to remove, saving does not say so. */
async function crash(run: Run, change: number): Promise<void> {
  crashAt(change);
  await run.save().catch(() => undefined);
  crashAt(undefined);
}

async function changesOf(run: Run): Promise<number> {
  crashAt(undefined);
  await run.save();
  return changesMade();
}

/** Whose next saving appends, begins a generation, and removes the one before. */
const [APPENDING, BEGINNING, REMOVING] = [1, 5, 6];

test('generations follow one another, and those no checkpoint names are gone', () => {
  const generations = saved.map((folder) => readdirSync(folder).filter((name) => name.startsWith('states-')));
  const [first, second] = [['states-1.eqp'], ['states-2.eqp']];
  expect(generations.slice(0, BEGINNING + 1)).toEqual(Array.from({ length: BEGINNING + 1 }, () => first));
  expect(generations[BEGINNING + 1]).toEqual([...first, ...second]);
  expect(generations[REMOVING + 1]).toEqual(second);
  expect(generations.flat()).toContain('states-3.eqp');
});

describe.each([
  0,
  APPENDING,
  BEGINNING,
  REMOVING,
])('killed at any change while step %i + 1 is saved', (step) => {
  const trained = () => {
    const run = Run.resumed(copyOf(step));
    run.train();
    return run;
  };

  test('the newest checkpoint is whole, and the run goes on', async () => {
    const changes = await changesOf(trained());
    expect(changes).toBeGreaterThan(5);
    for (let change = 0; change < changes; change++) {
      const run = trained();
      await crash(run, change);
      const resumed = expectWhole(run.folder, step, step + 1);
      for (let more = 0; more < 3; more++) {
        resumed.train();
        await resumed.save();
        expectWhole(run.folder, resumed.step);
      }
    }
  });

  // Elsewhere it is the same once more.
  test.runIf([0, BEGINNING].includes(step))('twice in a row, too', async () => {
    const changes = await changesOf(trained());
    for (let change = 0; change < changes; change++) {
      const first = trained();
      await crash(first, change);
      const once = fresh();
      cpSync(first.folder, once, { recursive: true });
      for (let again = 0; again < changes; again++) {
        const folder = fresh();
        cpSync(once, folder, { recursive: true });
        const second = Run.resumed(folder);
        const from = second.step;
        second.train();
        await crash(second, again);
        expectWhole(folder, from, from + 1);
        rmSync(folder, { recursive: true });
      }
    }
  });

  test.skipIf(step === 0)('the previous checkpoint is whole beside it', async () => {
    const changes = await changesOf(trained());
    for (let change = 0; change < changes; change++) {
      const run = trained();
      await crash(run, change);
      for (const name of [CHECKPOINT, `${CHECKPOINT}.new`]) rmSync(join(run.folder, name), { force: true });
      const previous = expectWhole(run.folder, step - 1, step);
      previous.train();
      await previous.save();
      expectWhole(run.folder, previous.step);
    }
  });
});

test('killed at any change of the very first saving: there is none, or the first', async () => {
  const begun = () => {
    const folder = fresh();
    mkdirSync(folder);
    return new Run(folder);
  };
  const changes = await changesOf(begun());
  for (let change = 0; change < changes; change++) {
    const run = begun();
    await crash(run, change);
    const names = readdirSync(run.folder);
    if (names.includes(CHECKPOINT) || names.includes(PREVIOUS)) expectWhole(run.folder, 0);
    const next = new Run(run.folder);
    await next.save();
    expectWhole(run.folder, 0);
    next.train();
    await next.save();
    expect(readdirSync(run.folder).filter((name) => name.startsWith('states-'))).toHaveLength(1);
  }
});
