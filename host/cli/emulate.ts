import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import {
  type Conversation,
  type DeployedImage,
  type Emulation,
  emulate,
  serve,
  talkTo,
} from '../firmware/index.js';
import { UserError } from '../ground/index.js';
import { boardOrImage, boardOrImageArgument } from './board-or-image.js';
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
    .description(
      "start a board's firmware in its emulator, and say where it is reached; of a deployed image: feed it the lines of standard input, and print its answers",
    )
    .argument('<board or image>', boardOrImageArgument)
    .option(
      '--port <number>',
      'TCP port, for emulators that have no terminal, and for a deployed image to be reached by others',
      wholeNumber(1, 65535),
    )
    .option('--json', 'one JSON object on standard output, where it is reached');
  addBuildFlags(command).action(run);
}

async function run(name: string, flags: EmulateFlags): Promise<void> {
  const { board, image } = boardOrImage(name, flags);
  if (image) return runImage(image, flags);
  const options = { ...buildOptionsOf(flags), port: flags.port };
  const work = async (signal: AbortSignal, started: () => void) => {
    const emulation = await emulate(board, options, announceBuild(flags.json));
    started();
    if (flags.json) printJson({ board: board.id, address: emulation.address });
    else {
      print(emulation.address);
      say(
        `${board.name} is there until Ctrl-C; train it with:`,
        `eqprop train --device ${emulation.address}${trainFlags(flags)}`,
      );
    }
    await lasting(emulation, signal);
  };
  await interruptible(() => undefined, work);
}

/** Until it is interrupted. */
async function lasting(emulation: Emulation, signal: AbortSignal): Promise<void> {
  const end = await Promise.race([interrupted(signal), emulation.ended]);
  await emulation.stop();
  if (end !== undefined) throw new UserError(`the emulator ended: ${end || 'it was killed'}`);
}

function interrupted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined));
  });
}

async function runImage(image: DeployedImage, { port, json }: EmulateFlags): Promise<void> {
  if (json && port === undefined)
    throw new UserError(
      '--json tells where an image is reached, and it answers standard input here',
      'give --port, too, or leave it out',
    );
  await interruptible(
    () => undefined,
    async (signal, started) => {
      const conversation = await talkTo(image, json ? () => undefined : (line) => print('', line));
      started();
      if (port !== undefined) return serveImage(image, conversation, port, signal, json);
      try {
        const lines = createInterface({ input: process.stdin });
        await Promise.race([interrupted(signal), conversation.say(lines)]);
        lines.close();
      } finally {
        await conversation.close();
      }
    },
  );
}

async function serveImage(
  { board, learns }: DeployedImage,
  conversation: Conversation,
  port: number,
  signal: AbortSignal,
  json?: true,
): Promise<void> {
  conversation.leave();
  const emulation = await serve(conversation.line, port);
  const { address } = emulation;
  if (json) printJson({ board: board.id, address });
  else {
    print(address);
    say(
      `it is there until Ctrl-C, for lines${learns ? '; a host takes it over with:' : ''}`,
      learns ? `eqprop verify --device ${address}` : undefined,
    );
  }
  await lasting(emulation, signal);
}
