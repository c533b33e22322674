/** A library's code on a Cortex-M4, the parameters apart: kinds of connections that the network does not have are not there. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { ElfFile } from '#host/firmware/elf';
import { compileC } from '#host/firmware/translate';
import { count } from '#host/ground/index';
import { temporaryFolder } from '../runs/small-data.js';
import { savedRun, writeDeployed } from './deployed.js';

/** The first fetch of the compiler included. */
const PATIENCE = 400_000;
const KB = 1024;
const folder = temporaryFolder();
afterAll(() => folder.remove());
const guide = fileURLToPath(new URL('../../docs/deploying.md', import.meta.url));
const libc = fileURLToPath(new URL('../../boards/common/libc', import.meta.url));
const FLAGS = [
  ...['-target', 'thumb-freestanding-eabi', '-mcpu=cortex_m4', '-std=c99', '-Os', '-ffreestanding'],
  ...['-fno-sanitize=all', '-fno-unwind-tables', '-isystem', libc],
];

const chain = {
  settings: { network: '28x28-128-10', relaxation: 'exact', minibatch: 20, rates: [0.2, 0.1] },
  picture: { rows: 28, columns: 28 },
};

async function codeOf(learning?: Record<string, never>): Promise<number> {
  const { folder: at } = await writeDeployed(
    savedRun(chain),
    mkdtempSync(join(folder.path, 'size-')),
    learning,
  );
  await compileC([...FLAGS, '-c', 'eqprop.c', '-o', 'eqprop.o'], at);
  const file = new ElfFile(readFileSync(join(at, 'eqprop.o')));
  const sizes = ['.text', '.rodata', '.rodata.str1.1', '.rodata.cst4'].map(
    (name) => file.section(name)?.size ?? 0,
  );
  const parameters = 2 * (784 * 128 + 128 * 10) + 4 * (128 + 10);
  return sizes.reduce((sum, size) => sum + size, -parameters);
}

test(
  'a chain predicts in 12 KB of code, and learns in 24',
  async () => {
    const [predicting, learning] = [await codeOf(), await codeOf({})];
    const rows = readFileSync(guide, 'utf8').match(/^\| (?:predicting|learning, minibatch 20) \|.*/gm);
    expect(rows?.map((row) => row.split(' | ')[1])).toEqual([count(predicting), count(learning)]);
    expect(predicting).toBeLessThanOrEqual(12 * KB);
    expect(learning).toBeLessThanOrEqual(24 * KB);
  },
  PATIENCE,
);
