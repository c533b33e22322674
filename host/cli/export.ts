import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { preparationOf } from '../data/index.js';
import { writeExport } from '../export/index.js';
import { UserError } from '../ground/index.js';
import { formatsOf, graphOf, pictured, roundedDynamics } from '../model/index.js';
import { loadResult } from '../records/index.js';
import { print, say } from './output.js';

export function addExport(program: Command): void {
  program
    .command('export')
    .description('write what a run has learnt as .npy files of integers, and what they mean')
    .argument('<run>', "a run's folder")
    .option('--out <folder>', 'where to', '.')
    .addOption(new Option('--name <name>').hideHelp())
    .action(async (folder: string, { out, name }: { out: string; name?: string }) => {
      if (name !== undefined)
        throw new UserError(
          '--name was of the C header, which export writes no more',
          `C that predicts and learns: eqprop deploy ${folder}`,
        );
      const { state, parameters, note } = loadResult(folder);
      if (note) say(note);
      const { recipe, position } = state;
      const files = await writeExport(
        {
          network: recipe.network,
          recipe,
          graph: graphOf(pictured(recipe, state.picture)),
          formats: formatsOf(recipe),
          inputPull: roundedDynamics(recipe).inputPull,
          ...parameters,
          ...preparationOf(state),
          digest: BigInt(`0x${position.digest}`),
          step: position.step,
        },
        out,
      );
      for (const file of files) print('', join(out, file));
    });
}
