/**
 * Compares training in a tab of headless Chromium with training in Node, in turns, and times how soon the tab begins: `node
 * bench.mjs [preset] [rounds] [epochs]`. The site must be built.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';
import { launch } from './test/chromium.mjs';

const [preset = 'small', rounds = '5', epochs = '3'] = process.argv.slice(2);
const lab = dirname(fileURLToPath(import.meta.url));
const cli = join(lab, '..', 'dist', 'host', 'cli', 'start.js');
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Examples a second, and the digest. */
function inNode() {
  const folder = mkdtempSync(join(tmpdir(), 'eqprop-lab-'));
  const run = join(folder, 'run');
  try {
    const flags = ['--training', '0..10000', '--epochs', epochs, '--compare-every', '0', '--quiet'];
    execFileSync(process.execPath, [cli, 'train', '--preset', preset, ...flags, '--out', run], {
      stdio: 'pipe',
    });
    const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n').map(JSON.parse);
    const { samplesPerSecond } = lines.find(({ kind }) => kind === 'final');
    return { speed: samplesPerSecond, digest: lines.filter(({ kind }) => kind === 'epoch').at(-1).digest };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same, and milliseconds from asking for the page to its first minibatch. */
async function inTab(address) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const began = performance.now();
    await page.goto(`${address}#train`);
    await page.waitForSelector('[type=submit]');
    await page.select('[name=preset]', preset);
    await page.$eval(
      '[name=epochs]',
      (field, value) => {
        field.value = value;
      },
      epochs,
    );
    await page.click('[type=submit]');
    await page.waitForFunction(() => Number(document.querySelector('#replies')?.textContent) > 1, {
      polling: 5,
    });
    const first = performance.now() - began;
    await page.waitForFunction(() => /^Learnt|;/.test(document.querySelector('#said')?.textContent ?? ''), {
      timeout: 600_000,
    });
    const [said, digest] = await page.evaluate(() =>
      ['#said', '#digest'].map((name) => document.querySelector(name).textContent),
    );
    const seconds = Number(/^Learnt in ([\d.]+) s/.exec(said)?.[1]);
    return { speed: (Number(epochs) * 10_000) / seconds, digest, first };
  } finally {
    await browser.close();
  }
}

const server = await preview({
  configFile: join(lab, 'vite.config.ts'),
  logLevel: 'error',
  preview: { port: 0 },
});
const pairs = [];
for (let round = 0; round < Number(rounds); round++) {
  const pair = { node: inNode(), tab: await inTab(server.resolvedUrls.local[0]) };
  pairs.push(pair);
  if (pair.node.digest !== pair.tab.digest)
    throw new Error(`digests differ: ${pair.node.digest}, ${pair.tab.digest}`);
}
const speed = (of) => Math.round(median(pairs.map((pair) => pair[of].speed)));
const ratio = median(pairs.map(({ node, tab }) => tab.speed / node.speed)).toFixed(2);
process.stdout.write(
  `${preset}, ${epochs} epochs of 10,000 digits, ${rounds} pairs, digests equal (${pairs[0].tab.digest})\n` +
    `Node ${speed('node')} examples/s, tab ${speed('tab')}, ratio of a pair ${ratio}\n` +
    `first minibatch ${Math.round(median(pairs.map(({ tab }) => tab.first)))} ms after the page was asked for\n`,
);
await server.close();
process.exit();
