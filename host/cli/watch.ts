/** Live pages of runs that any process trains. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { ComparisonFolder } from '../comparison/index.js';
import { UserError } from '../ground/index.js';
import { findRuns, serveRuns } from '../watch/index.js';
import { wholeNumber } from './device-flags.js';
import { interruptible } from './interruption.js';
import { print, printJson, say } from './output.js';
import { type FromWatcher, isToWatcher } from './watcher.js';

interface WatchFlags {
  readonly port?: number;
  readonly json?: true;
}

export function addWatch(program: Command): void {
  program
    .command('watch')
    .description('show runs as they go, on a page of this computer alone')
    .argument('<folders...>', 'runs, or folders of runs, as a comparison; whatever trains them')
    .option('--port <port>', 'TCP port on 127.0.0.1 (default: any that is free)', wholeNumber(1, 65535))
    .option('--json', 'the address as JSON')
    .action(watch);
}

async function watch(folders: readonly string[], { port, json }: WatchFlags): Promise<void> {
  for (const folder of folders) requireRuns(folder);
  await interruptible(
    () => undefined,
    async (signal, started) => {
      const server = await serveRuns(folders, port);
      started();
      const { address } = server;
      if (json) printJson({ address });
      else {
        print('', address);
        say('open it in a browser of this computer; it is there until Ctrl-C');
      }
      // A starter that shows the address itself.
      process.send?.({ address } satisfies FromWatcher);
      await ((await isOver(signal)) ? server.finish() : server.close());
      if (process.connected) process.disconnect();
    },
  );
}

function requireRuns(folder: string): void {
  if (!existsSync(folder))
    throw new UserError(`there is no folder ${folder}`, 'name the folder of a run, or of several');
  if (findRuns([folder]).length > 0 || ComparisonFolder.isAt(folder)) return;
  throw new UserError(`there is no run in ${folder}`, 'name the folder of a run, or of several');
}

/** Resolves when whoever started this process says that all is over, or, to false, when it is interrupted. */
function isOver(signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    process.on('message', (message) => {
      if (isToWatcher(message)) resolve(true);
    });
    signal.addEventListener('abort', () => resolve(false));
  });
}
