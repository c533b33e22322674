import type { Command } from 'commander';
import { flashBoard } from '../firmware/index.js';
import { boardOrImage, boardOrImageArgument } from './board-or-image.js';
import { addBuildFlags, type BuildFlags, buildOptionsOf, trainFlags } from './build.js';
import { announceBuild } from './build-events.js';
import { print, say } from './output.js';

interface FlashFlags extends BuildFlags {
  readonly port?: string;
  readonly volume?: string;
}

export function addFlash(program: Command): void {
  const command = program
    .command('flash')
    .description("build a board's firmware, or take a deployed image, and put it on the board")
    .argument('<board or image>', boardOrImageArgument)
    .option(
      '--port <path>',
      "the board's port, for flashing tools that must be told, and where there are several boards",
    )
    .option('--volume <path>', "the boot loader's volume, where it is not found by its name");
  addBuildFlags(command).action(flash);
}

async function flash(name: string, flags: FlashFlags): Promise<void> {
  const { board, image } = boardOrImage(name, flags);
  const where = await flashBoard(
    board,
    { ...buildOptionsOf(flags), image, port: flags.port, volume: flags.volume },
    {
      ...announceBuild(),
      onAsk: (port) => say(`asking the board at ${port} for its boot loader`),
    },
  );
  print('flashed by', where);
  if (image) print(`${image.name} reads lines at the board's port, which eqprop ports lists`);
  else
    print('eqprop ports lists the ports; train it with:', `eqprop train --device <port>${trainFlags(flags)}`);
}
