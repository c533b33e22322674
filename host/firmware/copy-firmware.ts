/** A build's files where a user wants them. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../errors.js';
import type { Firmware } from './build.js';
import type { SizeReport } from './size.js';

/**
 * Copies a firmware's files, and writes the size report beside them, named like them. Returns their paths.
 * @throws `UserError` where the folder cannot be written
 */
export async function copyFirmware(
  { elf, bin, hex, uf2, map }: Firmware,
  size: SizeReport,
  folder: string,
): Promise<readonly string[]> {
  try {
    await mkdir(folder, { recursive: true });
    const copies = [elf, bin, hex, uf2, map]
      .filter((file) => file !== undefined)
      .map(async (file) => {
        const copy = join(folder, basename(file));
        await copyFile(file, copy);
        return copy;
      });
    const report = join(folder, basename(elf).replace('firmware', 'size').replace('.elf', '.json'));
    await writeFile(report, `${JSON.stringify(size, undefined, 2)}\n`);
    return [...(await Promise.all(copies)), report];
  } catch (cause) {
    throw new UserError(
      `could not write to ${folder}: ${(cause as Error).message}`,
      'name another with --out',
      {
        cause,
      },
    );
  }
}
