/** From sources to an ELF file and a map, in a folder of their own: no path of this computer gets into either. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import type { Board } from './board.js';
import { lastLines, type Outcome, runCommand } from './command.js';
import { type BuildOptions, macros, type Sources } from './sources.js';
import { compileFlags, targetOf } from './target.js';
import type { Toolchain } from './toolchain.js';

/** Where the map says that the compiler's own library lies: in a cache of this computer's. */
const CACHED_FOLDER = /(?<=^(?:\s*[0-9a-f]+){4}\s+|\()[^()\n]*[\\/]o[\\/][0-9a-f]{32}[\\/]/gm;

export async function compile(
  folder: string,
  sources: Sources,
  { zig, wasm2c, environment }: Toolchain,
  board: Board,
  options: BuildOptions,
): Promise<void> {
  await Promise.all(
    [...sources].map(async ([path, bytes]) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }),
  );
  const run = async (what: string, program: string, parameters: readonly string[]) =>
    succeed(board, what, await runCommand(program, parameters, { cwd: folder, env: environment }));

  await mkdir(join(folder, 'generated'));
  await run('wasm2c', process.execPath, [wasm2c, '-n', 'eqprop', 'kernel.wasm', '-o', 'generated/kernel.c']);
  const target = targetOf(board);
  const units = [...sources.keys()].filter(
    (path) =>
      /^board\/[^/]+\.[cS]$/.test(path) ||
      ['main.c', 'line.c', target.family].some((name) => path === `common/${name}`),
  );
  const include = [
    '-I',
    'common',
    '-I',
    'board',
    '-I',
    '.',
    '-isystem',
    'common/libc',
    '-isystem',
    'generated',
  ];
  const objects = await Promise.all(
    units.map(async (unit) => {
      const object = unit.replace(/\.[cS]$/, '.o').replace('/', '-');
      const flags = [...target.flags, ...compileFlags, ...macros(options), ...include];
      await run('the compiler', zig, ['cc', ...flags, '-c', unit, '-o', object]);
      return object;
    }),
  );
  // The compiler's own library is built as the link is: small, its symbols kept.
  const link = [
    '-Os',
    '-g',
    '-Wl,-T,board/link.ld',
    '-Wl,--entry=reset',
    '-Wl,--gc-sections',
    '-Wl,--print-map',
  ];
  const result = await run('the linker', zig, [
    ...['cc', ...target.flags, '-ffreestanding', ...link],
    ...[...objects, '-o', 'firmware.elf'],
  ]);
  refuseWarnings(board, result);
  await writeFile(join(folder, 'firmware.map'), result.output.replaceAll(CACHED_FOLDER, ''));
}

/** The linker warns where there is nothing to start with, and makes an empty file. */
function refuseWarnings(board: Board, { errors }: Outcome): void {
  if (/warning:/.test(errors)) throw new UserError(`${board.id}: the linker warns:\n${lastLines(errors)}`);
}

function succeed(board: Board, what: string, outcome: Outcome): Outcome {
  if (outcome.status === 0) return outcome;
  throw new UserError(
    `${board.id}: ${what} failed:\n${lastLines(outcome.errors || outcome.output)}`,
    /memory region|needs more than|will not fit|overflow/i.test(outcome.errors)
      ? 'the regions are those of its board.toml'
      : undefined,
  );
}
