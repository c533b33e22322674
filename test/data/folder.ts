/** A temporary folder for a file's tests, and what a loader refuses. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { UserError } from '#host/ground/index';

export interface Room {
  /** The folder's path; there once tests run. */
  path(...names: readonly string[]): string;
  /** Writes a file, and returns its path. */
  write(name: string, content: string | Uint8Array): string;
}

export function room(): Room {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqprop-data-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (...names: readonly string[]) => join(folder, ...names);
  return {
    path,
    write(name, content) {
      writeFileSync(path(name), content);
      return path(name);
    },
  };
}

/** The error that a promise is rejected with, or a function throws: message and hint. */
export async function refusal(work: Promise<unknown> | (() => unknown)): Promise<string> {
  const error: unknown = await (typeof work === 'function' ? (async () => work())() : work).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  const { message, hint } = error as UserError;
  return `${message}; ${hint}`;
}
