/**
 * The firmware's speed, beside a plain C kernel's for the same work, built with the same compiler and flags.
 *
 *   node bench/firmware/run.mjs [--json] [--minibatches n] [board…]
 */

import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { loadDataset } from '../../dist/host/data/dataset.js';
import { openQemu } from '../../dist/host/devices/qemu.js';
import { openRp2040 } from '../../dist/host/devices/rp2040.js';
import { UserError } from '../../dist/host/errors.js';
import { readBoard } from '../../dist/host/firmware/board.js';
import { compile } from '../../dist/host/firmware/compile.js';
import { ElfFile } from '../../dist/host/firmware/elf.js';
import { sealBootStage } from '../../dist/host/firmware/rp2040-boot.js';
import { readSources } from '../../dist/host/firmware/sources.js';
import { obtainToolchain } from '../../dist/host/firmware/toolchain.js';
import { Kernel, portableModule } from '../../dist/host/kernel/kernel.js';
import { packImage } from '../../dist/host/link/image.js';
import { Messages } from '../../dist/host/link/schema.js';
import { layerSizes } from '../../dist/host/model/recipe.js';
import { checkRecipe } from '../../dist/host/model/recipe-check.js';
import {
  configureRequest,
  initialiseRequest,
  ratesAt,
  trainRequest,
} from '../../dist/host/model/requests.js';
import { readPreset } from '../../dist/host/training/presets.js';

const own = fileURLToPath(new URL('.', import.meta.url));

/** What each board trains: a network that it has room for. */
const networks = { pico: '784-128-10', 'mps2-an386': '784-128-10', 'riscv-virt': '784-64-10' };
/** Milliseconds between attempts to wake the firmware, and until it is given up. */
const NUDGE = 200;
const PATIENCE = 300_000;
/** One instruction a nanosecond of QEMU's time. */
const COUNTED = ['-icount', 'shift=0'];

/** The requests of `minibatches` training steps, each of which is evaluated first. */
async function describeWork(network, minibatches) {
  const { values, source } = readPreset('small');
  const recipe = checkRecipe({ ...values, network }, source);
  const { training } = await loadDataset();
  const size = recipe.minibatch;
  const requests = [];
  const add = (name, values) =>
    requests.push({ name, code: Messages[name].code, payload: Messages[name].request.encode(values) });
  const addSamples = (first) => {
    for (let slot = 0; slot < size; slot++) {
      const at = first + slot;
      const image = packImage(training.images.subarray(at * 784, (at + 1) * 784));
      add('sample', { slot, label: training.labels[at], image });
    }
  };
  add('configure', configureRequest(recipe));
  add('initialise', initialiseRequest(recipe));
  for (let step = 0; step < minibatches; step++) {
    addSamples(step * size);
    add('evaluate', { iterations: recipe['free-iterations'], samples: size });
    addSamples(step * size);
    const perEpoch = Math.ceil(training.count / size);
    add('train', trainRequest(step, size, ratesAt(recipe, step, perEpoch, size)));
  }
  return { recipe, requests, samples: minibatches * size };
}

/** The digest of all replies, as the module computes them here. */
function expectedDigest({ requests }) {
  const kernel = new Kernel(2 ** 24, 4096, portableModule());
  let digest = 0n;
  for (const { name, code, payload } of requests) {
    const outcome = kernel.executeEncoded(code, payload);
    if (outcome.refused) throw new Error(`${name} was refused`);
    const reply = Messages[name].reply.decode(outcome.payload);
    const weights = name === 'initialise' ? reply.digest : (reply.weights ?? 0n);
    for (const part of [reply.states ?? 0n, name === 'configure' ? 0n : weights])
      digest = BigInt.asUintN(64, digest * 31n + part);
  }
  return digest;
}

/** work.h */
function workHeader({ recipe, requests }) {
  const codes = ['configure', 'initialise', 'sample', 'evaluate', 'train'].map(
    (name) => `#define CODE_${name.toUpperCase()} ${Messages[name].code}u\n`,
  );
  const payloads = requests.map(
    ({ payload }, n) => `static const uint8_t payload_${n}[] __attribute__((aligned(4))) = {${payload}};\n`,
  );
  const entries = requests.map(({ code, payload }, n) => `  {${code}, ${payload.length}, payload_${n}},\n`);
  return `/* Written by run.mjs. */
${codes.join('')}#define LAYERS ${layerSizes(recipe.network).length}
#define REQUESTS ${requests.length}
${payloads.join('')}static const struct request requests[REQUESTS] = {\n${entries.join('')}};\n`;
}

