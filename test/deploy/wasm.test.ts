/** A deployed module in this runtime: nothing imported, the host's answers and digests. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { instantiateSync } from '@assemblyscript/loader';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployedFrom } from '#host/deploy/deployed';
import { libraryOf } from '#host/deploy/library';
import { wasmModule } from '#host/deploy/wasm-module';
import { obtainToolchain, obtainTranslator } from '#host/firmware/toolchain';
import { temporaryFolder } from '../runs/small-data.js';
import { ask, exampleOf, HostNetwork, learnOrder, type Order, predictOrder, savedRun } from './deployed.js';
import { run } from './folders.js';

/** The first fetch of the compiler included. */
const PATIENCE = 400_000;
const CLASSES = 5;
const INPUTS = 144;
const saved = savedRun({
  settings: { network: '12x12-16-5', relaxation: 'exact', minibatch: 4, rates: [0.2, 0.1] },
  picture: { rows: 12, columns: 12 },
  extras: { classNames: ['a', 'b', 'ü', 'd', 'e'] },
});

interface Exports extends Record<string, unknown> {
  readonly memory: { readonly buffer: ArrayBuffer };
  features(): number;
  featureCount(): number;
  featureBytes(): number;
  classCount(): number;
  className(label: number): number;
  predict(): number;
  score(label: number): number;
  isSure(label: number): number;
  one(): number;
  learn(label: number): number;
  save(): number;
  restore(): number;
  saved(): number;
  begin(): number;
  step(): number;
  digest(): bigint;
}

const folder = temporaryFolder();
afterAll(() => folder.remove());

const THRESHOLD = 0.6;
const deployed = deployedFrom(saved, {}, undefined, THRESHOLD);
let module: Uint8Array;
beforeAll(async () => {
  module = await wasmModule(deployed);
}, PATIENCE);

function started() {
  const { exports } = instantiateSync<Exports>(module, {});
  const host = new HostNetwork(deployed.recipe);
  host.load(saved.parameters, deployed.digest, deployed.step);
  const put = (inputs: Uint8Array) =>
    new Uint8Array(exports.memory.buffer, exports.features(), INPUTS).set(inputs);
  const learn = (from: number) => {
    const examples = Array.from({ length: 4 }, (_, k) => exampleOf(from + k, INPUTS, CLASSES));
    const answers = examples.map(({ inputs, label }) => {
      put(inputs);
      return exports.learn(label);
    });
    host.train(examples);
    return answers;
  };
  const isLevel = () => exports.digest() === BigInt.asIntN(64, host.digest) && exports.step() === host.step;
  return { exports, host, put, learn, isLevel };
}

describe('a module that learns', () => {
  test('imports nothing and says what it is', () => {
    const { exports } = started();
    expect([exports.featureCount(), exports.featureBytes(), exports.classCount()]).toEqual([
      INPUTS,
      1,
      CLASSES,
    ]);
    const name = Buffer.from(exports.memory.buffer, exports.className(2), 3);
    expect([...name]).toEqual([...Buffer.from('ü'), 0]);
  });

  test('predicts and learns as the host does', () => {
    const { exports, host, put, learn, isLevel } = started();
    const sure = new Set<boolean>();
    for (let step = 0; step < 20; step++) {
      const { inputs } = exampleOf(5000 + step, INPUTS, CLASSES);
      put(inputs);
      const label = exports.predict();
      expect([label, ...Array.from({ length: CLASSES }, (_, k) => exports.score(k))]).toEqual(
        host.predict(inputs),
      );
      const isSure = exports.score(label) / exports.one() >= THRESHOLD;
      expect(exports.isSure(label)).toBe(isSure ? 1 : 0);
      sure.add(isSure);
      expect(learn(4 * step)).toEqual([0, 0, 0, 1]);
      expect(isLevel()).toBe(true);
    }
    expect(sure.size).toBe(2);
  });

  test('goes on from what it saved', () => {
    const { exports, learn, isLevel } = started();
    learn(0);
    expect(exports.save()).toBe(0);
    exports.begin();
    expect(isLevel()).toBe(false);
    expect(exports.restore()).toBe(0);
    expect(isLevel()).toBe(true);
    learn(4);
    expect(isLevel()).toBe(true);
    new Uint8Array(exports.memory.buffer)[exports.saved() + 100] ^= 1;
    expect(exports.restore()).toBe(-5);
    expect(isLevel()).toBe(true);
  });
});

