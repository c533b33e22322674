import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkRecipe } from '#host/model/index';
import { CHECKPOINT, PREVIOUS } from '#host/records/checkpoint';
import { loadRun } from '#host/records/index';
import { type Answering, lyingAfter, ofAnotherKernel, ofAnotherSchema, serve } from '../runs/odd-devices.js';
import { begin } from '../runs/runs.js';
import { smallRecipe } from '../runs/small-data.js';
import { eqprop, jsonLines, start } from './command.js';
import { eqpropHere } from './in-process.js';
import { openWorkspace, type Workspace } from './workspace.js';

const digestOf = (folder: string) => loadRun(folder).state.position.digest;

let w: Workspace;
beforeAll(async () => {
  w = await openWorkspace();
});
afterAll(() => w.remove());

describe('train', () => {
  test('leaves a whole folder; results on standard output, no colours', async () => {
    const folder = w.fresh();
    const { code, stdout, stderr } = await eqprop(
      'train',
      ...w.small,
      '--out',
      folder,
      '--compare-every',
      '0',
    );
    expect(code).toBe(0);
    for (const name of ['config.json', 'metrics.jsonl', CHECKPOINT, 'report.html'])
      expect(existsSync(join(folder, name)), name).toBe(true);
    expect(stdout).toMatch(/test, from a zero start +\d+\.\d\d %/);
    expect(stdout).toContain(`replies compared with the twin, all equal; digest ${w.digest}`);
    expect(stderr).toMatch(/36-24-4 on .*, 2 epochs, seed 1/);
    expect(stderr).toMatch(/epoch 2: training error/);
    expect(stdout + stderr).not.toContain('\x1b');
  });

  test('--auto-rates become plain rates of the recipe', async () => {
    const folder = w.fresh();
    const args = ['train', ...w.small, '--out', folder, '--auto-rates', '0.15', '--epochs', '1', '--quiet'];
    expect((await eqpropHere(...args)).code).toBe(0);
    const { recipe } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    expect(recipe.rates).toEqual([0.15, loadRun(folder).state.recipe.rates[1]]);
    expect(recipe.rates[1]).toBeGreaterThan(0);
    const { code, stderr } = await eqpropHere(...args, '--rates', '0.1,0.1');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('not both') });
  });

  test('--from takes weights, recipe and data of a run, but for what is named', async () => {
    const folder = w.fresh();
    const changes = ['--epochs', '1', '--fixed', '1', '--rates', '0.1,0.02'];
    const { code, stderr } = await eqpropHere('train', '--from', w.finished, ...changes, '--out', folder);
    expect(code).toBe(0);
    expect(stderr).toMatch(new RegExp(`weights  of ${w.finished}, minibatch 38, digest ${w.digest}`));
    const [{ state, parameters }, before] = [loadRun(folder), loadRun(w.finished)];
    const named = { epochs: 1, fixed: [1], rates: [0.1, 0.02] };
    expect(state).toMatchObject({ data: w.data, recipe: { ...before.state.recipe, ...named } });
    expect(parameters.weights[0]).toEqual(before.parameters.weights[0]);
    expect(parameters.weights[1]).not.toEqual(before.parameters.weights[1]);
    // A connection that one leaves fixed the next may learn.
    const next = ['--from', folder, '--fixed', 'none', '--out', w.fresh(), '--quiet'];
    expect((await eqpropHere('train', ...next)).code).toBe(0);
    expect(loadRun(next[5]).parameters.weights[0]).not.toEqual(parameters.weights[0]);
  });

  test.each([
    [['--preset', 'small', '--data', 'DATA'], /network 784-128-10 has 784 inputs/],
    [['--auto-rates', '0.1'], /--auto-rates beside --from/],
    [['--weights', 'Q1.14'], /this run has weights Q1\.14,Q1\.14, .* has Q2\.13,Q2\.13/],
    [['--resume', 'FINISHED'], /--resume goes on as the run began: --from cannot be changed/],
  ])('--from with %j is refused', async (flags, message) => {
    const named = flags.map((word) => ({ DATA: w.data, FINISHED: w.finished })[word] ?? word);
    const { code, stderr } = await eqpropHere('train', '--from', w.finished, ...named);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(message) });
  });

  test('--quiet says nothing but the result', async () => {
    const { code, stdout, stderr } = await eqpropHere('train', ...w.small, '--out', w.fresh(), '--quiet');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(w.digest);
  });

  test('--json prints metrics alone', async () => {
    const args = ['train', ...w.small, '--out', w.fresh(), '--json', '--shadow', '--compare-every', '30'];
    const { code, stdout, stderr } = await eqpropHere(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = jsonLines(stdout);
    expect(lines.map(({ kind }) => kind)).toEqual(['divergence', 'epoch', 'divergence', 'epoch', 'final']);
    expect(lines[3]).toMatchObject({ digest: w.digest, referenceTrainingError: expect.any(Number) });
  });

  test('every flag of a recipe counts', async () => {
    const flags = {
      network: '36-8-8-4',
      weights: 'Q4.11',
      states: 'Q3.12',
      rounding: 'nearest',
      'initial-scale': [0.7, 0.5, 0.3],
      relaxation: 'euler',
      epsilon: 0.25,
      'free-iterations': 5,
      'nudged-iterations': 3,
      'evaluation-iterations': 9,
      start: 'persistent',
      nudging: 'random-sign',
      beta: 0.25,
      'nudge-margin': 0.5,
      cost: 'full',
      rates: [0.01, 0.02, 0.03],
      'bias-rates': [0, 0.03, 0.01, 0.02],
      schedule: 'exponential',
      'schedule-factor': 0.5,
      'weight-decay': [0.001, 0, 0.002],
      penalty: 'L1',
      'decay-interval': 3,
      epochs: 1,
      minibatch: 7,
      shuffle: false,
      seed: 99,
      training: '10..60',
      validation: '60..70',
      'receptive-fields': '2..4',
      'input-dropout': 0.2,
      'input-pull': 2,
      'pixel-spikes': 2,
      shift: 1,
      feedback: 'untied',
      'feedback-scale': 0.5,
      rule: 'rates',
      noise: 'langevin',
      'noise-level': 0.001,
      'noise-phases': 'same',
    };
    const folder = w.fresh();
    const args = Object.entries(flags).flatMap(([key, value]) => [`--${key}`, String(value)]);
    const { code } = await eqpropHere('train', ...w.small, '--out', folder, '--quiet', ...args);
    expect(code).toBe(0);
    const { recipe } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    // A centred input would be refused beside these.
    const unsaid = { description: '', connections: [], 'centred-input': false };
    expect(recipe).toEqual({ ...flags, ...unsaid });
    expect(Object.keys(checkRecipe(recipe, 'config'))).toHaveLength(
      Object.keys({ ...flags, ...unsaid }).length,
    );
  });
});

