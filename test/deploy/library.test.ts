import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { graphOf, pixelsOf } from '#host/model/index';
import { isLong } from '../length.js';
import { temporaryFolder } from '../runs/small-data.js';
import {
  ask,
  build,
  compilers,
  exampleOf,
  HostNetwork,
  learnOrder,
  type Network,
  predictOrder,
  savedRun,
  writeDeployed,
} from './deployed.js';

/** The first fetch of the compiler included. */
const PATIENCE = 400_000;
const folder = temporaryFolder();
const place = () => mkdtempSync(join(folder.path, 'library-'));
let tools: Awaited<ReturnType<typeof compilers>>;
beforeAll(async () => {
  tools = await compilers();
}, PATIENCE);
afterAll(() => folder.remove());

const square = { rows: 12, columns: 12 };
const exact = { relaxation: 'exact', minibatch: 4, rates: [0.2, 0.1] };
const networks: Readonly<Record<string, Network>> = {
  'a chain': { settings: { ...exact, network: '12x12-16-5' }, picture: square },
  'a deep chain, euler': {
    settings: { network: '144-16-12-5', rates: [0.1, 0.2, 0.1], relaxation: 'euler', minibatch: 3 },
    picture: square,
  },
  'weights of 8 bits': { settings: { ...exact, network: '144-16-5', weights: 'Q0.7' }, picture: square },
  'weights of 32 bits': {
    settings: { ...exact, network: '144-16-5', weights: 'Q7.24', states: 'Q13.18' },
    picture: square,
  },
  convolutions: {
    settings: {
      ...exact,
      network: '14x14-conv3x4m-conv3x4a-5',
      rates: [0.2, 0.1, 0.1],
      states: 'Q9.6',
      shift: 1,
    },
    picture: { rows: 14, columns: 14 },
  },
  'receptive fields, decay and dropout': {
    settings: {
      ...exact,
      network: '144-16-5',
      'receptive-fields': '4..8',
      'weight-decay': [0.01, 0.01],
      'decay-interval': 3,
      'input-dropout': 0.2,
    },
    picture: square,
  },
  'a pulled input and a penalty by L1': {
    settings: {
      ...{ ...exact, network: '144-16-5', 'input-pull': 8 },
      ...{ penalty: 'L1', 'weight-decay': [0.001, 0.001], 'decay-interval': 3 },
    },
    picture: square,
  },
  'a centred input and a margin': {
    settings: { ...exact, network: '144-16-5', 'centred-input': true, 'nudge-margin': 0.2 },
    picture: square,
  },
  'spikes, and pixels of two each': {
    settings: { ...exact, network: '144-16-5', relaxation: 'spiking', 'pixel-spikes': 2 },
    picture: square,
  },
  'minibatches of one': { settings: { ...exact, network: '144-16-5', minibatch: 1 }, picture: square },
  'one sum of contrasts a weight': {
    settings: { ...exact, network: '12x12-conv5x2a-5', minibatch: 16, rates: [0.1, 0.1] },
    picture: square,
  },
  'fixed weights': {
    settings: {
      ...exact,
      connections: [
        { from: 0, to: 1, fixed: true },
        { from: 1, to: 2 },
      ],
      network: '144-16-5',
    },
    picture: square,
  },
};

function exampleNumber(network: Network, n: number) {
  return exampleOf(1000 + n, pixelsOf(network.picture), 5);
}

/** Compilers for a network: all of them for one of each form, for the others the last, the quickest. */
function compilersFor(name: string) {
  const all = [...tools.values()];
  return isLong || ['a chain', 'convolutions', 'fixed weights'].includes(name) ? all : all.slice(-1);
}

describe.each(Object.entries(networks))('%s', (name, network) => {
  test('predicts what the host does, and keeps no parameter in RAM', async () => {
    const saved = savedRun(network);
    const built = await writeDeployed(saved, place());
    const host = new HostNetwork(built.deployed.recipe);
    host.load(saved.parameters, built.deployed.digest, built.deployed.step);
    const examples = Array.from({ length: 25 }, (_, n) => exampleNumber(network, n));
    const expected = examples.map(({ inputs }) => host.predict(inputs).join(' '));
    for (const compiler of compilersFor(name)) {
      const answers = ask(build(built, compiler), [
        ['b'],
        ...examples.map(({ inputs }) => predictOrder(inputs)),
        ['d'],
      ]);
      expect(answers).toEqual(['0', ...expected, standing(host)]);
    }
  });

  test('learns a stream to the digest that the host comes to, predictions between', async () => {
    const saved = savedRun(network);
    const built = await writeDeployed(saved, place(), {});
    const { recipe, digest, step } = built.deployed;
    const host = new HostNetwork(recipe);
    host.load(saved.parameters, digest, step);
    const orders: (readonly [string, Uint8Array?])[] = [['b']];
    const expected = ['0'];
    for (let batch = 0; batch < 21; batch++) {
      const examples = Array.from({ length: recipe.minibatch }, (_, k) =>
        exampleNumber(network, batch * recipe.minibatch + k),
      );
      examples.forEach((example, k) => {
        orders.push(learnOrder(example));
        expected.push(k === examples.length - 1 ? '1' : '0');
        if (k !== 0) return;
        orders.push(predictOrder(example.inputs));
        if (examples.length > 1) expected.push(host.predict(example.inputs).join(' '));
      });
      host.train(examples);
      if (examples.length === 1) expected.push(host.predict(examples[0].inputs).join(' '));
      orders.push(['d']);
      expected.push(standing(host));
    }
    for (const compiler of compilersFor(name)) expect(ask(build(built, compiler), orders)).toEqual(expected);
  });
});

function standing({ step, digest }: HostNetwork): string {
  return `${step} ${BigInt.asUintN(64, digest).toString(16).padStart(16, '0')}`;
}

test('a library has the code of its own kinds of connections alone', async () => {
  const chain = await writeDeployed(savedRun(networks['a chain']), place());
  expect(graphOf(chain.deployed.recipe).connections.map(({ kind }) => kind)).toEqual(['dense', 'dense']);
});