test(
  'as C by wasm2c: the library’s program comes to the host’s answers and digests',
  async () => {
    const { zig, environment } = await obtainToolchain();
    for (const [name, value] of Object.entries(environment)) process.env[name] ??= value;
    const { files } = await libraryOf(deployed);
    for (const name of ['eqprop.h', 'eqprop_config.h'])
      writeFileSync(join(folder.path, name), files.get(name) ?? '');
    writeFileSync(join(folder.path, 'kernel.wasm'), module);
    const wasm2c = await obtainTranslator();
    run(process.execPath, [
      ...[wasm2c, '-n', 'eqprop', join(folder.path, 'kernel.wasm')],
      ...['-o', join(folder.path, 'kernel.c')],
    ]);
    const program = join(folder.path, 'program');
    const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
    run(zig, [
      ...['cc', '-std=gnu11', '-Os', '-fno-sanitize=all', '-w'],
      ...[`-I${folder.path}`, `-I${beside('../../boards/common')}`],
      ...[beside('driver.c'), beside('module.c'), '-o', program],
    ]);
    const host = new HostNetwork(deployed.recipe);
    host.load(saved.parameters, deployed.digest, deployed.step);
    const standing = () => `${host.step} ${BigInt.asUintN(64, host.digest).toString(16).padStart(16, '0')}`;
    const orders: Order[] = [['b']];
    const expected = ['0'];
    for (let step = 0; step < 20; step++) {
      const { inputs } = exampleOf(5000 + step, INPUTS, CLASSES);
      orders.push(predictOrder(inputs));
      expected.push(host.predict(inputs).join(' '));
      const examples = Array.from({ length: 4 }, (_, k) => exampleOf(4 * step + k, INPUTS, CLASSES));
      host.train(examples);
      orders.push(...examples.map(learnOrder), ['d']);
      expected.push('0', '0', '0', '1', standing());
    }
    orders.push(['s'], ['b'], ['r'], ['d']);
    expected.push('0', '0', '0', standing());
    expect(ask(program, orders)).toEqual(expected);
  },
  PATIENCE,
);

const hasChromium = spawnSync('chromium', ['--version']).status === 0;

test.skipIf(!hasChromium)("predicts in a browser's worker (skipped where there is no chromium)", async () => {
  const { inputs } = exampleOf(7000, INPUTS, CLASSES);
  const page = `<script>
    const worker = new Worker('/worker.js');
    worker.onmessage = ({ data }) => fetch('/shown', { method: 'POST', body: JSON.stringify(data) });
  </script>`;
  const script = `(async () => {
    const { instance } = await WebAssembly.instantiate(await (await fetch('/eqprop.wasm')).arrayBuffer());
    const { memory, features, predict, score } = instance.exports;
    new Uint8Array(memory.buffer, features(), ${INPUTS}).set([${inputs}]);
    postMessage([predict(), ...Array.from({ length: ${CLASSES} }, (_, label) => score(label))]);
  })();`;
  const served: Readonly<Record<string, readonly [string, string | Uint8Array]>> = {
    '/': ['text/html', page],
    '/worker.js': ['text/javascript', script],
    '/eqprop.wasm': ['application/wasm', module],
  };
  const server = createServer();
  const shown = new Promise<unknown>((resolve) => {
    server.on('request', async (request, response) => {
      if (request.url === '/shown') resolve(JSON.parse(Buffer.concat(await request.toArray()).toString()));
      const [type, body] = served[request.url ?? ''] ?? ['text/plain', ''];
      response.setHeader('content-type', type);
      response.end(body);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0'];
  const browser = spawn('chromium', [...flags, `--user-data-dir=${folder.path}/browser`, address], {
    stdio: 'ignore',
  });
  try {
    expect(await shown).toEqual(started().host.predict(inputs));
  } finally {
    browser.kill();
    await once(browser, 'close');
    server.close();
    server.closeAllConnections();
  }
});
