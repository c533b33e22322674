/** A peer's C, compiled for the host's WebAssembly or for a core. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTemporaryFolder } from '../../../dist/host/files/index.js';
import { boardsFolder } from '../../../dist/host/firmware/board.js';
import { lastLines, runCommand } from '../../../dist/host/firmware/command.js';
import { unitsOf, writeSources } from '../../../dist/host/firmware/compile.js';
import { readSources } from '../../../dist/host/firmware/sources.js';
import { obtainToolchain } from '../../../dist/host/firmware/toolchain.js';
import { UserError } from '../../../dist/host/ground/errors.js';
import { codesHeader } from '../work.mjs';

const firmware = fileURLToPath(new URL('../', import.meta.url));
const peers = join(firmware, 'peers');

/** -O2 suits these programs; the compiler's own library, with its floats, is built alike. */
const common = [
  '-O2',
  '-std=c11',
  '-fomit-frame-pointer',
  '-ffreestanding',
  '-fno-sanitize=all',
  '-Wl,--gc-sections',
];
const sections = ['-ffunction-sections', '-fdata-sections'];
const tables = ['-fno-unwind-tables', '-fno-asynchronous-unwind-tables'];
const libc = ['-isystem', join(peers, 'libc'), '-isystem', join(boardsFolder, 'common', 'libc')];
const wasm = [
  ...[
    '-target',
    'wasm32-freestanding',
    '-mbulk-memory',
    '-msimd128',
    '-Wl,--no-entry',
    '-Wl,--export-dynamic',
  ],
  ...['peer_images', 'peer_labels', 'peer_predictions'].map((name) => `-Wl,--export=${name}`),
];

/** Sums of products are rounded twice, as without an FPU: every core comes to the same bits. */
const ROUNDED_TWICE = '-ffp-contract=off';

function contenderFlags({ flags = [] }, minibatch) {
  return [`-DBATCH=${minibatch}`, `-I${peers}`, ...libc, ...flags];
}

const peerUnits = ({ units }) => [...units, 'exponential.c'].map((unit) => resolve(peers, unit));

/** The module's bytes. */
export function hostModule(contender, minibatch) {
  return inTemporaryFolder((folder) =>
    link(folder, contender, [
      ...[...wasm, ...common, ...sections, ROUNDED_TWICE],
      ...contenderFlags(contender, minibatch),
      ...peerUnits(contender),
    ]),
  );
}

/** The linked image, work.c in it. */
export function peerImage({ board, flags, fuses }, contender, minibatch, workSource) {
  const sources = new Map([
    ...readSources(board, {}),
    ['common/main.c', readFileSync(join(firmware, 'learning-main.c'))],
    ['board/work.c', Buffer.from(workSource)],
    ['codes.h', Buffer.from(codesHeader())],
  ]);
  return inTemporaryFolder(async (folder) => {
    await writeSources(folder, sources);
    return link(folder, contender, [
      ...[...(flags ?? board.target.flags), ...common, ...sections, ...tables],
      ...[fuses ? '-ffp-contract=fast' : ROUNDED_TWICE, '-Wl,-T,board/link.ld', '-Wl,--entry=reset'],
      ...['-Icommon', '-Iboard', '-I.', `-I${firmware}`],
      ...[...contenderFlags(contender, minibatch), ...(contender.coreFlags ?? [])],
      ...[...unitsOf(sources, board), join(peers, 'peer-learner.c'), ...peerUnits(contender)],
    ]);
  });
}

async function link(cwd, { id }, parameters) {
  const { zig, environment } = await obtainToolchain();
  const outcome = await runCommand(zig, ['cc', ...parameters, '-o', 'linked'], { cwd, env: environment });
  if (outcome.status !== 0)
    throw new UserError(`${id} does not compile:\n${lastLines(outcome.errors || outcome.output)}`);
  return readFile(join(cwd, 'linked'));
}
