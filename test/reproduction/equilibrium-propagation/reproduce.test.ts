import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ReproductionFolder } from '#host/reproduction/equilibrium-propagation/folder';
import { readOutcome } from '#host/reproduction/equilibrium-propagation/outcome';
import { planNetworks } from '#host/reproduction/equilibrium-propagation/plan';
import { yardstickEpochs } from '#host/reproduction/equilibrium-propagation/yardstick';
import { start } from '../../cli/command.js';
import { eqpropHere } from '../../cli/in-process.js';
import { roomForReproductions, run } from './quick-runs.js';

const { data, at } = roomForReproductions();

describe('the runs of a reproduction', () => {
  // The paper's own form is among the slow tests: its states of 60,000 images are in every checkpoint.
  const settings = { form: 'quick', relaxation: 'fast', seed: 1, images: 60, data } as const;

  test('go on where they were interrupted, to the same end, and are not repeated', async () => {
    const whole = ReproductionFolder.create(at('whole'), settings, planNetworks(settings, [1], 2));
    expect(await run(whole)).toEqual({ finished: true, told: [['network 1, 784-500-10, 2 epochs', false]] });

    const cut = ReproductionFolder.create(at('cut'), settings, planNetworks(settings, [1], 2));
    expect((await run(cut, 1)).finished).toBe(false);
    expect(readOutcome(cut).networks[0]).toMatchObject({ finished: false, epochs: [{ epoch: 1 }] });
    const again = ReproductionFolder.open(at('cut'), [], undefined);
    expect((await run(again)).finished).toBe(true);

    const [a, b] = [whole, again].map((folder) => readOutcome(folder).networks[0]);
    expect(b.finished).toBe(true);
    expect(b.epochs.map(({ digest }) => digest)).toEqual(a.epochs.map(({ digest }) => digest));
    expect(b.evaluations).toEqual(a.evaluations);
    expect(b.backpropagation).toEqual(a.backpropagation);
    expect(a.epochs[1].referenceTrainingError).toBeDefined();
    const errors = a.epochs.map(({ trainingError }) => trainingError);
    const error = Math.min(...errors);
    expect(a.bestTraining).toEqual({ error, epoch: errors.indexOf(error) + 1 });
    expect(yardstickEpochs(whole.yardstickOf(1)).map(({ testError }) => testError !== undefined)).toEqual([
      false,
      true,
    ]);

    const checkpoint = join(again.runOf(1), 'checkpoint.eqp');
    const before = statSync(checkpoint).mtimeMs;
    expect(await run(again)).toEqual({ finished: true, told: [['network 1, 784-500-10, 2 epochs', true]] });
    expect(statSync(checkpoint).mtimeMs).toBe(before);
  });

  test('a network that was begun keeps its epochs', () => {
    expect(() => ReproductionFolder.open(at('whole'), [1], 3)).toThrow(/begun with 2 epochs/);
    expect(ReproductionFolder.open(at('whole'), [2], 3).networks).toEqual([
      { number: 1, epochs: 2 },
      { number: 2, epochs: 3 },
    ]);
  });
});

describe('eqprop reproduce', () => {
  const tiny = ['--network', '1', '--epochs', '1', '--images', '100', '--quiet', '--data', data];

  test('table-2 prints and writes; figure-5 takes the same runs', async () => {
    const out = at('command');
    const first = await eqpropHere('reproduce', 'table-2', ...tiny, '--out', out);
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' });
    expect(first.stdout).toContain('Quick form');
    expect(first.stdout).toMatch(/training, best \(epoch\) +\d+\.\d\d \(1\)/);
    expect(first.stdout).toMatch(/test, zero start +\d+\.\d\d/);
    expect(readFileSync(join(out, 'table-2.md'), 'utf8')).toMatch(/\| test, zero start \| \d+\.\d\d \|/);

    const second = await eqpropHere(
      'reproduce',
      ...['equilibrium-propagation', 'figure-5', '--resume', out, '--json'],
    );
    expect(second.code).toBe(0);
    const { networks } = JSON.parse(second.stdout);
    expect(networks).toMatchObject([{ finished: true, epochs: [{ epoch: 1 }] }]);
    expect(JSON.parse(readFileSync(join(out, 'table-2.json'), 'utf8')).networks).toEqual(networks);
    expect(readFileSync(join(out, 'figure-5.svg'), 'utf8')).toContain('784-500-10');
  });

  test('claims are measured on the smallest network', async () => {
    const out = at('claims');
    const few = ['--network', '1', '--epochs', '2', '--images', '20', '--quiet', '--data', data];
    const { code, stdout } = await eqpropHere('reproduce', 'claims', ...few, '--out', out);
    expect(code).toBe(0);
    for (const name of ['relative-updates', 'energy-descent', 'persistent-states', 'fast-relaxation'])
      expect(readFileSync(join(out, `${name}.svg`), 'utf8')).toMatch(/^<svg/);
    const energy = 'The energy falls along the relaxation';
    expect(readFileSync(join(out, 'energy-descent.svg'), 'utf8')).toContain(`<title>${energy}</title>`);
    expect(stdout).toContain('Quick form');
    expect(stdout).toContain(`${energy}: holds here`);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain(
      'Persistent states shorten the relaxation',
    );
  });

  test('interrupted, it says how to go on as before', async () => {
    const out = at('interrupted');
    const settings = ['--epochs', '50', '--images', '100', '--data', data, '--out', out];
    const given = ['--network', '1', '--shadow', '1', '--verify', 'off', '--threads', '2'];
    const running = start(['reproduce', 'figure-5', '--relaxation', 'fast', ...settings, ...given]);
    await running.shows('epoch 1: ');
    running.interrupt();
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain(`go on with: eqprop reproduce figure-5 --resume ${out} ${given.join(' ')}\n`);
  });

  test('what the data set does not have is told before the folder is taken', async () => {
    const out = at('too-many');
    const { code, stderr } = await eqpropHere(
      'reproduce',
      'table-2',
      ...['--images', '70000', '--data', data, '--out', out],
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/training images 0\.\.70000/);
    expect(existsSync(out)).toBe(false);
  });

  test.each([
    [
      ['table-3'],
      2,
      /Allowed choices are equilibrium-propagation, vector-field, .*, table-2, figure-5, claims/,
    ],
    [['table-2', '--network', '4'], 1, /Table 2 has no network 4/],
    [['table-2', '--epochs', '0'], 2, /a whole number from 1 on/],
    [['table-2', '--full', '--quick'], 2, /cannot be used with/],
    [['claims', '--full'], 1, /no full form/],
    [['claims', '--shadow', '1'], 1, /no shadow/],
    [['table-2', '--network', '1', '--shadow', '3'], 1, /--shadow 3: network 3 is not trained here/],
    [['figure-5', '--resume', 'x', '--seed', '2'], 1, /--seed cannot be changed/],
  ] as const)('refuses %j', async (args, code, message) => {
    const ended = await eqpropHere('reproduce', ...args);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(message);
  });
});
