import type { RunResult } from './run.js';
export function writeRunReport(result: RunResult): string {
  return result.folder.writeReport('');
}
