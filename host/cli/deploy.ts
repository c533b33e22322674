import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import {
  type Deployed,
  deployedFrom,
  type StandaloneOptions,
  wasmModule,
  writeLibrary,
  writeStandalone,
} from '../deploy/index.js';
import { writeWhole } from '../files/index.js';
import {
  boardIds,
  boardNamed,
  buildLinuxDevice,
  copyProgram,
  isLinuxTarget,
  linuxTargets,
} from '../firmware/index.js';
import { count, UserError } from '../ground/index.js';
import { formatsOf, partsOf } from '../model/index.js';
import { loadResult } from '../records/index.js';
import { announceBuild, announceTools } from './build-events.js';
import { numberIn, wholeNumber } from './device-flags.js';
import { addThresholdFlag, leastScore, type ThresholdFlag } from './least-score.js';
import { print, say } from './output.js';

interface Flags {
  readonly to: string;
  readonly out?: string;
  readonly name?: string;
  readonly learn?: true;
  readonly minibatch?: number;
  readonly rates?: readonly number[];
  readonly saveEvery?: number;
  readonly program?: string;
  readonly threshold?: ThresholdFlag;
}

/** Writes a network into a folder. */
type Target = (deployed: Deployed, folder: string, options: StandaloneOptions) => Promise<void>;

/** Targets besides boards' firmware. */
const targets: ReadonlyMap<string, Target> = new Map([
  ['c', writeC],
  ['wasm', writeWasm],
  ...linuxTargets.map((target): [string, Target] => [target, linuxWriter(target)]),
]);

/** @throws `UserError` where there is no such target */
function targetOf(name: string): Target {
  const target = targets.get(name);
  if (target) return target;
  const board = boardNamed(name)?.board;
  if (!board)
    throw new UserError(
      `there is no target '${name}'`,
      `there are ${[...targets.keys(), ...boardIds()].join(', ')}, and folders of boards`,
    );
  return async (deployed, folder, options) => {
    const written = await writeStandalone(deployed, board, folder, options, announceBuild());
    for (const file of written.files) print('', file);
    print(
      `${count(written.flash)} of ${count(board.flash.size)} bytes of flash, ${count(written.ram)} of ${count(board.ram.size)} of RAM`,
    );
  };
}

export function addDeploy(program: Command): void {
  const command = program
    .command('deploy')
    .description('make a program of what a run has learnt: it predicts and, with --learn, goes on learning')
    .argument('<run>', "a run's folder")
    .option(
      '--to <target>',
      "c: a C library; wasm: a WebAssembly module without imports; linux-arm64, linux-armv7, linux-riscv64, linux-x64: a program that serves a host as a device does; a board's name (eqprop boards lists them) or folder: firmware that reads lines of features and prints their class",
      'c',
    )
    .option('--out <folder>', 'where to (default: deployed/<run>)')
    .option('--name <name>', "the C library's name (default: the run's)")
    .option('--learn', 'keep the weights in RAM, to learn from further examples; else they stay in flash')
    .option(
      '--minibatch <number>',
      "examples that are learnt from at a time (default: the run's)",
      wholeNumber(1),
    )
    .option(
      '--rates <a,b,…>',
      'rates of learning, one a connection, constant (default: those the run began with)',
      (text) => text.split(',').map(numberIn),
    )
    .option(
      '--save-every <minibatches>',
      'firmware that learns: save to flash after so many (default: on the command !save alone)',
      wholeNumber(1),
    )
    .option(
      '--program <folder>',
      'firmware with a program of your own, C files with a main.c, in the place of the one that reads lines (examples/lis3dh is one)',
    );
  addThresholdFlag(command).action(deploy);
}

async function deploy(
  run: string,
  { to, out, name, learn, minibatch, rates, saveEvery, program, threshold }: Flags,
): Promise<void> {
  const target = targetOf(to);
  if (targets.has(to) && (saveEvery ?? program) !== undefined)
    throw new UserError(
      `--${saveEvery === undefined ? 'program' : 'save-every'} is of firmware`,
      "give a board's name to --to, or leave it out",
    );
  if (!learn && (minibatch ?? rates) !== undefined)
    throw new UserError(
      `--${minibatch === undefined ? 'rates' : 'minibatch'} is of a network that learns`,
      'give --learn too, or leave it out',
    );
  const saved = loadResult(run);
  if (saved.note) say(saved.note);
  // A Linux program predicts nothing by itself.
  const least = isLinuxTarget(to) ? 0 : await leastScore(saved, threshold);
  const deployed = deployedFrom(saved, learn ? { minibatch, rates } : undefined, name, least);
  await target(deployed, out ?? join('deployed', basename(resolve(run))), { saveEvery, program });
}

async function writeC(deployed: Deployed, folder: string): Promise<void> {
  const { files, ram, constants } = await writeLibrary(deployed, folder, announceTools());
  for (const file of files) print('', join(folder, file));
  print(`${count(ram)} bytes of RAM, ${count(constants)} of constants, beside the code`);
}

async function writeWasm(deployed: Deployed, folder: string): Promise<void> {
  const module = await wasmModule(deployed, announceTools());
  writeWhole(folder, 'eqprop.wasm', module);
  print('', join(folder, 'eqprop.wasm'));
  print(`${count(module.length)} bytes`);
}

/** A Linux program is a device: the host that it serves gives it the run's weights (evaluate, train --from). */
function linuxWriter(target: (typeof linuxTargets)[number]): Target {
  return async ({ recipe }, folder) => {
    const { storage } = formatsOf(recipe);
    const program = await buildLinuxDevice(target, { storage, parts: partsOf(recipe) }, announceBuild());
    const { file, bytes } = copyProgram(program, folder);
    print('', file);
    print(
      `${count(bytes)} bytes; ${basename(file)} --help tells its lines: standard streams, TCP, a terminal`,
    );
  };
}
