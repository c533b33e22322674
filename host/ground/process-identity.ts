/**
 * Identity of a process: its number alone is soon another's, after a restart of the computer most of all, and in a
 * container, where each first process has the number 1.
 *
 * Linux tells when the computer started (a random number of each start) and when the process did (in ticks since then):
 * no two processes of a computer have both. A container that was started anew finds neither that number nor that time.
 * Another container's processes cannot be seen from here; such a one has, unless somebody chose otherwise, another name
 * too, and is to others another computer. Elsewhere than on Linux the number alone is known.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly process: number;
  /** Names the computer's start. */
  readonly boot?: string;
  /** Ticks from then to the start of the process. */
  readonly started?: string;
}

/** This one. */
export function ownIdentity(): ProcessIdentity {
  const boot = read('/proc/sys/kernel/random/boot_id')?.trim();
  const started = statusOf(process.pid)?.started;
  return { process: process.pid, ...(boot && { boot }), ...(started && { started }) };
}

/** This one, as a part of a file's name. */
export function identityText(): string {
  const { process: id, boot = '', started = '' } = ownIdentity();
  return `${id}_${boot}_${started}`;
}

/** The process that a name's text begins with, before a `-`: once, it was the number alone. Nothing where it names none. */
export function identityIn(text: string): ProcessIdentity | undefined {
  const [, id, boot, started] = /^(\d+)(?:_([^_]*)_(\d*))?-/.exec(text) ?? [];
  if (id === undefined) return undefined;
  return { process: Number(id), ...(boot && { boot }), ...(started && { started }) };
}

/** Names the processes that see each other's numbers: those of a computer, or of one of its containers. */
export function neighbourhood(): string {
  const [space = ''] = /\d+/.exec(linkOf('/proc/self/ns/pid') ?? '') ?? [];
  return `${hostname()}-${space}`;
}

/** Tells whether it runs, as far as can be known; one that has ended and that nobody has asked how does not. */
export function isRunning({ process: id, boot, started }: ProcessIdentity): boolean {
  const own = ownIdentity();
  if (boot !== undefined && own.boot !== undefined && boot !== own.boot) return false;
  const status = statusOf(id);
  // Processes of others may be hidden: signals still find them.
  if (!status) return answersSignals(id);
  if (status.hasEnded) return false;
  return started === undefined || started === status.started;
}

interface ProcessStatus {
  readonly hasEnded: boolean;
  readonly started: string | undefined;
}

/** Nothing where the system does not tell. */
function statusOf(id: number): ProcessStatus | undefined {
  // Behind the name, which may hold anything, the third field begins; the start is the 22nd.
  const fields = numbersAreOurs() ? read(`/proc/${id}/stat`)?.split(') ').at(-1)?.split(' ') : undefined;
  return fields && { hasEnded: ['Z', 'X', 'x'].includes(fields[0]), started: fields[19] };
}

/** False where a process has numbers of its own, and sees what is told of others' numbers. */
function numbersAreOurs(): boolean {
  return linkOf('/proc/self') === String(process.pid);
}

function answersSignals(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
