/** The live page of what this process trains: served by a process of its own, which runs when there is time left. */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { say, styled } from './output.js';
import { terminal } from './terminal.js';

const START = fileURLToPath(new URL('./start.js', import.meta.url));

/** The message that all is over. */
const OVER = 'over';

export interface FromWatcher {
  readonly address: string;
}

export function isToWatcher(message: unknown): boolean {
  return message === OVER;
}

export interface WatchFlag {
  readonly watch?: true | 'auto';
}

export function addWatchFlag(command: Command): Command {
  return command.addOption(
    new Option(
      '--watch [auto]',
      'show it as it goes, on a page of this computer alone; auto: where a person looks on, at a terminal and not in CI',
    ).choices(['auto']),
  );
}

/** True where a page is wanted. */
function isWanted({ watch }: WatchFlag, isQuiet: boolean): boolean {
  if (watch === 'auto') return !isQuiet && terminal.width !== undefined && !process.env.CI;
  return watch === true;
}

export class Watcher {
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #isServed = false;

  /** @param isQuiet where nobody wants to be told of a page that was not asked for */
  constructor(
    private readonly flags: WatchFlag,
    private readonly isQuiet: boolean,
  ) {}

  /** Serves a folder's page; work goes on, whether that works or not. */
  begin(folder: string): void {
    if (this.#child || !isWanted(this.flags, this.isQuiet)) return;
    // A session of its own: what a terminal sends is for this process, which says when all is over.
    const child = spawn(process.execPath, [START, 'watch', folder], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
    child.once('message', ({ address }: FromWatcher) => {
      this.#isServed = true;
      say('live    ', address);
      // From now on: until then somebody waits for it.
      giveWay(child.pid);
    });
    child.once('exit', () => {
      if (!this.#isServed && !child.killed)
        say(styled('yellow', 'note     the live page could not be served: eqprop watch says why'));
    });
    // Work that fails is no reason to wait for it.
    child.unref();
    child.channel?.unref();
  }

  /** Shows readers how it ended. */
  async end(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    child.ref();
    // Before it has told its address nobody can look on.
    if (!this.#isServed) child.kill();
    else if (child.connected) child.send(OVER, () => undefined);
    await this.#ended;
  }
}

function giveWay(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It may not be told so; it looks at intervals alone.
  }
}
