/**
 * The firmware's speed, beside a plain C kernel's and the dense form's for the same work, built with the same compiler and
 * flags.
 *
 *   node bench/firmware/run.mjs [--json] [--minibatches n] [board…]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// What is imported is there then, and this Node can read it.
const setup = fileURLToPath(new URL('../../setup.mjs', import.meta.url));
if (spawnSync(process.execPath, [setup], { stdio: 'inherit' }).status !== 0) process.exit(1);
const { readBoard } = await import('../../dist/host/firmware/board.js');
const { measure } = await import('./measure.mjs');
const { tableOf } = await import('./table.mjs');
const { recipes } = await import('./work.mjs');

const { values: flags, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, minibatches: { type: 'string', default: '3' } },
  allowPositionals: true,
});
const rows = [];
for (const id of positionals.length > 0 ? positionals : Object.keys(recipes))
  rows.push(...(await measure(readBoard(id), Number(flags.minibatches))));
console.log(flags.json ? JSON.stringify(rows, undefined, 2) : tableOf(rows));
