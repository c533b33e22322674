/** Exports read back: whole, or with a word on the file that is wrong. */
import { expect, test } from 'vitest';
import { toNpy } from '#host/export/npy';
import { toNumbers } from '#host/export/numbers';
import { readExport } from '#host/export/read-export';
import { bytesFrom } from '#host/ground/index';
import { checkRecipe } from '#host/model/index';
import { smallModel } from './model.js';

const recipe = checkRecipe(
  {
    network: '5-4-3',
    weights: 'Q2.13',
    states: 'Q1.14',
    relaxation: 'exact',
    'free-iterations': 4,
    'nudged-iterations': 3,
    beta: 0.5,
    rates: [0.1, 0.1],
    epochs: 1,
    training: '0..10',
  },
  'test',
);
const steps = [
  { fraction: 3, offset: -4, multiplier: 77, shift: 5 },
  { fraction: 0, offset: 9, multiplier: 300, shift: 2 },
];
const scaling = { kind: 'unit', features: 5, steps } as const;
const model = { ...smallModel(), recipe, classNames: ['a', 'b', 'ü'] };

const text = (value: string) => new TextEncoder().encode(value);

/** The files of an export, some of them others or left out. */
function files(changes: Readonly<Record<string, Uint8Array | undefined>> = {}) {
  const all: Record<string, Uint8Array | undefined> = {
    'network.json': text(toNumbers(model)),
    'weights-0.npy': toNpy(model.weights[0], [5, 4]),
    'weights-1.npy': toNpy(model.weights[1], [4, 3]),
    'biases-1.npy': toNpy(model.biases[0], [4]),
    'biases-2.npy': toNpy(model.biases[1], [3]),
    ...changes,
  };
  return new Map(Object.entries(all).flatMap(([name, bytes]) => (bytes ? [[name, bytes] as const] : [])));
}

const numbersWith = (changes: object) =>
  text(JSON.stringify({ ...JSON.parse(toNumbers(model)), ...changes }));

test('an export that is read back is what was written', () => {
  const read = readExport(files({ 'notes.txt': text('not looked at') }));
  const picture = { rows: 1, columns: 1, channels: 5 };
  expect(read).toEqual({ ...model, picture, graph: read.graph });
  expect(toNumbers(read)).toBe(toNumbers(model));
  expect(read.recipe).toEqual(recipe);
});

test('a scaling is read back', () => {
  const rows = steps.flatMap(({ fraction, offset, multiplier, shift }) => [
    fraction,
    offset,
    multiplier,
    shift,
  ]);
  const read = readExport(
    files({
      'network.json': text(toNumbers({ ...model, scaling })),
      'scaling.npy': toNpy(Int32Array.from(rows), [2, 4]),
    }),
  );
  expect(read.scaling).toEqual(scaling);
});

const without = (key: string) => {
  const { [key]: _, ...others } = JSON.parse(toNumbers(model));
  return text(JSON.stringify(others));
};

test.each([
  ['without its numbers', { 'network.json': undefined }, /^there is no network\.json among the files$/],
  ['without an array', { 'weights-1.npy': undefined }, /^there is no weights-1\.npy among the files$/],
  ['numbers that are no JSON', { 'network.json': text('{') }, /^network\.json is no JSON$/],
  ['of an older version', { 'network.json': without('recipe') }, /^network\.json: recipe is missing$/],
  ['without a digest', { 'network.json': without('digest') }, /^network\.json: digest is missing$/],
  [
    'no digest',
    { 'network.json': numbersWith({ digest: 'abc' }) },
    /^network\.json: digest: a digest has 16/,
  ],
  [
    'a recipe that cannot be',
    { 'network.json': numbersWith({ recipe: { ...recipe, beta: -1 } }) },
    /^network\.json: beta/,
  ],
  [
    'inputs of another shape',
    { 'network.json': numbersWith({ layers: Array(3).fill({ channels: 7, rows: 1, columns: 1 }) }) },
    /^network\.json: layer 0 has 7 places, the recipe’s network 5 inputs$/,
  ],
  ['an array cut short', { 'weights-0.npy': bytesFrom('\x93NUMPY') }, /^weights-0\.npy is damaged/],
  [
    'an array of another network',
    { 'weights-0.npy': toNpy(model.weights[0].slice(1), [19]) },
    /^weights-0\.npy has 19 numbers, the network has 20 there$/,
  ],
  [
    'weights beyond their format',
    { 'weights-0.npy': toNpy(new Int32Array(20).fill(40_000), [20]) },
    /^weights-0\.npy: 40000 is no integer/,
  ],
  [
    'biases that are no integers',
    { 'biases-1.npy': toNpy(Float64Array.of(1, 2, 3.5, 4), [4]) },
    /^biases-1\.npy: 3\.5 is no integer/,
  ],
] as const)('%s: refused', (_, changes, reason) => {
  expect(() => readExport(files(changes))).toThrow(reason);
});
