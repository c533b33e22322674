import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { deployedFrom, writeLibrary } from '../deploy/index.js';
import { count, UserError } from '../ground/index.js';
import { loadResult } from '../records/index.js';
import { announceTranslator } from './build-events.js';
import { numberIn, wholeNumber } from './device-flags.js';
import { print, say } from './output.js';

interface Flags {
  readonly out?: string;
  readonly name?: string;
  readonly learn?: true;
  readonly minibatch?: number;
  readonly rates?: readonly number[];
}

export function addDeploy(program: Command): void {
  program
    .command('deploy')
    .description('make a C library of what a run has learnt: it predicts and, with --learn, goes on learning')
    .argument('<run>', "a run's folder")
    .option('--out <folder>', 'where to (default: deployed/<run>)')
    .option('--name <name>', "the library's name (default: the run's)")
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

async function deploy(run: string, { out, name, learn, minibatch, rates }: Flags): Promise<void> {
  if (!learn && (minibatch ?? rates) !== undefined)
    throw new UserError(
      `--${minibatch === undefined ? 'rates' : 'minibatch'} is of a network that learns`,
      'give --learn too, or leave it out',
    );
  const saved = loadResult(run);
  if (saved.note) say(saved.note);
  const deployed = deployedFrom(saved, learn ? { minibatch, rates } : undefined, name);
  const folder = out ?? join('deployed', basename(resolve(run)));
  const { files, ram, constants } = await writeLibrary(deployed, folder, announceTranslator());
  for (const file of files) print('', join(folder, file));
  print(`${count(ram)} bytes of RAM, ${count(constants)} of constants, beside the code`);
}
