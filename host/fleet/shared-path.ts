/** A folder that several computers see, each at a path of its own: a file in it lets them be sure that it is the same one. */
import { randomUUID } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { readJson, writing } from '../files/index.js';
import { UserError } from '../ground/index.js';

const MARKER = 'eqprop-shared.json';
const markerSchema = v.object({ identity: v.pipe(v.string(), v.uuid()) });

/** Looks at a marker that another computer may be writing, and milliseconds between them. */
const LOOKS = 20;
const PAUSE = 250;

/** It is not at its path now, and may come back. */
export class SharedPathAway extends UserError {
  constructor(path: string) {
    super(
      `what is at ${path} now is not the shared path that was there`,
      'mount it there again, or name where it is: --shared PATH',
    );
  }
}

export class SharedPath {
  private constructor(
    readonly path: string,
    /** The same on all computers. */
    readonly identity: string,
  ) {}

  /**
   * @param known identity that it must have; if absent, it is given one where it has none
   * @throws `UserError` where there is no such folder, it cannot be written to, or it is another one
   */
  static async open(given: string, known?: string): Promise<SharedPath> {
    const path = resolve(given);
    requireWritable(path);
    if (known === undefined) mark(path);
    const shared = new SharedPath(path, known ?? (await identityIn(path)));
    shared.requireThere();
    return shared;
  }

  /** False where something else is at its path now, as it is mounted no more. */
  isThere(): boolean {
    return identityAt(this.path) === this.identity;
  }

  /** @throws `SharedPathAway` where it is not */
  requireThere(): void {
    if (!this.isThere()) throw new SharedPathAway(this.path);
  }
}

/**
 * Why folders that go below a shared path cannot be had by a worker; nothing where they can, or go through Redis.
 * @param identity of the path
 * @param seen identity of the one that the worker sees
 */
export function notSeen(identity: string | undefined, seen: string | undefined): string | undefined {
  if (identity === undefined || identity === seen) return undefined;
  const hint = 'name where the worker sees it, eqprop work --shared PATH';
  return `its folders go below ${seen === undefined ? 'a' : 'another'} shared path: ${hint}`;
}

function requireWritable(path: string): void {
  const hint = 'mount it, or name the path by which this computer sees it: --shared PATH';
  let isFolder: boolean | undefined;
  try {
    isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  } catch (error) {
    throw new UserError(`could not look at the shared path ${path}: ${(error as Error).message}`, hint);
  }
  if (isFolder === undefined) throw new UserError(`there is no shared path ${path}`, hint);
  if (!isFolder) throw new UserError(`the shared path ${path} is no folder`, hint);
  // Rights alone do not tell: a server may have its own.
  const probe = join(path, `eqprop-probe-${randomUUID()}`);
  writing(path, () => {
    writeFileSync(probe, '', { flag: 'wx' });
    rmSync(probe);
  });
}

/** Gives it an identity, unless somebody was first. */
function mark(path: string): void {
  writing(path, () => {
    try {
      writeFileSync(join(path, MARKER), `${JSON.stringify({ identity: randomUUID() })}\n`, { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  });
}

async function identityIn(path: string): Promise<string> {
  for (let looks = 0; looks < LOOKS; looks++) {
    const identity = identityAt(path);
    if (identity !== undefined) return identity;
    await pause(PAUSE);
  }
  throw new UserError(`${join(path, MARKER)} is not what eqprop wrote`, 'delete it: it is made anew');
}

/** Nothing where there is no marker, or it is not whole. */
function identityAt(path: string): string | undefined {
  try {
    return v.parse(markerSchema, readJson(join(path, MARKER))).identity;
  } catch {
    return undefined;
  }
}
