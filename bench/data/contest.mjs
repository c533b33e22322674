/** One set, divided by one seed, learnt by ours and by the peers: the same examples, and hidden layers as wide. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { divide } from '../../dist/host/data/division.js';
import { prepare } from '../../dist/host/data/preparation.js';
import { toNpy } from '../../dist/host/export/index.js';
import { UserError } from '../../dist/host/ground/index.js';
import { parseRange } from '../../dist/host/model/index.js';
import { startRun } from '../../dist/host/runs/index.js';
import { fittedRecipe } from '../../dist/host/training/index.js';

const INTERPRETERS = ['python3', '/usr/bin/python3'];
const PROGRAM = fileURLToPath(new URL('peers.py', import.meta.url));
const device = { device: 'simulated', options: { baudRate: 115_200, arena: 2 ** 24 }, patience: 60_000 };
const silent = { onStart() {}, onProgress() {}, onMetrics() {}, onLost() {} };

/** Returns a Python that has scikit-learn, or nothing. */
export function findPython() {
  return INTERPRETERS.find((name) => spawnSync(name, ['-c', 'import sklearn']).status === 0);
}

/**
 * @param tables of the raw features: training, and test where the set has one of its own
 * @param given values of the recipe that are to stay as they are
 * @param python without it there are no peers
 */
export async function contest(name, tables, seed, given, python) {
  const reading = { splitSeed: seed };
  const division = divide(tables.training, tables.test, reading);
  const dataset = prepare(name, division, reading);
  const recipe = fittedRecipe(dataset, { seed, ...given });
  const folder = mkdtempSync(join(tmpdir(), 'eqprop-contest-'));
  try {
    const ours = await learn(recipe, dataset, join(folder, 'run'));
    const peers = python === undefined ? {} : peersOn(division, recipe, folder, python);
    const { count, width } = tables.training;
    return {
      ...{ examples: count + (tables.test?.count ?? 0), features: width, classes: dataset.classes },
      ...{ recipe, ...ours, ...peers },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Errors in percent, and the symptoms that were told. */
async function learn(recipe, data, folder) {
  const { test, folder: run } = await startRun(
    {
      ...{ recipe, preset: 'fitted', data, device, folder, shadow: false, compareEvery: 0 },
      ...{ checkpointInterval: 3_600_000, verification: { kind: 'off' } },
    },
    silent,
    new AbortController().signal,
  );
  const errorOn = (set) => test.evaluations.find((one) => one.set === set)?.error;
  const symptoms = run.metrics().filter(({ kind }) => kind === 'symptom');
  return { ours: errorOn('test'), validation: errorOn('validation'), symptoms };
}

/** The peers do not see either what the fitted recipe keeps for validation. */
function peersOn({ training, test }, recipe, folder, python) {
  const [from, to] = parseRange(recipe.training);
  writeExamples(folder, '', training.table, training.examples.subarray(from, to));
  writeExamples(folder, '_test', test.table, test.examples);
  const hidden = recipe.network.split('-').at(1);
  const { stdout, stderr, status } = spawnSync(python, [PROGRAM, folder, hidden, String(recipe.seed)], {
    encoding: 'utf8',
    // Networks so small are slower with more.
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  if (status !== 0) throw new UserError(`${PROGRAM} failed:\n${stderr}`);
  return JSON.parse(stdout);
}

/** Labels by name: the two tables number them each by itself. */
function writeExamples(folder, suffix, { features, width, labels }, examples) {
  mkdirSync(folder, { recursive: true });
  const x = new Float64Array(examples.length * width);
  examples.forEach((example, n) => {
    x.set(features.subarray(example * width, (example + 1) * width), n * width);
  });
  const names = [...labels.names].sort();
  const y = Int32Array.from(examples, (example) => names.indexOf(labels.names[labels.codes[example]]));
  writeFileSync(join(folder, `x${suffix}.npy`), toNpy(x, [examples.length, width]));
  writeFileSync(join(folder, `y${suffix}.npy`), toNpy(y, [examples.length]));
}
