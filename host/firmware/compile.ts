/** From sources to an ELF file and a map, in a folder of their own: no path of this computer gets into either. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../ground/index.js';
import type { Cores } from '../kernel/index.js';
import { partBits } from '../wire/index.js';
import type { Board } from './board.js';
import { lastLines, type Outcome, runCommand } from './command.js';
import { fixParts, foldMemoryBase, MemoryBase, useForms } from './generated-c.js';
import { type BuildOptions, FORMS, KERNEL, keptParts, macros, type Sources } from './sources.js';
import type { Toolchain } from './toolchain.js';

/** Where the map says that the compiler's own library lies: in a cache of this computer's. */
const CACHED_FOLDER = /(?<=^ *(?:\S+ +){4}|\()(?! )[^()\n]*[\\/]o[\\/][0-9a-f]{32}[\\/]/gm;

/** The result of the linker. */
export interface Linked {
  readonly elf: Uint8Array;
  readonly map: string;
}

/** -Os is the faster one too: -O2 inlines until nothing stays in registers. */
const compileFlags = [
  ...['-Os', '-std=c11', '-ffreestanding', '-fno-sanitize=all'],
  ...['-fno-unwind-tables', '-fno-asynchronous-unwind-tables', '-ffunction-sections', '-fdata-sections'],
  // Without it, wasm2c's code forbids the compiler to keep the memory's address in a register.
  '-fgnuc-version=0',
  ...['-Wall', '-Wextra', '-Werror'],
] as const;
const includes = [
  '-Icommon',
  '-Iboard',
  '-Iprogram',
  '-I.',
  '-isystem',
  'common/libc',
  '-isystem',
  'generated',
];
// The compiler's own library is built as the link is: small, its symbols kept.
const linkFlags = [
  ...['-ffreestanding', '-Os', '-g'],
  ...['-Wl,-T,board/link.ld', '-Wl,--entry=reset', '-Wl,--gc-sections', '-Wl,--print-map'],
];

/**
 * @param folder a new one; what lies in it afterwards is rubbish
 * @throws `UserError` where the sources do not compile or do not fit
 */
export async function compile(
  folder: string,
  sources: Sources,
  toolchain: Toolchain,
  board: Board,
  options: BuildOptions,
): Promise<Linked> {
  const { zig } = toolchain;
  await writeSources(folder, sources);
  const run = toolsIn(folder, board.id, toolchain);
  if (sources.has(KERNEL)) await translateModule(folder, sources, run, toolchain, options, board.core.cores);
  const { target } = board;
  const flags = [...target.flags, ...compileFlags, ...macros(options), ...includes];
  const objects = await compileUnits(run, zig, unitsOf(sources, board), () => flags);
  const link = ['cc', ...target.flags, ...linkFlags, ...objects, '-o', 'firmware.elf'];
  const { output, errors } = await run('the linker', zig, link);
  // It warns where there is nothing to start with, and makes an empty file.
  if (/warning:/.test(errors)) throw new UserError(`${board.id}: the linker warns:\n${lastLines(errors)}`);
  return {
    elf: await readFile(join(folder, 'firmware.elf')),
    map: output.replaceAll(CACHED_FOLDER, ''),
  };
}

/** Compiles each, and returns its object's path: all of them to their ends, a compiler that still runs would write to a folder that is gone. */
export async function compileUnits(
  run: RunTool,
  zig: string,
  units: readonly string[],
  flagsOf: (unit: string) => readonly string[],
): Promise<readonly string[]> {
  const compiled = await Promise.allSettled(
    units.map(async (unit) => {
      const object = `${unit.replace('/', '-')}.o`;
      await run('the compiler', zig, ['cc', ...flagsOf(unit), '-c', unit, '-o', object]);
      return object;
    }),
  );
  return compiled.map((unit) => {
    if (unit.status === 'rejected') throw unit.reason;
    return unit.value;
  });
}

/** Writes all of them into a folder. */
export async function writeSources(folder: string, sources: Sources): Promise<void> {
  await mkdir(join(folder, 'generated'), { recursive: true });
  for (const [path, bytes] of sources) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}

/** Lists the sources to compile: all of the board's and of the program's own, and those that boards have in common. */
export function unitsOf(sources: Sources, { target }: Board): readonly string[] {
  const common = ['main.c', 'line.c', 'stack.c', `${target.family}.c`].map((name) => `common/${name}`);
  return [...sources.keys()].filter(
    (path) => /^(board|program)\/[^/]+\.[cS]$/.test(path) || common.includes(path),
  );
}

/** Runs a program of the toolchain; `what` it is, in errors. */
export type RunTool = (what: string, program: string, parameters: readonly string[]) => Promise<Outcome>;

/** @param id what is built, in errors */
export function toolsIn(folder: string, id: string, { environment }: Toolchain): RunTool {
  return async (what, program, parameters) =>
    succeed(id, what, await runCommand(program, parameters, { cwd: folder, env: environment }));
}

/** Turns the folder's kernel.wasm into generated/kernel.c and kernel.h. */
export async function translateModule(
  folder: string,
  sources: Sources,
  run: RunTool,
  { wasm2c }: Toolchain,
  options: BuildOptions,
  cores: Cores = 1,
): Promise<void> {
  await run('wasm2c', process.execPath, [wasm2c, '-n', 'eqprop', 'kernel.wasm', '-o', 'generated/kernel.c']);
  const kernel = join(folder, 'generated', 'kernel.c');
  const written = await readFile(kernel, 'utf8');
  const base = cores === 1 ? MemoryBase.own : MemoryBase.shared;
  const fixed = fixParts(foldMemoryBase(written, base), partBits(keptParts(options)));
  const forms = sources.get(FORMS);
  await writeFile(kernel, forms ? useForms(fixed, Buffer.from(forms).toString(), FORMS, base) : fixed);
}

function succeed(id: string, what: string, outcome: Outcome): Outcome {
  if (outcome.status === 0) return outcome;
  throw new UserError(
    `${id}: ${what} failed:\n${lastLines(outcome.errors || outcome.output)}`,
    /memory region|need more than|will not fit|overflow/i.test(outcome.errors)
      ? 'the regions are those of its board.toml'
      : undefined,
  );
}
