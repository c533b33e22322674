/** The firmware's rings, compiled for this computer. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { findCompiler } from '../fuzz/sanitized.js';
import { temporaryFolder } from '../runs/small-data.js';

const source = fileURLToPath(new URL('native/wrapping.c', import.meta.url));
const common = fileURLToPath(new URL('../../boards/common', import.meta.url));
const folder = temporaryFolder();
afterAll(() => folder.remove());
const compiler = findCompiler(folder.path);

test.skipIf(!compiler)(
  'go on where their indices wrap (skipped where no compiler has AddressSanitizer)',
  () => {
    writeFileSync(join(folder.path, 'config.h'), '#define UART_WINDOW 16u\n');
    const program = join(folder.path, 'line');
    const flags = [
      '-std=gnu11',
      '-Wall',
      '-Werror',
      '-fsanitize=address,undefined',
      '-I',
      folder.path,
      '-I',
      common,
    ];
    const compiled = spawnSync(compiler as string, [...flags, source, '-o', program], { encoding: 'utf8' });
    expect(compiled.stderr).toBe('');
    expect(spawnSync(program, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  },
);
