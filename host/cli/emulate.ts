import type { Command } from 'commander';
import { emulate, readBoard } from '../firmware/index.js';
import { UserError } from '../ground/index.js';
import { addBuildFlags, type BuildFlags, buildOptionsOf, trainFlags } from './build.js';
import { announceBuild } from './build-events.js';
import { wholeNumber } from './device-flags.js';
import { interruptible } from './interruption.js';
import { type OutputFlags, print, printJson, say } from './output.js';

interface EmulateFlags extends BuildFlags, OutputFlags {
  readonly port?: number;
}

export function addEmulate(program: Command): void {
  const command = program
    .command('emulate')
    .description("start a board's firmware in its emulator, and say where it is reached")
    .argument('<board>', "a board's name (eqprop boards lists them) or folder")
    .option('--port <number>', 'TCP port, for emulators that have no terminal', wholeNumber(1, 65535))
    .option('--json', 'one JSON object on standard output');
  addBuildFlags(command).action(run);
}

async function run(name: string, flags: EmulateFlags): Promise<void> {
  const board = readBoard(name);
  const options = { ...buildOptionsOf(flags), port: flags.port };
  const work = async (signal: AbortSignal, started: () => void) => {
    const emulation = await emulate(board, options, announceBuild(flags.json));
    const interrupted = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined));
    });
    started();
    if (flags.json) printJson({ board: board.id, address: emulation.address });
    else {
      print(emulation.address);
      say(
        `${board.name} is there until Ctrl-C; train it with:`,
        `eqprop train --device ${emulation.address}${trainFlags(flags)}`,
      );
    }
    const end = await Promise.race([interrupted, emulation.ended]);
    await emulation.stop();
    if (end !== undefined) throw new UserError(`the emulator ended: ${end || 'it was killed'}`);
  };
  await interruptible(() => undefined, work);
}
