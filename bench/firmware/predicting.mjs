/** Counts what a prediction costs on a core: the deployed library's, beside the same network by hand. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDataset } from '../../dist/host/data/index.js';
import { deployedFrom } from '../../dist/host/deploy/deployed.js';
import { libraryOf } from '../../dist/host/deploy/library.js';
import { inTemporaryFolder } from '../../dist/host/files/index.js';
import { readBoard, withOneCore } from '../../dist/host/firmware/board.js';
import { compile } from '../../dist/host/firmware/compile.js';
import { readSources } from '../../dist/host/firmware/sources.js';
import { obtainToolchain } from '../../dist/host/firmware/toolchain.js';
import {
  checkRecipe,
  configureRequest,
  evaluationIterations,
  readPreset,
} from '../../dist/host/model/index.js';
import { Messages } from '../../dist/host/wire/index.js';
import { askImage, loadable, scaleOf, unitOf } from './emulated.mjs';
import { SMALL } from './recipes/centered.mjs';
import { trainedParameters } from './trained.mjs';

const own = fileURLToPath(new URL('.', import.meta.url));
const ANSWER_BYTES = 24;
const MINIBATCHES = 1000;
const EXAMPLES = 100;

/** Cores that are told apart, each on a machine with room for both networks. */
export const predictingBoards = ['mps2-an386', 'riscv-virt'];

export async function measurePredicting(id) {
  const board = readBoard(id);
  const dataset = await loadDataset();
  const { values, source } = readPreset(SMALL);
  const recipe = checkRecipe({ ...values, ...(id === 'riscv-virt' && { network: '784-64-10' }) }, source);
  const trained = trainedParameters(recipe, dataset, MINIBATCHES);
  const deployed = deployedFrom({ folder: 'bench', ...trained });
  const { files, laidOut } = await libraryOf(deployed);
  const examples = dataset.test.images.subarray(0, EXAMPLES * dataset.pixels);
  const answer = await run(
    withVariables(board, laidOut.memory.length),
    files,
    header(recipe, deployed, examples),
  );
  const alike = answer.readUInt32LE(16);
  if (alike !== EXAMPLES) throw new Error(`${id}: ${EXAMPLES - alike} of ${EXAMPLES} predictions differ`);
  const each = (at) => (Number(answer.readBigUInt64LE(at)) * scaleOf(board)) / EXAMPLES;
  const [ours, plain] = [each(0), each(8)];
  return { board: id, network: recipe.network, unit: unitOf(board), ours, plain, ratio: ours / plain };
}

/** Room for the library's memory among the firmware's variables. */
function withVariables(board, bytes) {
  return { ...withOneCore(board), ram: { ...board.ram, static: board.ram.static + bytes + 1024 } };
}

function run(board, files, examples) {
  return inTemporaryFolder(async (folder) => {
    const source = (name) => readFileSync(join(own, name));
    const sources = new Map([
      ...readSources(board, {}),
      ['common/main.c', source('predicting-main.c')],
      ...['counter.h', 'plain-kernel.c', 'plain-kernel.h'].map((name) => [name, source(name)]),
      ...[...files].map(([name, text]) => [`board/${name}`, Buffer.from(text)]),
      ['examples.h', Buffer.from(examples)],
    ]);
    const { elf } = await compile(folder, sources, await obtainToolchain(), board, {});
    const image = join(folder, 'bench.image');
    await writeFile(image, loadable(board, elf));
    return askImage(board, image, ANSWER_BYTES);
  });
}

/** @param recipe not pictured: the plain kernel knows vectors alone */
function header(recipe, { parameters }, examples) {
  const pixels = examples.length / EXAMPLES;
  const payload = Messages.configure.request.encode(configureRequest({ ...recipe, minibatch: 1 }));
  const arrays = (name, type, values) =>
    `${values.map((array, k) => `static const ${type} ${name}_${k}[] = {${array}};\n`).join('')}` +
    `static const ${type} *const ${name}[] = {${values.map((_, k) => `${name}_${k}`)}};\n`;
  return `#define EXAMPLES ${EXAMPLES}
#define ITERATIONS_EACH ${evaluationIterations(recipe)}
static const uint8_t configuration[] __attribute__((aligned(4))) = {${payload}};
${arrays('plain_weights', 'int16_t', parameters.weights)}${arrays('plain_biases', 'int32_t', parameters.biases)}
static const uint8_t examples[EXAMPLES][${pixels}] = {
${Array.from({ length: EXAMPLES }, (_, n) => `{${examples.subarray(n * pixels, (n + 1) * pixels)}},`).join('\n')}
};
`;
}
