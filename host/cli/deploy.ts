import { basename, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Deployed, deployedFrom, wasmModule, writeLibrary } from '../deploy/index.js';
import { writeWhole } from '../files/index.js';
import { count, UserError } from '../ground/index.js';
import { loadResult } from '../records/index.js';
import { announceTools } from './build-events.js';
import { numberIn, wholeNumber } from './device-flags.js';
import { print, say } from './output.js';

interface Flags {
  readonly to: keyof typeof targets;
  readonly out?: string;
  readonly name?: string;
  readonly learn?: true;
  readonly minibatch?: number;
  readonly rates?: readonly number[];
}

/** What a network can be made: each writes it into a folder. */
const targets = { c: writeC, wasm: writeWasm };

export function addDeploy(program: Command): void {
  program
    .command('deploy')
    .description('make a program of what a run has learnt: it predicts and, with --learn, goes on learning')
    .argument('<run>', "a run's folder")
    .addOption(
      new Option('--to <target>', 'a C library, or a WebAssembly module without imports')
        .choices(Object.keys(targets))
        .default('c'),
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
    .action(deploy);
}

async function deploy(run: string, { to, out, name, learn, minibatch, rates }: Flags): Promise<void> {
  if (!learn && (minibatch ?? rates) !== undefined)
    throw new UserError(
      `--${minibatch === undefined ? 'rates' : 'minibatch'} is of a network that learns`,
      'give --learn too, or leave it out',
    );
  const saved = loadResult(run);
  if (saved.note) say(saved.note);
  const deployed = deployedFrom(saved, learn ? { minibatch, rates } : undefined, name);
  await targets[to](deployed, out ?? join('deployed', basename(resolve(run))));
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
