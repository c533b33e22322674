/**
 * Where the kernel's source is made to count, in a copy of it: the kernel itself has none of this, so that what is
 * measured elsewhere is what it would be without.
 */
import { UserError } from '#host/ground/errors';
import { type Phase, phases } from './phases.js';

export interface Insertion {
  /** Below assembly/. */
  readonly file: string;
  /** A whole line that the file has once, without its indentation. */
  readonly line: string;
  /** Statements before the line. */
  readonly before?: string;
  /** Statements after it. */
  readonly after?: string;
}

const work = 'arithmetic/work.ts';
const primitives = 'arithmetic/primitives.ts';
const apply = 'plasticity/apply.ts';
const update = 'plasticity/update.ts';
const dynamics = 'dynamics/phases.ts';

export const insertions: readonly Insertion[] = [
  // Whatever multiplies says so there.
  { file: work, line: 'products += u64(rows) * columns;', after: 'noteProducts(rows * columns);' },
  {
    file: 'arithmetic/changes.ts',
    line: 'if (!v128.any_true(v128.or(first, second))) continue;',
    after: 'countChanges(8);',
  },
  { file: primitives, line: 'store<i32>(contrasts, 0);', after: 'countChanges(1);' },
  { file: apply, line: 'store<i64>(at, 0);', after: 'countChanges(1);' },
  {
    file: apply,
    line: 'export function decayRow(weights: usize, n: i32, row: u32, decay: u32, one: i32): void {',
    after: 'countChanges(n);',
  },
  {
    file: dynamics,
    line: 'clampInput(slot, scale);',
    before: enter('input'),
    after: enter('free'),
  },
  { file: dynamics, line: 'saveStates(freeStates(slot));', after: enter('other') },
  {
    file: 'commands/learning.ts',
    line: 'nudgedIterations += nudgedPhases(slot, nudging);',
    before: enter('nudged'),
    after: enter('other'),
  },
  { file: update, line: 'const end = min(first + rows, c.rows);', after: enter('weights') },
  {
    file: update,
    line: 'const isNone = !isSummed && !sumRows(c, i, moved, narrow);',
    before: enterRow('contrast'),
    after: enterRow('weights'),
  },
  {
    file: update,
    line: 'export function finishUpdate(step: u32, samples: i32, rates: usize): void {',
    after: enter('finish'),
  },
  { file: update, line: 'if (keepsStates()) restoreMinus(samples);', after: enter('other') },
];

function enter(phase: Phase): string {
  return `enter(${phases.indexOf(phase)});`;
}

function enterRow(phase: Phase): string {
  return `enterRow(${phases.indexOf(phase)}, i);`;
}

/** @throws `UserError` where the kernel has changed, so that counting would miss some of its work */
export function insertInto(file: string, source: string, all = insertions): string {
  let lines = source.split('\n');
  for (const { line, before, after } of all.filter((insertion) => insertion.file === file)) {
    const places = lines.filter((one) => one.trim() === line).length;
    if (places !== 1)
      throw new UserError(
        `assembly/${file} has the line '${line}' ${places} times: the kernel has changed`,
        'bring bench/host/roofline/insertions.ts up to date',
      );
    lines = lines.flatMap((one) =>
      one.trim() === line ? [before, one, after].filter((part) => part !== undefined) : [one],
    );
  }
  return lines.join('\n');
}
