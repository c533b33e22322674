/** Builds eqprop and the benchmark, where they are stale, and runs the benchmark. Node alone runs this. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

function node(...args) {
  const { status, signal, error } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(signal ? 130 : (status ?? 1));
}

node('setup.mjs');
node('node_modules/typescript/bin/tsc', '-p', 'bench/host/tsconfig.json');
node('build/bench/run.js', ...process.argv.slice(2));
