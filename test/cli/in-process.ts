/** The program without a process of its own: its start is what takes longest of most commands. */
import { vi } from 'vitest';
import { runProgram } from '#host/cli/program';
import type { Ended } from './command.js';

/** As `eqprop` of command.ts; one at a time. */
export async function eqpropHere(...args: readonly string[]): Promise<Ended> {
  const said = (stream: NodeJS.WriteStream) => {
    let text = '';
    const spy = vi.spyOn(stream, 'write').mockImplementation((words) => {
      text += words;
      return true;
    });
    return { text: () => text, restore: () => spy.mockRestore() };
  };
  const [stdout, stderr] = [process.stdout, process.stderr].map(said);
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await runProgram(args);
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.exitCode = before;
    stdout.restore();
    stderr.restore();
  }
}
