/** Our kernel as a program of this computer, by each processor's own forms of its loops, beside the simulated device's in V8. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { lastLines, runCommand } from '#host/firmware/command';
import { buildLinuxProgram, ownLinuxTarget } from '#host/firmware/linux-device';
import { runProgram } from '../contender.js';
import { compiled, repository, source } from '../folders.js';
import { reachMoments } from '../ours/moments.js';
import { type Spread, spreadOf } from '../statistics.js';
import { briefSpread, type ResultTable } from '../tables.js';
import { taskArguments } from '../task.js';
import { momentName, quickMoments, type Work, works } from '../works.js';
import type { Bench, Suite } from './suite.js';

const ROUNDS = { full: 5, quick: 3 } as const;
/** CPU seconds of a measurement. */
const SECONDS = { full: 1, quick: 0.3 } as const;
const tapes = join(repository, 'build', 'bench-tapes');
/** Forms that a processor may have beside the module's own vectors. */
const FORMS: Readonly<Record<string, readonly string[]>> = { x64: ['avx2', 'avx512'], arm64: ['neon'] };

const played = v.object({ samples: v.number(), cpuSeconds: v.number() });

interface Row {
  readonly entry: string;
  readonly samplesPerCpuSecond: Spread;
  /** Over V8's of the same round. */
  readonly ratio: Spread;
}

interface Result {
  readonly work: Work;
  readonly moment: number;
  readonly rows: readonly Row[];
}

export const native: Suite = {
  name: 'native',
  description:
    'samples a CPU-second of our kernel as a program of this computer, by each form of its loops, beside V8',
  async run(bench) {
    await mkdir(tapes, { recursive: true });
    const main = readFileSync(join(source, 'native', 'play.c'));
    const program = await buildLinuxProgram(ownLinuxTarget(), new Map([['main.c', main]]));
    const results: Result[] = [];
    for (const work of works.slice(0, 2))
      for (const moment of momentsOf(work, bench)) results.push(await measure(work, moment, program, bench));
    return { tables: results.map(tableOf), data: results };
  },
};

function momentsOf(work: Work, { quick }: Bench): readonly number[] {
  return (quick ? quickMoments(work) : work.moments).filter((moment) => moment <= 1);
}

async function measure(work: Work, moment: number, program: string, bench: Bench): Promise<Result> {
  const say = (text: string) => bench.say(`native, ${work.network}, ${momentName(moment)}: ${text}`);
  const tape = await record(work, moment, say);
  const seconds = String(bench.quick ? SECONDS.quick : SECONDS.full);
  const players = new Map([
    ['V8', () => runCommand(process.execPath, [join(compiled, 'native', 'play.js'), tape, seconds])],
    ...['kernel', ...(FORMS[process.arch] ?? [])].map(
      (forms) => [forms, () => runCommand(program, [tape, seconds, forms])] as const,
    ),
  ]);
  const speeds = new Map<string, number[]>();
  for (let round = 1; round <= (bench.quick ? ROUNDS.quick : ROUNDS.full); round++)
    for (const [entry, play] of players) {
      say(`round ${round}: ${entry}`);
      const { status, output, errors } = await play();
      if (status !== 0) {
        // A processor without such forms; what differs from the tape ends the run.
        if (round === 1 && errors.startsWith('there are')) players.delete(entry);
        else throw new Error(`${entry}: ${lastLines(errors)}`);
        continue;
      }
      const { samples, cpuSeconds } = v.parse(played, JSON.parse(lastLines(output, 1)));
      speeds.set(entry, [...(speeds.get(entry) ?? []), samples / cpuSeconds]);
    }
  const inV8 = speeds.get('V8') ?? [];
  const rows = Array.from(speeds, ([entry, own]) => ({
    entry,
    samplesPerCpuSecond: spreadOf(own),
    ratio: spreadOf(own.map((speed, round) => speed / inV8[round])),
  }));
  return { work, moment, rows };
}

/** The tape's path: what a kernel is asked in the work's span from a moment on. */
async function record(work: Work, moment: number, say: (text: string) => void): Promise<string> {
  const { preset, overrides, span } = work;
  const files = await reachMoments(preset, overrides, [moment], {
    onTrain: () => say('training, once for this kernel'),
  });
  const state = files.get(moment);
  const tape = join(tapes, `${preset}-${moment}.tape`);
  const task = taskArguments({ preset, overrides, check: 0, warmUp: 0, seconds: 0 });
  const from = state === undefined ? [] : ['--from', state];
  await runProgram('ours', 'native/record.js', [...task, ...from, '--span', String(span), '--save', tape]);
  return tape;
}

function tableOf({ work, moment, rows }: Result): ResultTable {
  return {
    title: `${work.network}, ${work.preset}, ${momentName(moment)}: the kernel alone, samples a CPU-second, median (least–most)`,
    head: ['', 'samples/s', 'over V8'],
    rows: rows.map(({ entry, samplesPerCpuSecond, ratio }) => [
      entry,
      briefSpread(samplesPerCpuSecond),
      entry === 'V8' ? '' : briefSpread(ratio),
    ]),
    notes: [
      'the same requests, from staging to replies, without the link; the last reply of each repetition is compared',
    ],
  };
}