/** The board's firmware with the benchmark in place of the device. */
async function build(board, work, defines, folder) {
  const source = (name) => readFileSync(join(own, name));
  const sources = new Map([
    ...readSources(board, {}),
    ['common/main.c', source('bench-main.c')],
    ['board/plain-kernel.c', source('plain-kernel.c')],
    ['plain-kernel.h', source('plain-kernel.h')],
    ['work.h', Buffer.from(workHeader(work))],
  ]);
  const { elf } = await compile(folder, sources, await obtainToolchain(), board, { defines });
  const file = new ElfFile(elf);
  const stage = file.section('.boot2');
  if (stage) sealBootStage(file.bytes.subarray(stage.offset, stage.offset + stage.size));
  const image = join(folder, 'bench.image');
  await writeFile(image, board.emulator.kind === 'qemu' ? file.bytes : file.image(board.flash.origin));
  return image;
}

function start(board, image) {
  const { emulator, id } = board;
  if (emulator.kind !== 'qemu') return openRp2040(id, image);
  const options = [...(emulator.options ?? []), ...COUNTED];
  return openQemu({ ...emulator, name: id, options, image }, board.uart.baud);
}

/** Wakes the firmware until it answers. */
async function ask({ stream }, length) {
  const chunks = [];
  const waker = setInterval(() => stream.write(Uint8Array.of(0)), NUDGE);
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new UserError('the firmware does not answer')), PATIENCE);
      stream.on('error', reject);
      stream.on('data', (chunk) => {
        chunks.push(chunk);
        const answer = Buffer.concat(chunks);
        if (answer.length < length) return;
        clearTimeout(timer);
        resolve(answer);
      });
    });
  } finally {
    clearInterval(waker);
  }
}

/** What both kernels took, as the board counts. */
async function run(board, work, defines = []) {
  const folder = await mkdtemp(join(tmpdir(), 'eqprop-bench-'));
  try {
    const line = await start(board, await build(board, work, defines, folder));
    try {
      const answer = await ask(line, 64);
      const field = (n) => answer.readBigUInt64LE(n * 8);
      const part = (n) => ({
        sample: Number(field(n)),
        evaluate: Number(field(n + 1)),
        train: Number(field(n + 2)),
        digest: field(n + 3),
      });
      return { module: part(0), plain: part(4) };
    } finally {
      await line.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Instructions or cycles in one of what the image counts. */
function scaleOf(board) {
  return board.emulator.kind === 'qemu' && board.core.cpu !== 'rv32imc' ? 1e9 / board.core.clock : 1;
}

async function measure(board, minibatches) {
  const work = await describeWork(networks[board.id], minibatches);
  const expected = expectedDigest(work);
  const took = await run(board, work);
  const counted = await run(board, work, ['COUNT_PRODUCTS']);
  for (const [name, { digest }] of Object.entries({ ...took, counted: counted.plain }))
    if (digest !== expected) throw new Error(`${board.id}: ${name} has digest ${digest}, not ${expected}`);
  const scale = scaleOf(board);
  const unit = board.emulator.kind === 'qemu' ? 'instructions' : 'cycles';
  return ['sample', 'evaluate', 'train'].map((phase) => {
    // Every sample is sent twice: to evaluate, and to train.
    const times = work.samples * (phase === 'sample' ? 2 : 1);
    const ours = (took.module[phase] * scale) / times;
    const plain = (took.plain[phase] * scale) / times;
    const products = counted.plain[phase] / work.samples;
    const each = (count) => (products > 0 ? count / products : undefined);
    return {
      board: board.id,
      network: work.recipe.network,
      work: phase,
      unit,
      products,
      ours: { perSample: ours, perProduct: each(ours) },
      plain: { perSample: plain, perProduct: each(plain) },
      ratio: ours / plain,
      // An instruction is no cycle: only cycles tell the time.
      milliseconds: unit === 'cycles' ? (ours / board.core.clock) * 1e3 : undefined,
    };
  });
}

function showTable(rows) {
  const head = [
    'board',
    'network',
    'a sample’s',
    'products',
    'unit',
    'ours',
    'each',
    'plain C',
    'each',
    'ours / plain',
    'ms',
  ];
  const table = new Table({ head, style: { head: [], border: [] } });
  const whole = (value) => Math.round(value).toLocaleString('en-GB');
  const places = (value, digits) => value?.toFixed(digits) ?? '';
  for (const { board, network, work, products, unit, ours, plain, ratio, milliseconds } of rows)
    table.push([
      ...[board, network, work, whole(products), unit],
      ...[
        whole(ours.perSample),
        places(ours.perProduct, 2),
        whole(plain.perSample),
        places(plain.perProduct, 2),
      ],
      ...[places(ratio, 3), places(milliseconds, 2)],
    ]);
  console.log(table.toString());
}

const { values: flags, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, minibatches: { type: 'string', default: '3' } },
  allowPositionals: true,
});
const rows = [];
for (const id of positionals.length > 0 ? positionals : Object.keys(networks))
  rows.push(...(await measure(readBoard(id), Number(flags.minibatches))));
if (flags.json) console.log(JSON.stringify(rows, undefined, 2));
else showTable(rows);
