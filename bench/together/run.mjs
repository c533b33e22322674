/**
 * Gains of boards that share minibatches out: samples a second of 1 to 16 Picos, from what one takes in its emulator.
 *
 *   node bench/together/run.mjs [--to file | --from file] [--figure file]
 *
 * --to keeps the measurements, --from computes from kept ones; --figure draws.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// Builds the modules that are imported below, and checks that this Node can read them.
const setup = fileURLToPath(new URL('../../setup.mjs', import.meta.url));
if (spawnSync(process.execPath, [setup], { stdio: 'inherit' }).status !== 0) process.exit(1);
const { standalone } = await import('../../dist/host/drawing/index.js');
const { measure } = await import('./measure.mjs');
const { BOARDS, networks } = await import('./model.mjs');
const { figureOf, partsOf, tableOf } = await import('./tables.mjs');

const { values: flags } = parseArgs({
  options: { to: { type: 'string' }, from: { type: 'string' }, figure: { type: 'string' } },
});
const measurements = flags.from ? JSON.parse(readFileSync(flags.from, 'utf8')) : await measured();
if (flags.to) writeFileSync(flags.to, `${JSON.stringify(measurements, undefined, 2)}\n`);
if (flags.figure) writeFileSync(flags.figure, standalone(figureOf(measurements)));
console.log(`${tableOf(measurements)}\n\n${partsOf(measurements)}`);

async function measured() {
  const all = [];
  for (const network of networks) all.push(await measure(network, BOARDS));
  return all;
}
