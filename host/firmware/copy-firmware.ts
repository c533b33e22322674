/** A build's files where a user wants them. */
import { chmodSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeWhole } from '../files/index.js';
import type { Firmware } from './build.js';
import type { SizeReport } from './size.js';

/**
 * Copies a firmware's files, each whole, and writes the size report beside them, named like them. Returns their paths.
 * @throws `UserError` where the folder cannot be written
 */
export function copyFirmware(
  { elf, bin, hex, uf2, map }: Firmware,
  size: SizeReport,
  folder: string,
): readonly string[] {
  const report = basename(elf).replace('firmware', 'size').replace('.elf', '.json');
  const files: (readonly [name: string, content: string | Uint8Array])[] = [
    ...[elf, bin, hex, uf2, map].flatMap((file) =>
      file === undefined ? [] : [[basename(file), readFileSync(file)] as const],
    ),
    [report, `${JSON.stringify(size, undefined, 2)}\n`],
  ];
  for (const [name, content] of files) writeWhole(folder, name, content);
  return files.map(([name]) => join(folder, name));
}

/**
 * Copies a program, whole, to be run from there.
 * @throws `UserError` where the folder cannot be written
 */
export function copyProgram(
  program: string,
  folder: string,
): { readonly file: string; readonly bytes: number } {
  const content = readFileSync(program);
  const file = writeWhole(folder, basename(program), content);
  chmodSync(file, 0o755);
  return { file, bytes: content.length };
}
