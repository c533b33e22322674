/**
 * The firmware's speed: beside a plain C kernel's and the dense form's for the same work, built with the same compiler and
 * flags; with --learning, what it takes to learn, beside backpropagation.
 *
 *   node bench/firmware/run.mjs [--json] [--minibatches n] [board…]
 *   node bench/firmware/run.mjs --preset name [--changes json] [--cpu core] [--json] [--minibatches n] [board…]
 *   node bench/firmware/run.mjs --predicting [--json] [board…]
 *   node bench/firmware/run.mjs --learning [--json] [--who id]… [--minibatch n]… [--core id]… [--aifes folder]
 *                               [--quick] [--seeds n] [--to file | --from file]
 *
 * With --cpu, a board's code is for that core, of boards/common/cores, whose instructions its own has. With --portable, cores do without their own forms of the kernel's primitives.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// Builds the modules that are imported below, and checks that this Node can read them.
const setup = fileURLToPath(new URL('../../setup.mjs', import.meta.url));
if (spawnSync(process.execPath, [setup], { stdio: 'inherit' }).status !== 0) process.exit(1);
const { reasonOf, UserError } = await import('../../dist/host/ground/errors.js');
const { boardsFolder, readBoard } = await import('../../dist/host/firmware/board.js');
const { readCore } = await import('../../dist/host/firmware/core.js');
const { learn, learningFlags } = await import('./learning/command.mjs');
const { learningTables } = await import('./learning/tables.mjs');
const { measure, measureAlone } = await import('./measure.mjs');
const { measurePredicting, predictingBoards } = await import('./predicting.mjs');
const { predictionTable, tableOf } = await import('./table.mjs');
const { recipes } = await import('./work.mjs');

const { values: flags, positionals } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    minibatches: { type: 'string', default: '3' },
    preset: { type: 'string' },
    changes: { type: 'string', default: '{}' },
    cpu: { type: 'string' },
    predicting: { type: 'boolean', default: false },
    ...learningFlags,
  },
  allowPositionals: true,
});
try {
  const [rows, table] = await measured();
  console.log(flags.json ? JSON.stringify(rows, undefined, 2) : table(rows));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`error: ${reasonOf(error)}`);
  process.exitCode = 1;
}

/** Measures what was asked for; returns it with the table that prints it. */
async function measured() {
  if (flags.learning) return [await learn(flags, positionals), learningTables];
  if (flags.predicting) return [await predicting(positionals), predictionTable];
  return [await sameWork(positionals), tableOf];
}

async function predicting(ids) {
  const rows = [];
  for (const id of ids.length > 0 ? ids : predictingBoards) rows.push(await measurePredicting(id));
  return rows;
}

async function sameWork(ids) {
  const minibatches = Number(flags.minibatches);
  const options = { forms: !flags.portable };
  const rows = [];
  for (const id of ids.length > 0 ? ids : Object.keys(recipes)) {
    const board = withCpu(readBoard(id), flags.cpu);
    rows.push(
      ...(await (flags.preset
        ? measureAlone(board, { preset: flags.preset, ...JSON.parse(flags.changes) }, minibatches, options)
        : measure(board, minibatches, options))),
    );
  }
  return rows;
}

function withCpu(board, cpu) {
  if (cpu === undefined) return board;
  return { ...board, target: readCore(cpu, [join(boardsFolder, 'common', 'cores')], '--cpu') };
}