test('a finished run taken up again tells what is known, however many minibatches were compared', async () => {
  const folder = w.copyOf(w.finished);
  const path = join(folder, 'metrics.jsonl');
  const compared = {
    kind: 'divergence',
    step: 1,
    samples: 1,
    stateRms: 0,
    stateWorst: 0.25,
    stateSignal: 1,
    nudgedRms: 0,
    nudgedWorst: 0,
    elsewhere: 0,
    contrastCosines: [],
    predictionsAgree: 1,
  };
  const lines = readFileSync(path, 'utf8');
  writeFileSync(path, `${JSON.stringify(compared)}\n`.repeat(150_000) + lines);
  const { code, stdout, stderr } = await eqpropHere('train', '--resume', folder, '--quiet');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(
    '150,000 minibatches compared with the float64 reference: states differ by 0 RMS, 2^−2.0 at worst',
  );
  expect(stdout).toMatch(/\n[\d. a-z]+ in all, 2 epochs\n/);
  expect(stdout).not.toMatch(/samples\/s|NaN|bytes/);
});

test.skipIf(process.platform === 'win32')('a run whose reader has read enough is saved', async () => {
  const folder = w.fresh();
  const args = ['train', ...w.small, '--epochs', '40', '--out', folder, '--json'];
  const { stdout, stderr } = await start(args, { shell: '| head -n 1' }).ended;
  expect(jsonLines(stdout)).toMatchObject([{ kind: 'divergence' }]);
  expect(stderr).not.toMatch(/EPIPE|\n +at /);
  const { step } = loadRun(folder).state.position;
  expect(step).toBeGreaterThan(0);
  expect(step).toBeLessThan(40 * 19);
});

