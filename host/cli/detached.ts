/** Runs that outlive their terminal: the same command in a session of its own, its words in a log in the run's folder. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { makeFolder, removeEmpty, writing } from '../files/index.js';
import { UserError } from '../ground/index.js';
import { INTERRUPTED } from './interruption.js';
import { type OutputFlags, print, printJson, say } from './output.js';
import { quoted } from './resume-hint.js';
import { DETACHED } from './starter.js';
import { timestamp } from './timestamp.js';

const START = fileURLToPath(new URL('./start.js', import.meta.url));

export interface DetachedFlags {
  readonly out?: string;
  readonly resume?: string;
  readonly detached?: true;
}

export function addDetachedFlag(command: Command): Command {
  return command.option(
    '--detached',
    'go on without this terminal: comes back when the run is under way, its words are in a log in its folder',
  );
}

/**
 * Starts this process's own command line anew, and waits until that run holds its folder. Where it ends before, what it
 * said is said here, and its exit status is this process's.
 * @param folder the run's
 */
export async function startDetached(folder: string, flags: DetachedFlags & OutputFlags): Promise<void> {
  const [command = '', ...given] = process.argv.slice(2).filter((word) => word !== '--detached');
  const where = flags.resume === undefined ? ['--out', folder] : [];
  const words = [...process.execArgv, START, command, ...where, ...given];
  if (flags.resume !== undefined && !existsSync(join(folder, '.'))) {
    // No folder for a log, and nothing to go on with: the command itself says so.
    process.exitCode = spawnSync(process.execPath, words, { stdio: 'inherit' }).status ?? INTERRUPTED;
    return;
  }
  const log = openLog(folder);
  const child = spawn(process.execPath, words, {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log.file, log.file, 'ipc'],
    env: { ...process.env, [DETACHED]: '1' },
  });
  closeSync(log.file);
  const isUnderWay = await new Promise<boolean>((resolve, reject) => {
    child.once('message', () => resolve(true));
    child.once('disconnect', () => resolve(false));
    child.once('error', ({ message }) => reject(new UserError(`the run could not be started: ${message}`)));
  });
  if (isUnderWay) {
    log.keep();
    child.disconnect();
    child.unref();
    introduce(child.pid, folder, log.path, flags);
    return;
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  const said = readFileSync(log.path, 'utf8').trimEnd();
  process.exitCode = child.exitCode ?? INTERRUPTED;
  if (process.exitCode === 0) print('', said);
  else say('', said);
}

function introduce(pid: number | undefined, folder: string, log: string, { json }: OutputFlags): void {
  if (json) {
    printJson({ kind: 'detached', pid, folder, log });
    return;
  }
  const windows = process.platform === 'win32';
  print(`started  process ${pid}, which needs this terminal no more`);
  print('folder  ', folder);
  print('log     ', log);
  print('look    ', windows ? `Get-Content -Wait ${quoted(log)}` : `tail -f ${quoted(log)}`);
  print('stop    ', windows ? `taskkill /f /pid ${pid}` : `kill ${pid}`);
  print(
    windows
      ? 'Stopped, it goes on from its last checkpoint with --resume.'
      : 'Told to stop, it saves and says in its log how to go on.',
  );
}

/** Opens a new log; it and the folders made for it go with this process, unless it is kept. */
function openLog(folder: string) {
  const wanted = join(folder, `log-${timestamp()}`);
  return writing(`${wanted}.txt`, () => {
    const made = makeFolder(folder);
    let own: string | undefined;
    const remove = () => {
      if (own !== undefined) rmSync(own, { force: true });
      removeEmpty(made);
    };
    // Before whoever made the folder looks whether it is empty.
    process.prependOnceListener('exit', remove);
    const log = createNumbered(wanted);
    own = log.path;
    return { ...log, keep: () => process.off('exit', remove) };
  });
}

/** Numbered where others began in the same second: which of them has the folder is the lock's to say. */
function createNumbered(wanted: string): { readonly path: string; readonly file: number } {
  for (let n = 1; ; n++) {
    const path = `${wanted}${n === 1 ? '' : `-${n}`}.txt`;
    try {
      return { path, file: openSync(path, 'wx') };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
