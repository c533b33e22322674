/**
 * Learning by default settings, beside a linear classifier and backpropagation in float: a table of test errors.
 *
 *   node bench/data/run.mjs [--seeds n] [--from seed] [--changes json] [--ours] [set…]
 *
 * A set whose package is missing is left out by name. --changes gives values of the recipe, --ours leaves the peers out:
 * for choosing recipes, on other seeds than the table's, by the validation errors that are told.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// Builds the modules that are imported below, and checks that this Node can read them.
const setup = fileURLToPath(new URL('../../setup.mjs', import.meta.url));
if (spawnSync(process.execPath, [setup], { stdio: 'inherit' }).status !== 0) process.exit(1);
const { reasonOf, UserError, withInterval } = await import('../../dist/host/ground/index.js');
const { spread } = await import('../../dist/host/ground/spread.js');
const { markdownTable } = await import('../../dist/host/reproduction/tables.js');
const { contest, findPython } = await import('./contest.mjs');
const { sets } = await import('./sets.mjs');

const say = (text) => process.stderr.write(`${text}\n`);

const { values: flags, positionals } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    from: { type: 'string', default: '1' },
    changes: { type: 'string', default: '{}' },
    ours: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
try {
  const python = flags.ours ? undefined : findPython();
  if (!python && !flags.ours) say('no peers: no python3 has scikit-learn (apt install python3-sklearn)');
  const rows = [];
  for (const name of chosen(positionals)) {
    const results = await resultsOf(name, python);
    if (results.length > 0) rows.push(rowOf(name, results));
  }
  const head = ['set', 'examples × features', 'classes', 'network, epochs', 'ours', 'backprop', 'linear'];
  console.log(markdownTable({ head, rows }));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`error: ${reasonOf(error)}`);
  process.exitCode = 1;
}

function chosen(names) {
  const known = Object.keys(sets);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UserError(`there is no set '${unknown}'`, `the sets are ${known.join(', ')}`);
  return names.length === 0 ? known : names;
}

async function resultsOf(name, python) {
  const results = [];
  const from = Number(flags.from);
  for (let seed = from; seed < from + Number(flags.seeds); seed++) {
    try {
      const tables = await sets[name](seed);
      const result = await contest(name, tables, seed, JSON.parse(flags.changes), python);
      say(told(name, seed, result));
      results.push(result);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      say(`${name} is left out: ${reasonOf(error)}`);
      return [];
    }
  }
  return results;
}

function told(name, seed, { recipe, ours, validation, linear, backprop, symptoms }) {
  const errors = Object.entries({ ours, validation, backprop, linear })
    .filter(([, error]) => error !== undefined)
    .map(([who, error]) => `${who} ${error.toFixed(2)}`);
  const seen = symptoms.map(({ step, symptom }) => `${symptom} at ${step}`);
  const rates = `rates ${recipe.rates.join(',')}`;
  return [`${name}, seed ${seed}: ${errors.join(', ')}`, rates, ...seen].join('; ');
}

function rowOf(name, results) {
  const [{ examples, features, classes, recipe }] = results;
  const errors = (who) =>
    withInterval(spread(results.map((one) => one[who]).filter((error) => error !== undefined)));
  return [
    name,
    `${examples.toLocaleString('en-GB')} × ${features}`,
    String(classes),
    `${recipe.network}, ${recipe.epochs}`,
    ...['ours', 'backprop', 'linear'].map(errors),
  ];
}
