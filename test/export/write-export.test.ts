import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toNpy } from '#host/export/npy';
import { writeExport } from '#host/export/write-export';
import { UserError } from '#host/ground/index';
import { formatsOf, type GraphKeys, graphOf } from '#host/model/index';
import { smallModel } from './model.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eqprop-export-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('writes an array a tensor, and what they mean', async () => {
  const model = smallModel();
  const directory = join(folder, 'new', 'export');
  const names = await writeExport({ ...model, classNames: ['a', 'b', 'ü'] }, directory);
  expect(names).toEqual(['weights-0.npy', 'weights-1.npy', 'biases-1.npy', 'biases-2.npy', 'network.json']);
  expect(readdirSync(directory).sort()).toEqual([...names].sort());
  expect(readFileSync(join(directory, 'weights-1.npy'))).toEqual(toNpy(model.weights[1], [4, 3]));
  expect(readFileSync(join(directory, 'biases-1.npy'))).toEqual(toNpy(model.biases[0], [4]));
  expect(JSON.parse(readFileSync(join(directory, 'network.json'), 'utf8'))).toEqual({
    network: '5-4-3',
    step: 4_000_000_000,
    digest: '0123456789abcdef',
    formats: {
      states: { name: 'Q1.14', bits: 16, fraction: 14 },
      biases: { name: 'Q4.27', bits: 32, fraction: 27 },
      drives: { name: 'Q4.27', bits: 32, fraction: 27 },
      weights: [
        { name: 'Q2.13', bits: 16, fraction: 13 },
        { name: 'Q2.13', bits: 16, fraction: 13 },
      ],
    },
    layers: [
      { channels: 5, rows: 1, columns: 1, units: 5, biases: 0 },
      { channels: 4, rows: 1, columns: 1, units: 4, biases: 4 },
      { channels: 3, rows: 1, columns: 1, units: 3, biases: 3 },
    ],
    connections: [
      { kind: 'dense', from: 0, to: 1, ways: 'both', rule: 'contrast', fixed: false, weights: [5, 4] },
      { kind: 'dense', from: 1, to: 2, ways: 'both', rule: 'contrast', fixed: false, weights: [4, 3] },
    ],
    classNames: ['a', 'b', 'ü'],
  });
});

it('says how strongly an input is pulled, which is a layer behind the image', async () => {
  const model = smallModel();
  const graph = graphOf({
    ...{ network: model.network, connections: [], 'receptive-fields': 'all', seed: 1 },
    'input-pull': 2.5,
  });
  const biases = [new Int32Array(5), ...model.biases];
  await writeExport({ ...model, graph, biases, inputPull: 2.5 }, folder);
  const numbers = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8'));
  expect(numbers).toMatchObject({
    inputPull: 2.5,
    connections: [
      { from: 1, to: 2 },
      { from: 2, to: 3 },
    ],
  });
  expect(numbers.layers.map(({ units }: { units: number }) => units)).toEqual([5, 5, 4, 3]);
});

it('refuses parameters that do not fit the layers', async () => {
  const model = smallModel();
  await expect(writeExport({ ...model, biases: [...model.biases].reverse() }, folder)).rejects.toThrow(
    'layer 1 has 3 biases, not 4',
  );
});

it('gives a convolution the four sides of its kernels', async () => {
  const keys = { network: '6x6-conv3x2m-conv2x5-4', connections: [], 'receptive-fields': 'all', seed: 1 };
  const graph = graphOf(keys);
  const weights = graph.connections.map((connection) => new Int16Array(connection.weights).fill(3));
  const biases = graph.layers.slice(1).map((layer) => new Int32Array(layer.biases));
  const formats = formatsOf({ ...keys, weights: 'Q1.14', states: 'Q3.12' });
  await writeExport({ ...smallModel(), network: keys.network, graph, formats, weights, biases }, folder);
  const written = (name: string) => readFileSync(join(folder, name));
  expect(written('weights-0.npy')).toEqual(toNpy(weights[0], [3, 3, 1, 2]));
  expect(written('weights-1.npy')).toEqual(toNpy(weights[1], [2, 2, 2, 5]));
  expect(written('weights-2.npy')).toEqual(toNpy(weights[2], [5, 4]));
});

it('names the directory it cannot write to', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const failure = writeExport(smallModel(), file);
  await expect(failure).rejects.toThrow(UserError);
  await expect(failure).rejects.toThrow(file);
});

it('tells ways forth from ways back', async () => {
  const model = smallModel();
  const keys: GraphKeys = {
    network: '5-4-3',
    connections: [],
    'receptive-fields': 'all',
    seed: 1,
    feedback: 'fixed',
  };
  const formats = formatsOf({ ...keys, weights: 'Q2.13', states: 'Q1.14' });
  const weights = [...model.weights, model.weights[1]];
  await writeExport({ ...model, graph: graphOf(keys), formats, weights }, folder);
  const { connections } = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8'));
  const between = { kind: 'dense', from: 1, to: 2, rule: 'presynaptic', weights: [4, 3] };
  expect(connections.slice(1)).toEqual([
    { ...between, ways: 'forth', fixed: false },
    { ...between, ways: 'back', fixed: true },
  ]);
});
