/**
 * Costs of a queue: `node bench/fleet/run.mjs overhead | many | killed | queued [number]`, with a redis-server of its own.
 *
 * overhead  seconds between the end of a cell's process and the start of the next, on one worker: what there is beside training
 * many      so many real cells on four workers, their digests beside those of one computer
 * killed    the same on three workers; workers and Redis are killed at so many random moments
 * queued    so many cells whose process does nothing: memory of submitter and workers, as they go
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const dist = new URL('../../dist/host/', import.meta.url);
const EQPROP = fileURLToPath(new URL('cli/start.js', dist));
const { connect, parseAddress, Submission, work } = await import(new URL('fleet/index.js', dist));
const { runTask, runTasks } = await import(new URL('experiments/index.js', dist));
const { loadRun } = await import(new URL('records/index.js', dist));
const { checkRecipe, readPreset } = await import(new URL('model/index.js', dist));

const [what, given] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'eqprop-bench-'));
const at = (name) => join(folder, name);

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const port = await freePort();
const address = `redis://127.0.0.1:${port}`;
let redis;
async function startRedis() {
  redis = spawn(
    'redis-server',
    ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let said = '';
  for await (const bytes of redis.stdout) {
    said += bytes;
    if (said.includes('Ready to accept connections')) break;
  }
}

async function end(child, signal = 'SIGKILL') {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** The program, its standard output in `said`. */
function eqprop(...words) {
  const child = spawn(process.execPath, [EQPROP, ...words], {
    env: { ...process.env, EQPROP_QUEUE: address },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.said = '';
  child.stdout.on('data', (bytes) => {
    child.said += bytes;
  });
  return child;
}

const worker = (...words) =>
  eqprop('work', '--json', '--give-up', '2', '--checkpoint-interval', '0.2', ...words);

const SMALL = [
  '--preset',
  'small',
  '--network',
  '784-10-10',
  '--training',
  '0..500',
  '--no-reference',
  '--validation',
  'none',
];

/** Digests of a comparison's cells, by their names. */
function digests(name) {
  const cells = join(at(name), 'cells');
  return Object.fromEntries(
    readdirSync(cells).map((id) => [id, loadRun(join(cells, id)).state.position.digest]),
  );
}

const compare = (name, ...words) =>
  eqprop('compare', ...SMALL, ...words, '--out', at(name), '--json', '--yes');

async function finished(child) {
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  if (code !== 0 && code !== 1) throw new Error(`a comparison ended with ${code}`);
}

/** Prints how many cells are the same as on one computer, and who trained them. */
function tell(name, alone, workers, seconds) {
  const [found, wanted] = [digests(name), digests(alone)];
  const ids = Object.keys(wanted);
  const same = ids.filter((id) => found[id] === wanted[id]).length;
  const lines = workers.flatMap(({ said }) =>
    said
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  );
  const ended = lines.filter((line) => line.ended === 'finished').map(({ id }) => id);
  const again = lines.filter(({ goesOn }) => goesOn).length;
  console.log(
    `${same} of ${ids.length} cells with one computer's digest; finished ${ended.length} times, ${new Set(ended).size} different; ${again} taken up from a checkpoint; ${seconds.toFixed(0)} s`,
  );
}

const clock = () => performance.now() / 1000;

async function many(cells) {
  const words = ['--seeds', cells, '--epochs', '2'];
  await finished(compare('alone', ...words, '--processes', '2'));
  const workers = [1, 2, 3, 4].map(() => worker());
  const began = clock();
  await finished(compare('fleet', ...words, '--queue'));
  const seconds = clock() - began;
  for (const one of workers) await end(one, 'SIGINT');
  tell('fleet', 'alone', workers, seconds);
}

async function killed(kills) {
  const words = ['--seeds', '16', '--epochs', '160'];
  await finished(compare('alone', ...words, '--processes', '2'));
  const all = [];
  const begin = () => {
    const one = worker();
    all.push(one);
    return one;
  };
  const running = [begin(), begin(), begin()];
  const began = clock();
  const whole = compare('fleet', ...words, '--queue');
  let isDone = false;
  once(whole, 'exit').then(() => {
    isDone = true;
  });
  let done = 0;
  for (; done < kills && !isDone; done++) {
    await pause(500 + 4000 * Math.random());
    if (done % 4 === 3) {
      await end(redis);
      await startRedis();
    } else {
      const n = Math.floor(running.length * Math.random());
      await end(running[n]);
      running[n] = begin();
    }
  }
  await finished(whole);
  const seconds = clock() - began;
  for (const one of running) await end(one, 'SIGINT');
  console.log(`${done} killed`);
  tell('fleet', 'alone', all, seconds);
}

/** A program that notes when it begins and ends. */
function noting() {
  const script = at('eqprop.mjs');
  const log = JSON.stringify(at('times'));
  writeFileSync(
    script,
    `import { appendFileSync } from 'node:fs';
const tell = (what) => appendFileSync(${log}, what + ' ' + Date.now() + '\\n');
tell('begin');
process.on('exit', () => tell('end'));
await import(${JSON.stringify(EQPROP)});
`,
  );
  return [process.execPath, script];
}

const events = {
  onLost() {},
  onBack() {},
  onReady() {},
  onMisfit() {},
  onTrouble: console.error,
  onBegin() {},
  onEpoch() {},
  onEnd() {},
};
const everything = {
  arena: { 8: Number.POSITIVE_INFINITY, 16: Number.POSITIVE_INFINITY, 32: Number.POSITIVE_INFINITY },
  cores: 1,
};

async function workHere(program, concurrency, signal) {
  const connection = await connect(parseAddress(address), events);
  const words = ['--checkpoint-interval', '60'];
  const options = {
    program,
    words,
    kinds: [runTasks],
    device: 'simulated',
    requireDevice: async () => {},
    capacity: everything,
    concurrency,
    patience: 30_000,
  };
  await work(connection, options, events, signal);
  connection.close();
}

async function overhead(cells) {
  const stop = new AbortController();
  appendFileSync(at('times'), '');
  const working = workHere(noting(), 1, stop.signal);
  const words = [
    '--preset',
    'small',
    '--training',
    '0..5000',
    '--epochs',
    '2',
    '--no-reference',
    '--validation',
    'none',
  ];
  await finished(
    eqprop('compare', ...words, '--seeds', cells, '--out', at('fleet'), '--queue', '--json', '--yes'),
  );
  stop.abort();
  await working;
  const times = readFileSync(at('times'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => Number(line.split(' ')[1]));
  const spans = (first) => times.slice(1).flatMap((time, n) => (n % 2 === first ? [time - times[n]] : []));
  const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
  const [cell, between] = [median(spans(0)), median(spans(1))];
  console.log(
    `a cell ${(cell / 1000).toFixed(1)} s, between two ${between} ms with the start of Node: ${((100 * between) / cell).toFixed(1)} %; of ten seconds ${(between / 100).toFixed(1)} %`,
  );
}

async function queued(cells) {
  const { values } = readPreset('small');
  const recipe = checkRecipe(values, 'small');
  const task = runTask({ recipe, compareEvery: 0, verification: 'off' });
  const tasks = Array.from({ length: cells }, (_, n) => ({
    task,
    reading: {},
    id: `cell-${n}`,
    path: at(`cells/cell-${n}`),
  }));
  const { dataHash } = await import(new URL('records/index.js', dist));
  const { loadDataset } = await import(new URL('data/index.js', dist));
  const hash = dataHash(await loadDataset());
  const stop = new AbortController();
  const connection = await connect(parseAddress(address), events);
  let done = 0;
  const began = clock();
  const tellMemory = () => {
    globalThis.gc?.();
    console.log(
      `${String(done).padStart(6)} ended, ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB, ${(clock() - began).toFixed(0)} s`,
    );
  };
  const working = workHere(['/bin/true'], 4, stop.signal);
  const submission = new Submission(connection, folder, hash);
  await submission.carry(
    tasks,
    {
      onBegin() {},
      onEpoch() {},
      onNotice: console.error,
      onEnd() {
        if (done++ % Math.ceil(cells / 10) === 0) tellMemory();
      },
    },
    new AbortController().signal,
  );
  tellMemory();
  stop.abort();
  await working;
  connection.close();
}

const measurements = {
  overhead: [overhead, 8],
  many: [many, 300],
  killed: [killed, 20],
  queued: [queued, 10_000],
};
if (!measurements[what]) {
  console.error(`name one of: ${Object.keys(measurements).join(', ')}`);
  process.exit(2);
}
const [measure, usual] = measurements[what];
await startRedis();
try {
  await measure(Number(given ?? usual));
} finally {
  await end(redis);
  rmSync(folder, { recursive: true, force: true });
}
