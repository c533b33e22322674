/**
 * The firmware's speed, beside a plain C kernel's and the dense form's for the same work, built with the same compiler and
 * flags.
 *
 *   node bench/firmware/run.mjs [--json] [--minibatches n] [board…]
 */

import { parseArgs } from 'node:util';
import { readBoard } from '../../dist/host/firmware/board.js';
import { measure } from './measure.mjs';
import { tableOf } from './table.mjs';
import { recipes } from './work.mjs';

const { values: flags, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, minibatches: { type: 'string', default: '3' } },
  allowPositionals: true,
});
const rows = [];
for (const id of positionals.length > 0 ? positionals : Object.keys(recipes))
  rows.push(...(await measure(readBoard(id), Number(flags.minibatches))));
console.log(flags.json ? JSON.stringify(rows, undefined, 2) : tableOf(rows));
