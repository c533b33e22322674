/** The module in hosts that are not ours, trained by ours. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import binaryen from 'binaryen';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { DeviceError } from '#host/endpoint/index';
import { obtainToolchain } from '#host/firmware/toolchain';
import { UserError } from '#host/ground/index';
import { kernelIdentity, kernelName, portableModule } from '#host/kernel/index';
import { decodeFrame, encodeFrame } from '#host/link/index';
import { checkRecipe, readPreset } from '#host/model/index';
import { verifyLockstep } from '#host/runs/index';
import { Messages, PROTOCOL, Signal, schemaHash } from '#host/wire/index';
import { GOLDEN, goldenConvolution } from '../kernel/golden-convolution.js';
import { temporaryFolder } from '../runs/small-data.js';

/** The first fetch of the compiler included. */
const PATIENCE = 400_000;
const root = fileURLToPath(new URL('../..', import.meta.url));
const examples = join(root, 'examples', 'embedding');
const recipe = checkRecipe(readPreset('tiny').values, 'tiny');
const session = 1;
const hello = encodeFrame({
  type: Messages.hello.code,
  session,
  sequence: 0,
  payload: Messages.hello.request.encode({ schema: schemaHash, protocol: PROTOCOL, session }),
});

const folder = temporaryFolder();
const children: ChildProcess[] = [];
let dataset: Dataset;
beforeAll(async () => {
  dataset = await loadDataset(undefined);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});
afterAll(() => folder.remove());

/** The kernel, but for a feed() that does nothing but trap, and without all that nobody calls then. */
const trappingModule = () => moduleThatFeeds((module) => module.unreachable());

/** The same with a feed() that reads far beyond the memory. */
const wildModule = () => moduleThatFeeds((module) => module.i32.load(0, 4, module.i32.const(0x7fff_0000)));

function moduleThatFeeds(feed: (module: binaryen.Module) => binaryen.ExpressionRef): Uint8Array {
  const module = binaryen.readBinary(portableModule());
  for (const name of ['feed', 'execute']) {
    const called = binaryen.getExportInfo(module.getExport(name)).value;
    const { params, results } = binaryen.getFunctionInfo(module.getFunction(called));
    module.removeFunction(called);
    module.addFunction(called, params, results, [], feed(module));
  }
  module.runPasses(['remove-unused-module-elements']);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

const freshFolder = () => mkdtempSync(join(folder.path, 'host-'));

/** Starts a program that says its address first. */
async function addressOf(program: string, ...parameters: readonly string[]): Promise<string> {
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [address] = (await once(child.stdout, 'data')) as [Buffer];
  return address.toString().trim();
}

/** The Node example, a copy beside a package that holds nothing but the module. */
function startNode(module: Uint8Array): Promise<string> {
  const own = freshFolder();
  const installed = join(own, 'node_modules', 'eqprop');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, 'package.json'), '{ "exports": { "./kernel.wasm": "./kernel.wasm" } }');
  writeFileSync(join(installed, 'kernel.wasm'), module);
  copyFileSync(join(examples, 'node.mjs'), join(own, 'node.mjs'));
  return addressOf(process.execPath, join(own, 'node.mjs'), '0');
}

/** A program, and what it is told before all else. */
type Program = readonly [string, ...string[]];

/** Programs made of a module, by what made them: a kernel takes a compiler long. */
const made = new Map<string, Promise<string>>();

/** The program for Linux, made by `compile` as its head tells, on the machine that `emulator` stands in for. */
async function startC(
  module: Uint8Array,
  compile: Program,
  emulator: readonly string[],
  checked = true,
): Promise<string> {
  const key = `${compile.join(' ')} ${checked} ${createHash('sha256').update(module).digest('hex')}`;
  const device = made.get(key) ?? makeC(module, compile, checked);
  made.set(key, device);
  const [program, ...given] = [...emulator, await device];
  return addressOf(program, ...given, '--tcp', '0');
}

/** Returns the program's path. */
async function makeC(module: Uint8Array, compile: Program, checked: boolean): Promise<string> {
  const { wasm2c, environment } = await obtainToolchain();
  const run = ([program, ...given]: Program, ...more: readonly string[]) =>
    promisify(execFile)(program, [...given, ...more], { env: environment });
  const own = freshFolder();
  const [kernel, source, device] = ['kernel.wasm', 'kernel.c', 'device'].map((name) => join(own, name));
  writeFileSync(kernel, module);
  await run([process.execPath, wasm2c], '-n', 'eqprop', kernel, '-o', source);
  const includes = ['-I', own, '-I', join(root, 'boards', 'common')];
  const linux = join(root, 'boards', 'linux');
  const sources = readdirSync(linux)
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(linux, name));
  await run(
    compile,
    '-O2',
    ...(checked ? ['-DCHECKED'] : []),
    ...includes,
    ...sources,
    source,
    '-lm',
    '-o',
    device,
  );
  return device;
}

const startNative = (module: Uint8Array) => startC(module, ['cc'], []);

async function startBigEndian(module: Uint8Array): Promise<string> {
  const { zig } = await obtainToolchain();
  return startC(module, [zig, 'cc', '-target', 's390x-linux-musl'], ['qemu-s390x']);
}

/** A device's first answer to HELLO over TCP. */
async function firstAnswer(address: string): Promise<Uint8Array> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  socket.write(hello);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return bytes;
}

function expectFault(answer: Uint8Array, cause: string): void {
  const frame = decodeFrame(answer.subarray(0, -1));
  expect(frame?.type).toBe(Signal.error);
  expect(DeviceError.decode(frame?.payload ?? new Uint8Array(0)).message).toContain(`(${cause})`);
}

