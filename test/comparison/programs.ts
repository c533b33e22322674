/** Programs that stand in for `eqprop` when cells are run: they note each start, and may end as they should not. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/host/cli/start.js', import.meta.url));

export interface Start {
  readonly pid: number;
  readonly args: string;
}

export interface NotingProgram {
  readonly program: readonly string[];
  starts(): readonly Start[];
}

/** @param crashes a cell whose process ends at once with status 70; none if absent */
export function notingProgram(folder: string, crashes = ''): NotingProgram {
  const log = join(folder, 'starts.jsonl');
  const script = join(folder, 'eqprop.mjs');
  writeFileSync(
    script,
    `import { appendFileSync } from 'node:fs';
const args = process.argv.slice(2).join(' ');
appendFileSync(${JSON.stringify(log)}, JSON.stringify({ pid: process.pid, args }) + '\\n');
if (${JSON.stringify(crashes)} && args.includes(${JSON.stringify(crashes)})) {
  process.stderr.write('defect: a part came loose\\n    at somewhere\\n');
  process.exit(70);
}
await import(${JSON.stringify(MAIN)});
`,
  );
  return {
    program: [process.execPath, script],
    starts: () =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as Start)
        : [],
  };
}
