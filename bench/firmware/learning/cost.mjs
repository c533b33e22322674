/** Counts a training sample's cost on a core, at evenly spaced moments on the way to a mark. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTemporaryFolder } from '../../../dist/host/files/index.js';
import { compile } from '../../../dist/host/firmware/compile.js';
import { ElfFile } from '../../../dist/host/firmware/elf.js';
import { readSources } from '../../../dist/host/firmware/sources.js';
import { obtainToolchain } from '../../../dist/host/firmware/toolchain.js';
import { askImage, loadable, scaleOf, unitOf } from '../emulated.mjs';
import { codesHeader } from '../work.mjs';
import { minibatches } from './curve.mjs';
import { Ours } from './ours.mjs';
import { peerImage } from './peer-build.mjs';
import { fillWork, packRequests, workSource } from './work-space.mjs';

const firmware = fileURLToPath(new URL('../', import.meta.url));
/** Bytes of learning-main.c's answer. */
const ANSWER = 24;
/** Sections of variables, the module's instance included. */
const VARIABLES = ['.data', '.bss', '.kept', '.instance'];

/** Records the work of some moments among the first samples: requests packed, and the digest that they must come to. */
export async function recordMoments(learner, seed, plan, training, { first, moments, counted }) {
  const every = first / moments;
  const { minibatch } = learner;
  // No sample is counted twice, nor one beyond the mark.
  const most = Math.max(minibatch, Math.min(counted, Math.floor(every / minibatch) * minibatch));
  const recorded = [];
  await learner.start(seed, plan);
  let samples = 0;
  const upcoming = minibatches(training.count, seed, minibatch);
  const next = () => upcoming.next().value;
  const train = (indices) => {
    learner.train(training, indices);
    samples += indices.length;
  };
  for (let moment = 0; moment < moments; moment++) {
    while (samples < every * (moment + 0.5)) train(next());
    const requests = await learner.snapshot();
    for (let left = most; left > 0; left -= minibatch) {
      const indices = next();
      requests.push(...learner.requestsOf(training, indices));
      train(indices);
    }
    recorded.push({ packed: packRequests(requests), samples: most, digest: learner.digest });
  }
  return recorded;
}

/**
 * Counts instructions, or cycles, of a sample, and bytes of RAM; nothing where the board has no room.
 * @param options of the firmware's build
 */
export async function countOn(core, contender, minibatch, recorded, options = {}) {
  const room = workSource(Math.max(...recorded.map(({ packed }) => packed.length)));
  const elf = await linked(core, contender, minibatch, room, options);
  if (elf === undefined) return undefined;
  const image = loadable(core.board, elf);
  const file = new ElfFile(elf);
  const variables = VARIABLES.reduce((sum, name) => sum + (file.section(name)?.size ?? 0), 0);
  let [took, samples, ram] = [0, 0, 0];
  for (const moment of recorded) {
    const answer = await runImage(core.board, fillWork(image, moment.packed));
    const digest = answer.readBigUInt64LE(8);
    if (digest !== moment.digest && !(core.fuses && contender.learner !== Ours))
      throw new Error(`${contender.id} on ${core.name} has digest ${digest}, not ${moment.digest}`);
    took += Number(answer.readBigUInt64LE(0)) * scaleOf(core.board);
    samples += moment.samples;
    ram = Math.max(ram, variables + answer.readUInt32LE(16) + answer.readUInt32LE(20));
  }
  const perSample = Math.round(took / samples);
  return { core: core.id, machine: core.machine, unit: unitOf(core.board), perSample, ram };
}

/** The linker's words where variables need more than there is. */
const NO_ROOM = /will not fit in region/;

async function linked(core, contender, minibatch, room, options) {
  try {
    if (contender.learner === Ours) return await moduleImage(core.board, room, options);
    return await peerImage(roomy(core, contender), contender, minibatch, room);
  } catch (error) {
    if (NO_ROOM.test(error.message)) return undefined;
    throw error;
  }
}

/** Gives all of the RAM to the peer's variables and stack. */
function roomy(core, { stack = core.board.ram.stack }) {
  const { ram } = core.board;
  return { ...core, board: { ...core.board, ram: { ...ram, stack, static: ram.size - stack - 1024 } } };
}

async function moduleImage(board, room, options) {
  const source = (name) => readFileSync(join(firmware, name));
  const sources = new Map([
    ...readSources(board, options),
    ...['counter.h', 'learner.h', 'module.h'].map((name) => [name, source(name)]),
    ['common/main.c', source('learning-main.c')],
    ['board/module-learner.c', source('module-learner.c')],
    ['board/work.c', Buffer.from(room)],
    ['codes.h', Buffer.from(codesHeader())],
  ]);
  const toolchain = await obtainToolchain();
  return inTemporaryFolder(async (folder) => (await compile(folder, sources, toolchain, board, options)).elf);
}

function runImage(board, bytes) {
  return inTemporaryFolder(async (folder) => {
    const path = join(folder, 'image');
    await writeFile(path, bytes);
    return askImage(board, path, ANSWER);
  });
}