const has = (program: string) => spawnSync(program, ['--version']).status === 0;
describe.each([
  { name: 'Node', start: startNode, there: true, cause: 'exception' },
  { name: 'C (skipped where there is no cc)', start: startNative, there: has('cc'), cause: 'unreachable' },
  {
    name: 'C on a big-endian machine (skipped where there is no qemu-s390x)',
    start: startBigEndian,
    there: has('qemu-s390x'),
    cause: 'unreachable',
  },
])('$name', ({ start, there, cause }) => {
  /** Skips, and says why, where the tools cannot be had. */
  const startOrSkip = (module: Uint8Array, skip: (reason: string) => never) =>
    start(module).catch((error: unknown) => {
      if (error instanceof UserError) skip(error.message);
      throw error;
    });

  const works = [
    { what: 'a chain', trained: recipe, outcome: { replies: 2 + 3, parameters: 784 * 32 + 32 * 10 + 42 } },
    { what: 'a convolution', trained: goldenConvolution, outcome: GOLDEN },
  ];
  for (const { what, trained, outcome } of works)
    test.skipIf(!there)(
      `trains ${what} as any device does`,
      async ({ skip }) => {
        const device = await startOrSkip(portableModule(), skip);
        const choice = { device, options: { baudRate: 115_200 }, patience: 60_000 };
        expect(await verifyLockstep(trained, dataset, choice, 3, () => undefined)).toMatchObject(outcome);
      },
      PATIENCE,
    );

  test.skipIf(!there)(
    'starts anew after a trap, and says why',
    async ({ skip }) => {
      expectFault(await firstAnswer(await startOrSkip(trappingModule(), skip)), cause);
    },
    PATIENCE,
  );
});

test.skipIf(!has('cc') || process.arch === 'arm')(
  'C that checks no access finds a wild one all the same, where addresses are long (skipped without cc)',
  async () => {
    expectFault(await firstAnswer(await startC(wildModule(), ['cc'], [], false)), 'outOfBounds');
  },
  PATIENCE,
);

describe("the browser's worker, in one of Node's", () => {
  /** The globals that a browser gives a worker, as far as the example goes. */
  const surroundings = `
    const { parentPort, workerData } = require('node:worker_threads');
    globalThis.self = globalThis;
    globalThis.postMessage = (message) => parentPort.postMessage(message);
    parentPort.on('message', (data) => globalThis.onmessage({ data }));
    require('node:vm').runInThisContext(workerData);`;

  async function answer(module: Uint8Array): Promise<Uint8Array> {
    const source = readFileSync(join(examples, 'browser', 'worker.js'), 'utf8');
    const worker = new Worker(surroundings, { eval: true, workerData: source });
    const address = `data:application/wasm;base64,${Buffer.from(module).toString('base64')}`;
    worker.postMessage({ module: address, arena: 2 ** 20, window: 4096 });
    worker.postMessage(hello);
    const [bytes] = (await once(worker, 'message')) as [Uint8Array];
    await worker.terminate();
    return bytes;
  }

  test('answers HELLO', async () => {
    const frame = decodeFrame((await answer(portableModule())).subarray(0, -1));
    const reply = Messages.hello.reply.decode(frame?.payload ?? new Uint8Array(0));
    expect(reply).toMatchObject({ kernel: kernelIdentity(), arena: 2 ** 20, window: 4096 });
  });

  test('starts anew after a trap, and says why', async () => {
    expectFault(await answer(trappingModule()), 'exception');
  });
});

test.skipIf(!has('chromium'))('the page, in a browser (skipped where there is no chromium)', async () => {
  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };
  // Tells the test what the page comes to show.
  const observer = `<script>new MutationObserver(() => fetch('/shown', { method: 'POST', body:
    document.querySelector('#answer').textContent })).observe(document, { childList: true, subtree: true })</script>`;
  const server = createServer();
  const shown = new Promise<string>((resolve) => {
    server.on('request', async (request, response) => {
      const path = request.url ?? '/';
      if (path === '/shown') {
        const text = Buffer.concat(await request.toArray()).toString();
        if (!text.includes('asking')) resolve(text);
        response.end();
      } else if (/^\/(?:examples|dist)\//.test(path)) {
        response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream');
        const page = path.endsWith('.html');
        response.end(Buffer.concat([Buffer.from(page ? observer : ''), readFileSync(join(root, path))]));
      } else response.writeHead(404).end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/examples/embedding/browser/index.html`;
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0'];
  const browser = spawn('chromium', [...flags, `--user-data-dir=${freshFolder()}`, address], {
    stdio: 'ignore',
  });
  try {
    const text = await shown;
    expect(text).toContain(`kernel ${kernelName(kernelIdentity())}\n`);
    expect(text).toContain(`schema ${schemaHash.toString(16).padStart(8, '0')}\n`);
    expect(text).toContain(`arena  ${4 * 2 ** 20} bytes`);
  } finally {
    browser.kill();
    await once(browser, 'close');
    server.close();
    server.closeAllConnections();
  }
});

test('every export is documented, and nothing that is none', () => {
  const page = readFileSync(join(root, 'docs', 'embedding.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const documented = rows.flatMap((row) =>
    [...row.split('|')[1].matchAll(/`(\w+)/g)].map(([, name]) => name),
  );
  const module = new WebAssembly.Module(Buffer.from(portableModule()));
  expect(documented.sort()).toEqual(
    WebAssembly.Module.exports(module)
      .map(({ name }) => name)
      .sort(),
  );
});
