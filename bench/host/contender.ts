/** Whoever is measured. */
import { join } from 'node:path';
import { lastLines, runCommand } from '#host/firmware/command';
import { UserError } from '#host/ground/errors';
import { compiled } from './folders.js';
import { type Measurement, parseMeasurement } from './measurement.js';
import { type Overrides, type Task, taskArguments } from './task.js';

export interface Contender {
  /** As tables and messages name it. */
  readonly name: string;
  /** Does the task in a process of its own. */
  measure(task: Task): Promise<Measurement>;
}

/**
 * A compiled program of this benchmark's, in its own process.
 * @param script path below the compiled benchmark's folder
 */
export function programContender(name: string, script: string, flags: readonly string[] = []): Contender {
  return {
    name,
    measure: async (task) => {
      const line = await runProgram(name, script, [...taskArguments(task), ...flags]);
      return { ...parseMeasurement(line), contender: name };
    },
  };
}

/** The same contender, with a recipe that differs from the task's. */
export function withOverrides({ name, measure }: Contender, overrides: Overrides): Contender {
  return {
    name,
    measure: (task) => measure({ ...task, overrides: { ...task.overrides, ...overrides } }),
  };
}

/** The last line that the program prints. */
export async function runProgram(name: string, script: string, flags: readonly string[]): Promise<string> {
  const { status, output, errors } = await runCommand(process.execPath, [join(compiled, script), ...flags]);
  if (status !== 0)
    throw new UserError(
      `${name} failed (${status ?? 'it was killed'}):\n${lastLines(errors)}`,
      `run it alone: node build/bench/${script} ${flags.join(' ')}`,
    );
  return lastLines(output, 1);
}
