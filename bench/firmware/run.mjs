/**
 * The firmware's speed: beside a plain C kernel's and the dense form's for the same work, built with the same compiler and
 * flags; with --learning, what it takes to learn, beside backpropagation.
 *
 *   node bench/firmware/run.mjs [--json] [--minibatches n] [board…]
 *   node bench/firmware/run.mjs --learning [--json] [--who id]… [--minibatch n]… [--core id]… [--aifes folder]
 *                               [--quick] [--seeds n] [--to file | --from file]
 */

import { parseArgs } from 'node:util';
import { reasonOf, UserError } from '../../dist/host/errors.js';
import { readBoard } from '../../dist/host/firmware/board.js';
import { learn, learningFlags } from './learning/command.mjs';
import { learningTables } from './learning/tables.mjs';
import { measure } from './measure.mjs';
import { tableOf } from './table.mjs';
import { recipes } from './work.mjs';

const { values: flags, positionals } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    minibatches: { type: 'string', default: '3' },
    ...learningFlags,
  },
  allowPositionals: true,
});
try {
  const [rows, table] = flags.learning
    ? [await learn(flags), learningTables]
    : [await sameWork(positionals), tableOf];
  console.log(flags.json ? JSON.stringify(rows, undefined, 2) : table(rows));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`error: ${reasonOf(error)}`);
  process.exitCode = 1;
}

async function sameWork(ids) {
  const rows = [];
  for (const id of ids.length > 0 ? ids : Object.keys(recipes))
    rows.push(...(await measure(readBoard(id), Number(flags.minibatches))));
  return rows;
}
