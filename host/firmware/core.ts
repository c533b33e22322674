/** The cores that firmware can be compiled for: a file each, in boards/common/cores or beside a board's own board.toml. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { readToml } from '../files/index.js';
import { UserError } from '../ground/index.js';
import { nearest } from '../model/index.js';
import { checkToml } from './check-toml.js';

const coreSchema = v.strictObject({
  /** The file of boards/common with the start-up and the faults of such cores. */
  family: v.picklist(['cortex-m', 'riscv']),
  /** Flags for the compiler. */
  flags: v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1)),
  /** The most bytes of stack that firmware for this core has been seen to use; `eqprop verify` tells. */
  stack: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff)),
  /** A C file beside this one: its own forms of the kernel's primitives. */
  forms: v.optional(
    v.pipe(v.string(), v.regex(/^[\w-]+\.h$/, 'write the name of a C header beside this file')),
  ),
});

/** A core, `forms` being the file's text. */
export type Core = Readonly<v.InferOutput<typeof coreSchema>>;

/**
 * @param cpu the file's name, without its .toml
 * @param folders where it may lie, the first one first
 * @param source which board.toml names it, in errors
 * @throws `UserError` where there is no such core, or its file is wrong
 */
export function readCore(cpu: string, folders: readonly string[], source: string): Core {
  const file = folders.map((folder) => join(folder, `${cpu}.toml`)).find((path) => existsSync(path));
  if (file !== undefined) {
    const core = checkToml(coreSchema, readToml(file), file);
    return core.forms === undefined ? core : { ...core, forms: readForms(core.forms, file) };
  }
  const known = folders
    .flatMap((folder) => readdirSync(folder))
    .filter((name) => name.endsWith('.toml') && name !== 'board.toml')
    .map((name) => name.slice(0, -'.toml'.length))
    .sort();
  const meant = nearest(cpu, known);
  throw new UserError(
    `${source}: core.cpu: there is no core '${cpu}'`,
    meant
      ? `did you mean '${meant}'?`
      : `the cores are ${known.join(', ')}; boards/README.md tells how to add one`,
  );
}

function readForms(name: string, source: string): string {
  try {
    return readFileSync(join(dirname(source), name), 'utf8');
  } catch (cause) {
    throw new UserError(
      `${source}: forms: there is no ${name} beside it`,
      'leave forms out, or put the file there',
      { cause },
    );
  }
}

/** Bytes of stack that a board with such a core reserves at least: a quarter more than have been seen used. */
export function stackNeeded({ stack }: Core): number {
  return Math.ceil((stack * 5) / 4 / 8) * 8;
}
