/** Builds what this suite measures with: the kernel that counts, and the machine's peak. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, runCommand } from '#host/firmware/command';
import { UserError } from '#host/ground/errors';
import { repository, source } from '../folders.js';
import { insertInto, insertions } from './insertions.js';

const compiler = join(repository, 'node_modules', 'assemblyscript', 'bin', 'asc.js');
const sources = join(source, 'roofline', 'assembly');
const folder = join(repository, 'build', 'roofline');
const WORK = 'arithmetic/counting.ts';

/** The kernel's builds, by what they are for. */
export const forms = ['host', 'portable'] as const;
export type Form = (typeof forms)[number];

export const peakModule = join(folder, 'peak.wasm');
export const countingModule: Readonly<Record<Form, string>> = {
  host: join(folder, 'dist', 'kernel.host.wasm'),
  portable: join(folder, 'dist', 'kernel.wasm'),
};

export async function buildPeak(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const options = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--use', 'abort='];
  // Elsewhere than in the repository's root, whose asconfig.json is the kernel's.
  await compile(sources, [
    'peak.ts',
    ...options,
    '--enable',
    'simd',
    '--initialMemory',
    '32',
    '--outFile',
    peakModule,
  ]);
}

/** A copy of the kernel's source that counts, built by the kernel's own options. */
export async function buildCounting(form: Form): Promise<void> {
  const copy = join(folder, 'assembly');
  rmSync(copy, { recursive: true, force: true });
  cpSync(join(repository, 'assembly'), copy, { recursive: true });
  cpSync(join(repository, 'asconfig.json'), join(folder, 'asconfig.json'));
  cpSync(join(sources, 'work.ts'), join(copy, WORK));
  for (const file of new Set(insertions.map((insertion) => insertion.file))) {
    const path = join(copy, file);
    const counting =
      "import { countChanges, noteProducts, enter, enterRow } from '../arithmetic/counting';\n";
    writeFileSync(path, counting + insertInto(file, readFileSync(path, 'utf8')));
  }
  const entries = [`assembly/${WORK}`, ...(form === 'host' ? ['assembly/helper.ts'] : [])];
  await compile(folder, [...entries, '--target', form === 'host' ? 'host' : 'release']);
}

async function compile(cwd: string, flags: readonly string[]): Promise<void> {
  const { status, errors } = await runCommand(process.execPath, [compiler, ...flags], { cwd });
  if (status !== 0)
    throw new UserError(`asc failed (${status ?? 'it was killed'})`, lastLines(errors), { cause: errors });
}
