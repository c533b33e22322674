import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toCHeader } from '#host/export/c-header';
import { toNpy } from '#host/export/npy';
import { writeExport } from '#host/export/write-export';
import { UserError } from '#host/ground/index';
import { formatsOf, graphOf } from '#host/model/index';
import { smallModel } from './model.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eqprop-export-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('writes a header and an array a tensor, and says which', async () => {
  const model = smallModel();
  const directory = join(folder, 'new', 'export');
  const names = await writeExport(model, directory);
  expect(names).toEqual(['eqprop.h', 'weights-0.npy', 'weights-1.npy', 'biases-1.npy', 'biases-2.npy']);
  expect(readdirSync(directory).sort()).toEqual([...names].sort());
  expect(readFileSync(join(directory, 'eqprop.h'), 'utf8')).toBe(toCHeader(model));
  expect(readFileSync(join(directory, 'weights-1.npy'))).toEqual(toNpy(model.weights[1], [4, 3]));
  expect(readFileSync(join(directory, 'biases-1.npy'))).toEqual(toNpy(model.biases[0], [4]));
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
