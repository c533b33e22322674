/**
 * Adapting: a network that has learnt upright digits goes on with rotated ones.
 *
 *   node bench/adapting/run.mjs [--network id]… [--seeds n] [--work folder] [--boards] [--quick] [--to file | --from file]
 *   node bench/adapting/run.mjs --choose [--network id]… [--seeds n] [--work folder]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// Builds the modules that are imported below, and checks that this Node can read them.
const setup = fileURLToPath(new URL('../../setup.mjs', import.meta.url));
if (spawnSync(process.execPath, [setup], { stdio: 'inherit' }).status !== 0) process.exit(1);
const { reasonOf, UserError } = await import('../../dist/host/ground/errors.js');
const { inTemporaryFolder } = await import('../../dist/host/files/index.js');
const { countOnPico } = await import('./board.mjs');
const { choose } = await import('./choose.mjs');
const { adaptingRecipe, errorAfter, errorBefore, folderOf, uprightRun } = await import('./learn.mjs');
const { ANGLES, networks, WAYS } = await import('./recipes.mjs');
const { tableOf } = await import('./table.mjs');
const { taskOf } = await import('./tasks.mjs');

const { values: flags } = parseArgs({
  options: {
    network: { type: 'string', multiple: true },
    seeds: { type: 'string', default: '5' },
    work: { type: 'string' },
    boards: { type: 'boolean', default: false },
    choose: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    to: { type: 'string' },
    from: { type: 'string' },
  },
});

/** Shows that all works, by runs of which nothing else is to be said. */
const QUICK = {
  upright: { epochs: 1, training: '0..4000' },
  adapting: { epochs: 2, minibatch: 16, schedule: 'linear', training: '0..1024' },
  counted: { first: 2, later: 0 },
};
const say = (text) => console.error(`bench: ${text}`);

try {
  if (flags.from !== undefined) console.log(tableOf(recordedIn(flags.from)));
  else if (flags.work !== undefined) await within(resolve(flags.work));
  else await inTemporaryFolder(within);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`error: ${reasonOf(error)}`);
  process.exitCode = 1;
}

/** @param work folder that the runs are in */
async function within(work) {
  mkdirSync(work, { recursive: true });
  const seeds = seedsOf(flags.quick ? '1' : flags.seeds);
  const entries = [];
  for (const network of chosen()) {
    if (flags.choose) {
      await choose(network, seeds, work, say);
      continue;
    }
    for (const degrees of ANGLES) {
      const entry = await measured(network, degrees, seeds, work);
      entries.push(entry);
      if (flags.to !== undefined) record(entry, flags.to);
    }
  }
  if (!flags.choose) console.log(tableOf(entries));
}

/** Errors before and after, a number a seed, in percent; of the first angle what a board takes too. */
async function measured(given, degrees, seeds, work) {
  const network = flags.quick ? { ...given, ...QUICK } : given;
  const data = await taskOf(degrees);
  const entry = { network: network.id, degrees, before: [] };
  for (const way of WAYS) entry[way] = [];
  for (const seed of seeds) {
    entry.before.push(errorBefore(await uprightRun(network, seed, work), data));
    for (const way of WAYS)
      entry[way].push(await errorAfter(network, way, seed, data, work, { named: degrees }));
    say(
      `${network.name}, ${degrees}°, seed ${seed}: ${['before', ...WAYS].map((key) => `${key} ${entry[key].at(-1).toFixed(2)} %`).join(', ')}`,
    );
  }
  if (!flags.boards || degrees !== ANGLES[0]) return entry;
  const [seed] = seeds;
  const board = await countOnPico(
    network,
    await uprightRun(network, seed, work),
    folderOf(network, degrees, 'all', seed, work),
    adaptingRecipe(network, 'all', seed),
    data,
  );
  return { ...entry, board };
}

function chosen() {
  return flags.network === undefined
    ? networks
    : flags.network.map((id) => {
        const found = networks.find((network) => network.id === id);
        if (found) return found;
        throw new UserError(
          `there is no network '${id}'`,
          `there are ${networks.map((each) => each.id).join(', ')}`,
        );
      });
}

function seedsOf(text) {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new UserError(`--seeds ${text} is no number of seeds`, 'write 1 or more');
  return Array.from({ length: count }, (_, n) => n + 1);
}

function recordedIn(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UserError(`${path} cannot be read: ${cause.message}`, 'name a file that --to has written', {
      cause,
    });
  }
}

/** Adds an entry, in the place of what was measured of the same before. */
function record(entry, path) {
  const isOther = ({ network, degrees }) => network !== entry.network || degrees !== entry.degrees;
  const others = existsSync(path) ? recordedIn(path).filter(isOther) : [];
  writeFileSync(path, `${JSON.stringify([...others, entry], undefined, 2)}\n`);
}