describe('an interrupted run', () => {
  test('saves, says how to go on, ends with 130, and goes on to the same digest', async () => {
    const epochs = 30;
    const whole = await begin({ data: w.data, folder: w.fresh(), recipe: smallRecipe({ epochs }) });
    const folder = w.fresh();
    const checked = ['--verify', 'all', '--threads', '2'];
    const running = start(['train', ...w.small, '--epochs', String(epochs), '--out', folder, ...checked]);
    await running.shows('epoch 2: ');
    running.interrupt();
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('finishing the minibatch and saving');
    expect(stderr).toMatch(/stopped after minibatch \d+, everything saved\n/);
    expect(stderr).toContain(`go on with: eqprop train --resume ${folder} ${checked.join(' ')}\n`);
    const { step } = loadRun(folder).state.position;
    expect(step).toBeGreaterThanOrEqual(2 * 19);
    expect(step).toBeLessThan(epochs * 19);
    const resumed = await eqpropHere('train', '--resume', folder);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain(`going on at minibatch ${step}`);
    expect(resumed.stdout).toContain(whole.result.position.digest);
  });

  test('while the device is still silent: ends at once', async () => {
    let heard: () => void = () => undefined;
    const greeted = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const device = await serve(() => {
      heard();
      return undefined;
    });
    const running = start(['train', ...w.small, '--out', w.fresh(), '--device', device.spec]);
    await greeted;
    running.interrupt();
    expect((await running.ended).code).toBe(130);
    await device.end();
  });

  test('is resumed in JSON as well', async () => {
    const folder = w.copyOf(w.interrupted);
    const { code, stdout, stderr } = await eqpropHere('train', '--resume', folder, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonLines(stdout)).toMatchObject([
      { kind: 'epoch', epoch: 2, digest: w.digest },
      { kind: 'final' },
    ]);
  });

  test('with a damaged checkpoint goes on from the one before, and says so', async () => {
    const folder = w.copyOf(w.interrupted);
    truncateSync(join(folder, CHECKPOINT), 1000);
    const { code, stdout, stderr } = await eqpropHere('train', '--resume', folder, '--quiet');
    expect(code).toBe(0);
    expect(stderr).toMatch(/checkpoint\.eqp is damaged: .*; taking .*checkpoint\.previous\.eqp instead/);
    expect(stdout).toContain(w.digest);
  });

  test('with both checkpoints damaged', async () => {
    const folder = w.copyOf(w.interrupted);
    for (const name of [CHECKPOINT, PREVIOUS]) truncateSync(join(folder, name), 1000);
    const { code, stderr } = await eqpropHere('train', '--resume', folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /no checkpoint can be used: .*checkpoint\.eqp is damaged.*\n +restore what is damaged/,
    );
  });

  test.skipIf(process.platform !== 'linux')(
    'with no room to save: an error, and nothing is lost',
    async () => {
      const folder = w.copyOf(w.interrupted);
      const { code, stderr } = await start(['train', '--resume', folder], { fileLimit: 2 }).ended;
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /error: could not save .*checkpoint\.eqp: .*\n +a checkpoint before it, if there is one, is untouched/,
      );
      expect(digestOf(folder)).toBe(digestOf(w.interrupted));
      const { stdout } = await eqpropHere('train', '--resume', folder);
      expect(stdout).toContain(w.digest);
    },
  );
});

describe('devices', () => {
  const trainOn = async (answering: Answering, ...args: readonly string[]) => {
    const device = await serve(answering);
    const folder = w.fresh();
    const ended = await eqpropHere('train', ...w.small, '--out', folder, '--device', device.spec, ...args);
    await device.end();
    return { ...ended, folder };
  };

  test('one that lies ends the run with 3; the checkpoint before is good', async () => {
    const { code, stdout, stderr, folder } = await trainOn(lyingAfter(25));
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      /error: train 24: the device's weights is \d+, the twin has \d+\n +the run stops here/,
    );
    const resumed = await eqpropHere('train', '--resume', folder, '--quiet');
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toContain(w.digest);
  });

  test('one that lies is found by verify too', async () => {
    const device = await serve(lyingAfter(2));
    const { code } = await eqpropHere('verify', ...w.small, '--minibatches', '5', '--device', device.spec);
    await device.end();
    expect(code).toBe(3);
  });

  test.each<[string, Answering, RegExp]>([
    ['silent', () => undefined, /error: no answer from the device within 1 s\n +is it powered/],
    [
      'of another version',
      ofAnotherSchema,
      /error: hello: the device speaks schema 111, not 222\n +build the firmware/,
    ],
    [
      'with another kernel',
      ofAnotherKernel,
      /runs kernel 000000000000abcd, this program has .*\n +.*same version/,
    ],
  ])('one that is %s', async (_, answering, message) => {
    const { code, stderr, folder } = await trainOn(answering, '--patience', '1');
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(existsSync(folder)).toBe(false);
  });
});
