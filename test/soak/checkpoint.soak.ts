/** Costs of a checkpoint of the deepest network, with all states in it as before, and with those that changed. */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesOf } from '#host/ground/index';
import { checkRecipe, formatsOf, graphOf, integerArrays, readPreset } from '#host/model/index';
import { CHECKPOINT } from '#host/records/checkpoint';
import { emptyTally, loadRun, PersistentStates, saveCheckpoint, saveRun } from '#host/records/index';
import { readStates } from '#host/records/state-journal';
import { temporaryFolder } from '../runs/small-data.js';

const EXAMPLES = 60_000;
const { values, source } = readPreset('paper-3');
const recipe = checkRecipe(values, source);
const { units, layers, connections } = graphOf(recipe);
const { storage } = formatsOf(recipe);
const parameters = {
  weights: connections.map(({ weights }) => new integerArrays[storage](weights)),
  biases: layers.slice(1).map(({ biases }) => new Int32Array(biases)),
};

let temporary: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  temporary = temporaryFolder();
});
afterAll(() => temporary.remove());

function folderOf(name: string): string {
  const folder = join(temporary.path, name);
  mkdirSync(folder);
  return folder;
}

function bytesIn(folder: string): ReadonlyMap<string, number> {
  return new Map(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).size]));
}

async function timed(what: string, folder: string, work: () => unknown): Promise<void> {
  const before = bytesIn(folder);
  const began = performance.now();
  await work();
  const milliseconds = performance.now() - began;
  const after = bytesIn(folder);
  let written = 0;
  let total = 0;
  for (const [name, bytes] of after) {
    total += bytes;
    if (name === CHECKPOINT) written += bytes;
    else if (name.startsWith('states-')) written += bytes - (before.get(name) ?? 0);
  }
  console.log(
    `${what}: ${(written / 1e6).toFixed(2)} MB written, ${milliseconds.toFixed(0)} ms; ${(total / 1e6).toFixed(0)} MB on disk`,
  );
}

test('a checkpoint of 784-500-500-500-10 with 60,000 examples', async () => {
  const states = new PersistentStates(EXAMPLES, units, storage);
  const seed = Uint32Array.from({ length: states.states.length }, (_, n) => Math.imul(n, 2_654_435_761));
  states.states.set(Int16Array.from(seed, (word) => word >>> 20));
  const before = folderOf('before');
  const arrays = Object.fromEntries([
    ...parameters.weights.map((matrix, k) => [`weights ${k}`, matrix]),
    ...parameters.biases.map((vector, k) => [`biases ${k}`, vector]),
    ['states', states.states],
  ]);
  for (const when of ['first', 'second', 'third'])
    await timed(`before, ${when}`, before, () => saveCheckpoint(before, { state: { recipe }, arrays }));

  const after = folderOf('after');
  const position = {
    step: 0,
    digest: '0',
    saturations: 0,
    checked: 0,
    seconds: 0,
    tally: emptyTally(),
  };
  const settings = {
    preset: 'paper-3',
    picture: { rows: 28, columns: 28 },
    recipe,
    shadow: false,
    compareEvery: 0,
  };
  const trainer = { position, states, parameters: () => Promise.resolve(parameters) };
  const noReference = { run: () => Promise.reject(new Error('there is no shadow')) };
  const save = () => saveRun(after, settings, { kernel: 'k', dataHash: 'd' }, trainer, noReference);
  const change = (from: number, count: number) => {
    for (let n = 0; n < count; n++) states.changed.add((from + n) % EXAMPLES);
  };
  await timed('after, at the start', after, save);
  change(0, 600);
  await timed('after, 600 samples', after, save);
  for (let epoch = 1; epoch <= 4; epoch++) {
    change(0, 50_000);
    await timed(`after, epoch ${epoch}, 50,000 samples`, after, save);
    change(50_000, 10_000);
    await timed(`after, its validation, 10,000 samples`, after, save);
    change(0, 600);
    await timed('after, 600 samples', after, save);
  }
  const read = new PersistentStates(EXAMPLES, units, storage);
  await timed('after, loaded', after, () => {
    const { state } = loadRun(after);
    if (state.states) readStates(after, state.states, read);
  });
  // Ninety million of them are too many for toEqual().
  expect(Buffer.compare(bytesOf(read.states), bytesOf(states.states))).toBe(0);
});
