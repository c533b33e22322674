import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadRun } from '#host/records/index';
import { jsonLines } from './command.js';
import { eqpropHere } from './in-process.js';
import { openWorkspace, type Workspace } from './workspace.js';

let w: Workspace;
beforeAll(async () => {
  w = await openWorkspace();
});
afterAll(() => w.remove());

describe('verify', () => {
  test('a table', async () => {
    const { code, stdout } = await eqpropHere('verify', ...w.small, '--minibatches', '8');
    expect(code).toBe(0);
    expect(stdout).toMatch(/replies and digests +dense twin +10 of 10/);
    expect(stdout).toMatch(/free states +float64 reference/);
    expect(stdout).toMatch(/predictions: \d+ of 128 agree/);
  });

  test('JSON', async () => {
    const { code, stdout, stderr } = await eqpropHere('verify', ...w.small, '--minibatches', '3', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonLines(stdout)).toMatchObject([{ deviceName: 'simulated', samples: 48, replies: 5 }]);
  });

  test('from the weights that a run has learnt, which the digest shows', async () => {
    const folder = w.fresh();
    await eqpropHere('train', '--from', w.finished, '--epochs', '1', '--out', folder, '--quiet');
    const { code, stdout } = await eqpropHere(
      'verify',
      '--from',
      w.finished,
      '--minibatches',
      '19',
      '--epochs',
      '1',
    );
    expect(code).toBe(0);
    expect(stdout).toContain(`digest ${loadRun(folder).state.position.digest}`);
  });
});

describe('evaluate', () => {
  test('a sentence', async () => {
    const { code, stdout } = await eqpropHere('evaluate', w.finished);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^test: \d+ of 100 wrong, \d+\.\d\d %, from a zero start; 9 replies equal\n$/);
  });

  test('JSON, of the training images', async () => {
    const { code, stdout, stderr } = await eqpropHere('evaluate', w.finished, '--set', 'training', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonLines(stdout)).toMatchObject([{ set: 'training', samples: 300, checked: 21 }]);
  });

  test('a set there is none of', async () => {
    const { code, stderr } = await eqpropHere('evaluate', w.finished, '--set', 'validation');
    expect(code).toBe(1);
    expect(stderr).toContain("there is no set 'validation'");
  });
});

test('export writes what it names', async () => {
  const out = w.fresh();
  const { code, stdout } = await eqpropHere('export', w.finished, '--out', out);
  expect(code).toBe(0);
  const files = stdout.trimEnd().split('\n');
  for (const file of files) expect(existsSync(file), file).toBe(true);
  expect(readFileSync(files.find((file) => file.endsWith('.json')) ?? '', 'utf8')).toContain(w.digest);
});

test('export tells who asks for the C header where C is made now', async () => {
  const { code, stderr } = await eqpropHere('export', w.finished, '--out', w.fresh(), '--name', 'digits');
  expect(code).toBe(1);
  expect(stderr).toContain(`eqprop deploy ${w.finished}`);
});

describe('deploy', () => {
  test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
    'makes a program for Linux',
    async () => {
      const out = w.fresh();
      const { code, stdout } = await eqpropHere('deploy', w.finished, '--to', 'linux-x64', '--out', out);
      expect(code).toBe(0);
      expect(stdout).toContain(`${join(out, 'eqprop-device')}\n`);
      expect(statSync(join(out, 'eqprop-device')).mode & 0o111).toBe(0o111);
    },
  );

  test('writes what it names, and tells what it takes', async () => {
    const out = w.fresh();
    const { code, stdout } = await eqpropHere(
      'deploy',
      w.finished,
      '--out',
      out,
      '--learn',
      '--minibatch',
      '2',
    );
    expect(code).toBe(0);
    const files = stdout.split('\n').filter((line) => line.startsWith(out));
    for (const file of files) expect(existsSync(file), file).toBe(true);
    expect(readFileSync(join(out, 'src', 'eqprop_config.h'), 'utf8')).toContain(`0x${w.digest}ull`);
    expect(stdout).toMatch(/[\d,]+ bytes of RAM, [\d,]+ of constants/);
  });

  test('writes firmware for a board', async () => {
    const out = w.fresh();
    const { code, stdout } = await eqpropHere('deploy', w.finished, '--out', out, '--to', 'pico');
    expect(code).toBe(0);
    expect(stdout).toContain(join(out, 'firmware.uf2'));
    expect(existsSync(join(out, 'firmware.uf2'))).toBe(true);
    expect(stdout).toMatch(/[\d,]+ of 2,097,152 bytes of flash, [\d,]+ of 270,336 of RAM/);
  });

  test.each([
    [['--minibatch', '4'], '--minibatch is of a network that learns'],
    [['--learn', '--rates', '0.1'], '1 rate for 2 connections'],
    [['--learn', '--rates', '0.1,x'], 'rates'],
    [['--to', 'picco'], "there is no target 'picco'"],
    [['--learn', '--save-every', '2'], '--save-every is of firmware'],
    [['--to', 'pico', '--save-every', '2'], 'nothing is saved of a network that only predicts'],
    [['--to', 'riscv-virt', '--learn', '--save-every', '2'], 'it has no flash.h'],
    [['--to', 'microbit', '--learn', '--minibatch', '512'], 'bytes of RAM, this network needs'],
  ])('refuses %j', async (flags, told) => {
    const out = w.fresh();
    const { code, stderr } = await eqpropHere('deploy', w.finished, '--out', out, ...flags);
    expect(code).toBe(1);
    expect(stderr).toContain(told);
    expect(existsSync(join(out, 'src'))).toBe(false);
  });
});

test('ports', async () => {
  const { code, stdout } = await eqpropHere('ports', '--json');
  expect(code).toBe(0);
  expect(Array.isArray(JSON.parse(stdout))).toBe(true);
  expect((await eqpropHere('ports')).code).toBe(0);
});
