/** The host benchmark's command line: `npm run bench -- [suite…] [--quick] [--out folder] [--json]`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '#host/ground/errors';
import { nearest } from '#host/model/recipe';
import { repository } from './folders.js';
import { describeMachine } from './machine.js';
import { Peers } from './peers/peers.js';
import { reportFailure } from './report-failure.js';
import type { Suite } from './suites/suite.js';
import { suites } from './suites/suites.js';
import { renderTable } from './tables.js';

const options = {
  quick: { type: 'boolean', default: false },
  out: { type: 'string', default: join(repository, 'bench', 'results') },
  json: { type: 'boolean', default: false },
  'torch-script': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const help = `npm run bench -- [suite…] [options]

Suites, all where none is named:
${suites.map(({ name, description }) => `  ${name.padEnd(12)} ${description}`).join('\n')}

Options:
  --quick               fewer and shorter rounds: to see that all works, not to quote
  --out <folder>        where results.json and charts go (bench/results)
  --json                prints the results as JSON instead of tables
  --torch-script <path> the PyTorch peer (else EQPROP_TORCH_SCRIPT; without either it is left out)
`;

await reportFailure(async () => {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const chosen = chooseSuites(positionals);
  const out = prepareFolder(values.out);
  const say = (text: string) => process.stderr.write(`bench: ${text}\n`);
  const peers = new Peers(values['torch-script'], say);
  const results = {
    command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
    quick: values.quick,
    machine: describeMachine(),
    absent: peers.absent,
    suites: {} as Record<string, unknown>,
  };
  const save = (name: string, content: string) => writeFileSync(join(out, name), content);
  for (const suite of chosen) {
    const { tables, data } = await suite.run({ quick: values.quick, peers, say, save });
    results.suites[suite.name] = data;
    // After each suite: what was measured stays, whatever becomes of the next.
    save('results.json', `${JSON.stringify(results, undefined, 2)}\n`);
    if (!values.json) console.log(tables.map(renderTable).join('\n'));
  }
  if (values.json) console.log(JSON.stringify(results, undefined, 2));
  say(`results are in ${out}`);
});

function chooseSuites(names: readonly string[]): readonly Suite[] {
  const known = suites.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const meant = nearest(unknown, known);
    throw new UserError(
      `there is no suite '${unknown}'`,
      meant ? `did you mean '${meant}'?` : `the suites are ${known.join(', ')}`,
    );
  }
  return names.length === 0 ? suites : suites.filter(({ name }) => names.includes(name));
}

function prepareFolder(name: string): string {
  const folder = resolve(name);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UserError(
      `cannot make the folder ${name}: ${(error as Error).message}`,
      'name another by --out',
      {
        cause: error,
      },
    );
  }
  return folder;
}
