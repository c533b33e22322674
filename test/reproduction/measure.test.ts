/** Experiments of made-up findings: what a folder keeps of them, and what is not run again. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UserError } from '#host/ground/index';
import { catalogue, experimentsOf } from '#host/reproduction/catalogue';
import type { Experiment } from '#host/reproduction/experiment';
import { FindingsFolder } from '#host/reproduction/findings-folder';
import { type MeasuringEvents, measure } from '#host/reproduction/measure';
import { paperNames } from '#host/reproduction/papers';
import { eqpropHere } from '../cli/in-process.js';
import { temporaryFolder } from '../runs/small-data.js';
import { conditions as runs } from './equilibrium-propagation/quick-runs.js';

const place = temporaryFolder();
afterAll(() => place.remove());

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const plan = { paper: 'stdp', form: 'quick', seed: 7, experiments: ['first', 'second'] } as const;

function fresh(name: string): FindingsFolder {
  return FindingsFolder.create(join(place.path, name), { ...plan, experiments: [...plan.experiments] });
}

/** Its finding is the seed that it was given. */
function experiment(name: string): Experiment {
  return {
    paper: 'stdp',
    name,
    title: `The ${name}`,
    shows: 'nothing',
    minutes: { quick: 1, full: 2 },
    run: async (form, { seed, step }) => {
      await step(name, 1, 2);
      return {
        statement: `What ${name} states.`,
        verdict: `${form}, ${seed}.`,
        holds: name === 'first',
        panels: [
          {
            title: 'A line',
            xLabel: 'x',
            yLabel: 'y',
            curves: [{ label: 'it', colour: 'blue', points: [[1, seed] as const, [2, seed] as const] }],
          },
        ],
        tables: [{ title: 'A table', head: ['seed'], rows: [[String(seed)]] }],
      };
    },
  };
}

const experiments = plan.experiments.map(experiment);

async function run(folder: FindingsFolder, chosen = experiments, stopAt?: string) {
  const told: string[] = [];
  const stop = new AbortController();
  const events: MeasuringEvents = {
    onExperiment: (title, skipped) => told.push(`${title}${skipped ? ', skipped' : ''}`),
    onStep: (part) => {
      if (part === stopAt) stop.abort();
    },
    onRun: () => undefined,
    onStart: () => undefined,
    onProgress: () => undefined,
    onMetrics: () => undefined,
    onLost: () => undefined,
  };
  return { finished: await measure(folder, chosen, runs, events, stop.signal), told };
}

describe('experiments', () => {
  test('leave figure, tables, result.json and a report', async () => {
    const folder = fresh('whole');
    expect(await run(folder)).toEqual({ finished: true, told: ['The first', 'The second'] });
    const read = (name: string) => readFileSync(join(folder.path, name), 'utf8');
    expect(read('first.svg')).toMatch(/^<svg[\s\S]*<title>The first<\/title>/);
    expect(read('first.md')).toContain('**Holds here.** quick, 7.');
    expect(read('second.md')).toContain('**Does not hold here.** quick, 7.');
    expect(read('second.md')).toContain('| seed |\n| --- |\n| 7 |');
    expect(read('report.html')).toContain('Bengio et al. 2017');
    expect(JSON.parse(read('result.json'))).toMatchObject({
      ...plan,
      findings: [
        { name: 'first', holds: true },
        { name: 'second', holds: false },
      ],
    });
  });

  test('interrupted go on behind what is finished', async () => {
    const folder = fresh('cut');
    expect(await run(folder, experiments, 'second')).toEqual({
      finished: false,
      told: ['The first', 'The second'],
    });
    const again = FindingsFolder.open(folder.path, 'stdp', []);
    expect(again.findings().map(({ name }) => name)).toEqual(['first']);
    expect((await run(again)).told).toEqual(['The first, skipped', 'The second']);
  });

  test('are added to a folder by name', async () => {
    const folder = fresh('more');
    const more = FindingsFolder.open(folder.path, 'stdp', ['second', 'third']);
    expect(more.plan.experiments).toEqual(['first', 'second', 'third']);
    expect(FindingsFolder.open(folder.path, 'stdp', []).plan).toEqual(more.plan);
    expect(() => FindingsFolder.open(folder.path, 'early-inference', [])).toThrow(/of stdp, not of early/);
  });

  test('that fail pass their error on', async () => {
    const failing: Experiment = {
      ...experiments[0],
      run: () => Promise.reject(new UserError('no images')),
    };
    await expect(run(fresh('failing'), [failing])).rejects.toThrow('no images');
  });

  test.each(['[]', '{"findings":[{"name":"first"}]}', 'none'])('a spoilt result.json: %s', (content) => {
    const folder = fresh(`spoilt ${content.replaceAll(/\W/g, '-')}`);
    writeFileSync(join(folder.path, 'result.json'), content);
    expect(() => folder.findings()).toThrow(UserError);
    expect(() => folder.findings()).toThrow(/result\.json/);
  });
});

describe('the catalogue', () => {
  test('names each experiment of a paper once', () => {
    const names = catalogue.map(({ paper, name }) => `${paper} ${name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { name } of catalogue) expect(paperNames).not.toContain(name);
  });

  test('knows no other', () => {
    expect(() => experimentsOf('equilibrium-propagation', ['table-3'])).toThrow(/has no experiment table-3/);
  });

  test('is what --list prints', async () => {
    const { code, stdout } = await eqpropHere('reproduce', '--list');
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    for (const { paper, name, shows } of catalogue)
      expect(lines).toContainEqual(
        expect.stringMatching(new RegExp(`^${paper} +${name} .* {3}${escaped(shows)}$`)),
      );
    const { stdout: json } = await eqpropHere('reproduce', '--list', '--json');
    expect(JSON.parse(json)).toEqual(catalogue.map(({ run: _, ...entry }: Partial<Experiment>) => entry));
  });
});

test.each([
  [[], 2, /missing required argument 'paper'/],
  [['claims', 'table-2'], 2, /claims has no experiments/],
  [['equilibrium-propagation', 'table-3'], 1, /has no experiment table-3/],
  [['equilibrium-propagation', 'table-2', '--network', '4'], 1, /Table 2 has no network 4/],
] as const)('eqprop reproduce refuses %j', async (args, code, message) => {
  const ended = await eqpropHere('reproduce', ...args);
  expect(ended.code).toBe(code);
  expect(ended.stderr).toMatch(message);
  expect(existsSync('runs/reproduction')).toBe(false);
});

describe('eqprop reproduce <paper> <experiment>', () => {
  const command = ['reproduce', 'equilibrium-propagation', 'small-nudge'];
  const out = join(place.path, 'command');

  test('prints what was found, and does not find it again', async () => {
    const first = await eqpropHere(...command, '--out', out, '--quiet');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('A small nudge lowers the cost: holds here');
    const again = await eqpropHere(...command, '--resume', out, '--json');
    expect(JSON.parse(again.stdout).findings).toEqual(
      JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')).findings,
    );
  });

  test.each([
    [['--network', '1'], /--network is for table-2, figure-5 and claims/],
    [['--resume', out, '--seed', '2'], /--seed cannot be changed/],
    [['--resume', join(place.path, 'nowhere')], /there is no reproduction in .*nowhere/],
    [['--data', join(place.path, 'nowhere')], /nowhere/],
  ])('refuses %j', async (flags, message) => {
    const { code, stderr } = await eqpropHere(...command, ...flags);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});
