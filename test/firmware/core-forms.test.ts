/** A core's own forms of the kernel's primitives, on that core: what they make of random memory is what the module makes of it. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Board, boardsFolder, readBoard } from '#host/firmware/board';
import { buildProgram } from '#host/firmware/build';
import { readCore } from '#host/firmware/core';
import { formsIn } from '#host/firmware/generated-c';
import { LENGTH } from '../length.js';
import { temporaryFolder } from '../runs/small-data.js';
import { answerOf } from './answers.js';
import { canRun, PATIENCE } from './emulators.js';
import { answersOf, BASE, type Call, callOf, primitiveNames, ROOM } from './primitive-cases.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const coresFolder = join(boardsFolder, 'common', 'cores');
const CASES = 40 * LENGTH;
/** As many calls, each with the memory that it works on, as have room in a board's flash. */
const MOST_CALLS = 400;
/** Primitives that return something. */
const answering = new Set(['addMultiples', 'settleStates']);

/** A board that runs the core: one of its own, or one whose core runs all that it does. */
function boardOf(cpu: string): Board {
  const target = readCore(cpu, [coresFolder], cpu);
  if (target.family === 'riscv') return { ...readBoard('riscv-virt'), target };
  const board = readBoard('mps2-an386');
  const machine = { 'cortex-m7': 'mps2-an500', 'cortex-m33': 'mps2-an505' }[cpu] ?? 'mps2-an386';
  if (board.emulator?.kind !== 'qemu') throw new Error('mps2-an386 is a machine of QEMU');
  return { ...board, target, emulator: { ...board.emulator, machine } };
}

const cores = readdirSync(coresFolder)
  .filter((name) => name.endsWith('.toml'))
  .map((name) => name.slice(0, -'.toml'.length))
  // QEMU's machine with a Cortex-M33 has its memory elsewhere; the forms are those of the Cortex-M4.
  .filter((cpu) => cpu !== 'cortex-m33' && readCore(cpu, [coresFolder], cpu).forms !== undefined);

function callsHeader(names: readonly string[], calls: readonly Call[]): string {
  const arms = names.map((name, which) => {
    const { parameters } = callOf(name, 0);
    const call = `core_${name}(memory, ${parameters.map((_, k) => `p[${k}]`).join(', ')})`;
    return `    case ${which}: ${answering.has(name) ? `return ${call}` : `${call}; return 0`};`;
  });
  const rows = calls.map(({ name, parameters, memory }) => {
    const bytes = memory.subarray(0, memory.findLastIndex((byte) => byte !== 0) + 1);
    const words = parameters.map((value) => `${value >>> 0}u`);
    return `  {${names.indexOf(name)}, {${words}}, ${bytes.length}, {${bytes}}},`;
  });
  return `#define BASE ${BASE}u
#define ROOM ${ROOM}u
#define CALLS ${calls.length}u
static const struct {
  uint32_t which, parameters[8], length;
  uint8_t bytes[ROOM];
} calls[] = {
${rows.join('\n')}
};
static uint32_t call(uint32_t which, uint8_t *memory, const uint32_t *p) {
  switch (which) {
${arms.join('\n')}
  }
  return 0;
}
`;
}

describe.each(cores)('%s', (cpu) => {
  const board = boardOf(cpu);
  const { forms = '' } = board.target;
  const names = formsIn(forms);

  test('has forms of primitives that there are', () => {
    expect(primitiveNames).toEqual(expect.arrayContaining([...names]));
  });

  async function expectRight(calls: readonly Call[]): Promise<void> {
    const program = new Map<string, Uint8Array>([
      ['main.c', readFileSync(new URL('core-forms-main.c', import.meta.url))],
      ['core-forms.h', Buffer.from(forms)],
      ['calls.h', Buffer.from(callsHeader(names, calls))],
    ]);
    const image = await buildProgram(board, program, mkdtempSync(join(folder.path, `${cpu}-`)));
    const answer = await answerOf(board, image, calls.length * 8);
    const answers = Array.from({ length: calls.length * 2 }, (_, n): number => answer.readUInt32LE(4 * n));
    const expected = answersOf(calls);
    const wrong = calls.filter(
      (_, n) => answers[2 * n] !== expected[2 * n] || answers[2 * n + 1] !== expected[2 * n + 1],
    );
    expect(wrong.map(({ name, parameters }) => ({ name, parameters }))).toEqual([]);
  }

  test.skipIf(!canRun(board))(
    'does what the module does',
    async () => {
      const calls = names.flatMap((name) => Array.from({ length: CASES }, (_, n) => callOf(name, n + 1)));
      for (let from = 0; from < calls.length; from += MOST_CALLS)
        await expectRight(calls.slice(from, from + MOST_CALLS));
    },
    PATIENCE,
  );
});
