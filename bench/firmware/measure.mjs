/** Builds a board's image of the benchmark, runs it in the board's emulator, and divides by the samples. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTemporaryFolder } from '../../dist/host/files/index.js';
import { withOneCore } from '../../dist/host/firmware/board.js';
import { compile } from '../../dist/host/firmware/compile.js';
import { readSources } from '../../dist/host/firmware/sources.js';
import { obtainToolchain } from '../../dist/host/firmware/toolchain.js';
import { UserError } from '../../dist/host/ground/errors.js';
import { Option } from '../../dist/host/wire/schema.js';
import { askImage, loadable, scaleOf, unitOf } from './emulated.mjs';
import { describeWork, expectedDigest, recipes, workHeader } from './work.mjs';

const own = fileURLToPath(new URL('.', import.meta.url));

/** Kernels in the order of bench-main.c's answer, each with as many fields. */
const KERNELS = ['module', 'dense', 'plain'];
const FIELDS = 4;
/** Bytes that the benchmark's variables take beside the firmware's, and bytes of stack that it can do without. */
const MORE_STATIC = 96;
const SPARE_STACK = 64;

/** The board's firmware with the benchmark in place of the device. */
async function build(board, work, options, folder) {
  const source = (name) => readFileSync(join(own, name));
  const sources = new Map([
    ...readSources(board, options),
    ['common/main.c', source('bench-main.c')],
    ['board/plain-kernel.c', source('plain-kernel.c')],
    ...['plain-kernel.h', 'counter.h', 'module.h'].map((name) => [name, source(name)]),
    ['work.h', Buffer.from(workHeader(work))],
  ]);
  const { elf } = await compile(folder, sources, await obtainToolchain(), board, options);
  const image = join(folder, 'bench.image');
  await writeFile(image, loadable(board, elf));
  return image;
}

/** Resolves with each kernel's counts, in the board's units. */
function run(board, work, options) {
  return inTemporaryFolder(async (folder) => {
    const image = await build(board, work, options, folder);
    const answer = await askImage(board, image, KERNELS.length * FIELDS * 8);
    const field = (n) => answer.readBigUInt64LE(n * 8);
    const part = (n) => ({
      sample: Number(field(n)),
      evaluate: Number(field(n + 1)),
      train: Number(field(n + 2)),
      digest: field(n + 3),
    });
    return Object.fromEntries(KERNELS.map((kernel, n) => [kernel, part(n * FIELDS)]));
  });
}

function sparing(board) {
  const { ram } = board;
  return {
    ...withOneCore(board),
    ram: { ...ram, static: ram.static + MORE_STATIC, stack: ram.stack - SPARE_STACK },
  };
}

/** A row for each kind of request, of the module alone: for recipes that the plain kernel knows nothing of. */
export async function measureAlone(described, changes, minibatches, options = {}) {
  const board = sparing(described);
  const work = await describeWork(changes, minibatches);
  const { module } = await run(board, work, { ...options, defines: ['MODULE_ALONE'] });
  const expected = expectedDigest(work);
  if (module.digest !== expected)
    throw new Error(`${board.id}: the module has digest ${module.digest}, not ${expected}`);
  return PHASES.map((phase) => rowOf(board, work, phase, module));
}

const PHASES = ['sample', 'evaluate', 'train'];

function rowOf(board, { recipe, samples }, phase, took) {
  const unit = unitOf(board);
  const perSample = perSampleOf(board, samples, phase, took);
  return {
    board: board.id,
    network: `${recipe.network}, ${recipe.minibatch}`,
    work: phase,
    unit,
    ours: { perSample },
    // An instruction is no cycle: only cycles tell the time.
    milliseconds: unit === 'cycles' ? (perSample / board.core.clock) * 1e3 : undefined,
  };
}

/** Every sample is sent twice: to evaluate, and to train. */
function perSampleOf(board, samples, phase, took) {
  return (took[phase] * scaleOf(board)) / (samples * (phase === 'sample' ? 2 : 1));
}

/** A row for each kind of request. */
export async function measure(described, minibatches, options = {}) {
  const board = sparing(described);
  const recipe = recipes[board.id];
  if (!recipe)
    throw new UserError(`no work for '${board.id}'`, `there is for ${Object.keys(recipes).join(', ')}`);
  const work = await describeWork(recipe, minibatches);
  const expected = expectedDigest(work);
  const took = await run(board, work, options);
  const counted = await run(board, work, { ...options, defines: ['COUNT_PRODUCTS'] });
  const digests = {
    'the dense form here': expectedDigest(work, Option.dense),
    ...Object.fromEntries(KERNELS.map((kernel) => [kernel, took[kernel].digest])),
    'plain, counting': counted.plain.digest,
  };
  for (const [name, digest] of Object.entries(digests))
    if (digest !== expected) throw new Error(`${board.id}: ${name} has digest ${digest}, not ${expected}`);
  return PHASES.map((phase) => {
    const row = rowOf(board, work, phase, took.module);
    const [ours, dense, plain] = KERNELS.map((kernel) =>
      perSampleOf(board, work.samples, phase, took[kernel]),
    );
    const products = counted.plain[phase] / work.samples;
    const each = (count) => (products > 0 ? count / products : undefined);
    return {
      ...row,
      products,
      ours: { perSample: ours, perProduct: each(ours) },
      plain: { perSample: plain, perProduct: each(plain) },
      dense: { perSample: dense },
      ratio: ours / plain,
      saving: dense / ours,
    };
  });
}
