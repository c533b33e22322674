/** The cost of checking: training through the link of a simulated device, by verification level. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastLines, runCommand } from '#host/firmware/command';
import { UserError } from '#host/ground/errors';
import { repository } from '../folders.js';
import { type Spread, spreadOf } from '../statistics.js';
import { brief, briefSpread, type ResultTable } from '../tables.js';
import type { Suite } from './suite.js';

const LEVELS = ['off', 'every=100', 'digest', 'all'] as const;
type Level = (typeof LEVELS)[number];

const ROUNDS = { full: 5, quick: 1 } as const;

interface Run {
  readonly network: string;
  /** Training images: one pass over them is measured. */
  readonly images: Readonly<Record<'full' | 'quick', number>>;
  readonly flags: readonly string[];
}

const runs: readonly Run[] = [
  { network: '784-500-10', images: { full: 40_000, quick: 10_000 }, flags: [] },
  {
    network: '784-500-500-10',
    images: { full: 10_000, quick: 2000 },
    flags: ['--rates', '0.4,0.2,0.1', '--weight-decay', '0,0,0', '--beta', '0.5'],
  },
];

interface LevelResult {
  readonly level: Level;
  /** Wall time's, one a round. */
  readonly samplesPerSecond: readonly number[];
}

export const verification: Suite = {
  name: 'verification',
  description: 'training through the link, twin and all, by verification level: wall time',
  async run(bench) {
    const tables: ResultTable[] = [];
    const data: object[] = [];
    for (const run of runs) {
      const results = LEVELS.map((level) => ({ level, samplesPerSecond: [] as number[] }));
      const images = bench.quick ? run.images.quick : run.images.full;
      const rounds = bench.quick ? ROUNDS.quick : ROUNDS.full;
      for (let round = 1; round <= rounds; round++)
        for (const { level, samplesPerSecond } of results) {
          bench.say(`verification, ${run.network}, round ${round} of ${rounds}: ${level}`);
          samplesPerSecond.push(await speedOf(run, images, level));
        }
      tables.push(tableOf(run, images, results));
      data.push({ network: run.network, images, results });
    }
    return { tables, data };
  },
};

async function speedOf({ network, flags }: Run, images: number, level: Level): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'eqprop-bench-'));
  try {
    const program = join(repository, 'dist', 'host', 'cli', 'start.js');
    const range = ['--training', `0..${images}`, '--epochs', '1'];
    const choice = ['--network', network, '--verify', level, '--compare-every', '0', ...range, ...flags];
    const command = [program, 'train', '--preset', 'demo', ...choice, '--json', '--out', folder];
    const { status, output, errors } = await runCommand(process.execPath, command);
    if (status !== 0) throw new UserError(`training with --verify ${level} failed:\n${lastLines(errors)}`);
    const speed = /"kind":"final".*"samplesPerSecond":([\d.]+)/.exec(output)?.[1];
    if (speed === undefined) throw new UserError(`training with --verify ${level} told no speed`);
    return Number(speed);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function tableOf({ network }: Run, images: number, results: readonly LevelResult[]): ResultTable {
  const [off] = results;
  const share = (own: readonly number[]): Spread =>
    spreadOf(own.map((speed, round) => speed / off.samplesPerSecond[round]));
  return {
    title: `${network}, ${images} images through the link: samples a second of wall time, median (least–most)`,
    head: ['--verify', 'samples/s', 'of the speed without'],
    rows: results.map(({ level, samplesPerSecond }) => [
      level,
      briefSpread(spreadOf(samplesPerSecond)),
      level === 'off' ? brief(1) : briefSpread(share(samplesPerSecond)),
    ]),
    notes: [
      'device, twin and link are threads of one process: with fewer cores than threads they share them',
    ],
  };
}
