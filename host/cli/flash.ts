import type { Command } from 'commander';
import { flashBoard, readBoard } from '../firmware/index.js';
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
    .description("build a board's firmware and put it on the board")
    .argument('<board>', "a board's name (eqprop boards lists them) or folder")
    .option(
      '--port <path>',
      "the board's port, for flashing tools that must be told, and where there are several boards",
    )
    .option('--volume <path>', "the boot loader's volume, where it is not found by its name");
  addBuildFlags(command).action(flash);
}

async function flash(name: string, flags: FlashFlags): Promise<void> {
  const board = readBoard(name);
  const where = await flashBoard(
    board,
    { ...buildOptionsOf(flags), port: flags.port, volume: flags.volume },
    {
      ...announceBuild(),
      onAsk: (port) => say(`asking the board at ${port} for its boot loader`),
    },
  );
  print('flashed by', where);
  print('eqprop ports lists the ports; train it with:', `eqprop train --device <port>${trainFlags(flags)}`);
}
