import { join } from 'node:path';
import type { Command } from 'commander';
import { preparationOf } from '../data/index.js';
import { writeExport } from '../export/index.js';
import { formatsOf, graphOf, pictured } from '../model/index.js';
import { loadResult } from '../records/index.js';
import { print, say } from './output.js';

export function addExport(program: Command): void {
  program
    .command('export')
    .description('write what a run has learnt as a C header and as .npy files')
    .argument('<run>', "a run's folder")
    .option('--out <folder>', 'where to', '.')
    .option('--name <name>', 'of the network, in file and identifier names', 'eqprop')
    .action(async (folder: string, { out, name }: { out: string; name: string }) => {
      const { state, parameters, note } = loadResult(folder);
      if (note) say(note);
      const { recipe, position } = state;
      const files = await writeExport(
        {
          name,
          network: recipe.network,
          graph: graphOf(pictured(recipe, state.picture)),
          formats: formatsOf(recipe),
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
