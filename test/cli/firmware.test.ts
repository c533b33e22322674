import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { boardIds } from '#host/firmware/index';
import { temporaryFolder } from '../runs/small-data.js';
import { jsonLines, start } from './command.js';
import { eqpropHere } from './in-process.js';

/** The first fetch of the compiler included. */
const PATIENCE = 400_000;
const folder = temporaryFolder();
afterAll(() => folder.remove());

describe('plan', () => {
  test('a network that fits: every byte of the RAM, and how far it could grow', async () => {
    const { code, stdout, stderr } = await eqpropHere('plan', 'pico', '--network', '784-128-10');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const bytes = [...stdout.matchAll(/^\S.*? {2,}([\d,]+) +[\d.]+ %$/gm)].map(([, count]) =>
      Number(count.replaceAll(',', '')),
    );
    const ram = bytes.pop();
    expect(ram).toBe(264 * 1024);
    expect(bytes.reduce((sum, count) => sum + count, 0)).toBe(ram);
    expect(stdout).toMatch(/It fits\. The widest hidden layers: 784-\d+-10; the largest minibatch: \d+\./);
  });

  test('one that does not: what would', async () => {
    const { code, stdout } = await eqpropHere(
      'plan',
      'pico',
      '--network',
      '784-128-10',
      '--minibatch',
      '100',
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/missing +[\d,]+/);
    const [, minibatch, network] =
      /--minibatch (\d+) .*--network (\S+) with minibatch 100\./.exec(stdout) ?? [];
    for (const [sizes, samples] of [
      ['784-128-10', minibatch],
      [network, '100'],
    ])
      expect((await eqpropHere('plan', 'pico', '--network', sizes, '--minibatch', samples)).code).toBe(0);
  });

  test('any number of layers, whatever rates the preset has', async () => {
    const { code, stdout } = await eqpropHere('plan', 'pico', '--network', '784-32-32-32-10', '--json');
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toMatchObject([{ board: 'pico', network: '784-32-32-32-10', fits: true }]);
  });
});

describe('build', () => {
  test(
    'writes the files it names, and what they take',
    async () => {
      const out = join(folder.path, 'firmware');
      const { code, stdout } = await eqpropHere('build', 'pico', '--out', out);
      expect(code).toBe(0);
      const files = stdout.split('\n').filter((line) => line.startsWith(out));
      expect(files.map((file) => file.slice(out.length + 1)).sort()).toEqual(readdirSync(out).sort());
      expect(readdirSync(out).sort()).toEqual(
        ['bin', 'elf', 'hex', 'map', 'uf2'].map((kind) => `firmware.${kind}`).concat('size.json'),
      );
      const { flash, memory } = JSON.parse(readFileSync(join(out, 'size.json'), 'utf8'));
      expect(stdout).toMatch(new RegExp(`flash.* ${flash.toLocaleString('en-GB')} `));
      expect(stdout).toMatch(new RegExp(`network +${memory.toLocaleString('en-GB')} `));
      // Now the plan knows it too.
      expect((await eqpropHere('plan', 'pico')).stdout).toContain(
        `flash: ${flash.toLocaleString('en-GB')} of`,
      );
    },
    PATIENCE,
  );

  test(
    'as JSON',
    async () => {
      const out = join(folder.path, 'json');
      const { code, stdout, stderr } = await eqpropHere(
        'build',
        'pico',
        '--out',
        out,
        '--json',
        '--baud',
        '230400',
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const [{ files, ...size }] = jsonLines(stdout);
      expect(size).toMatchObject({ board: 'pico', ram: 264 * 1024, stack: expect.any(Number) });
      for (const file of files as string[]) expect(existsSync(file), file).toBe(true);
    },
    PATIENCE,
  );

  test(
    'for weights of 8 bits, in files that say so; the plan derives it from the recipe',
    async () => {
      const out = join(folder.path, 'eight');
      const { code, stdout } = await eqpropHere('build', 'pico', '--storage', '8', '--out', out);
      expect(code).toBe(0);
      expect(readdirSync(out).sort()).toEqual(
        ['bin', 'elf', 'hex', 'map', 'uf2'].map((kind) => `firmware-8.${kind}`).concat('size-8.json'),
      );
      const { flash } = JSON.parse(readFileSync(join(out, 'size-8.json'), 'utf8'));
      expect(stdout).toContain(flash.toLocaleString('en-GB'));
      const plan = await eqpropHere('plan', 'pico', '--weights', 'Q0.7', '--json');
      expect(jsonLines(plan.stdout)).toMatchObject([{ storage: 8, flash: { used: flash } }]);
    },
    PATIENCE,
  );

  test.each([
    [['--network', '784-128-10'], ['dense']],
    [
      ['--preset', 'small', '--network', '28x28-conv5x4m-10'],
      ['convolution', 'dense'],
    ],
  ])(
    'with the kinds that %j needs; the plan knows what they take',
    async (flags, kinds) => {
      const out = join(folder.path, kinds.join());
      const { code, stdout } = await eqpropHere('build', 'pico', ...flags, '--out', out);
      expect(code).toBe(0);
      expect(stdout).toContain(`the kernel has ${kinds.join(', ')}; without `);
      const { flash, parts: told } = JSON.parse(readFileSync(join(out, 'size.json'), 'utf8'));
      expect(told).toEqual(kinds);
      const plan = await eqpropHere('plan', 'pico', ...flags, '--json');
      expect(jsonLines(plan.stdout)).toMatchObject([{ flash: { usedByNeeded: flash } }]);
    },
    PATIENCE,
  );

  test(
    'for a preset: the storage of its weights',
    async () => {
      const preset = join(folder.path, 'eight.toml');
      const small = readFileSync(join('presets', 'small.toml'), 'utf8');
      writeFileSync(preset, small.replace(/^weights = .*$/m, 'weights = "Q0.7"'));
      const out = join(folder.path, 'of-preset');
      const { code } = await eqpropHere('build', 'pico', '--preset', preset, '--out', out);
      expect(code).toBe(0);
      expect(readdirSync(out)).toContain('firmware-8.elf');
    },
    PATIENCE,
  );

  test('for no network: what one looks like', async () => {
    const { code, stderr } = await eqpropHere('build', 'pico', '--network', '784-none');
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: network: 784-none is none\n +.*layers, the input first/);
  });

  test('into a place that is no folder', async () => {
    const { code, stderr } = await eqpropHere('build', 'pico', '--out', '/dev/null/firmware');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: could not write \/dev\/null\/firmware.*\n +see to it .*, or choose another folder/,
    );
  });
});

describe('emulate', () => {
  test(
    'says where, trains there, and ends with Ctrl-C',
    async () => {
      const emulator = start(['emulate', 'pico', '--json']);
      await emulator.shows('address');
      const running = start(['emulate', 'pico']);
      await running.shows('tcp://');
      emulator.interrupt();
      const { code, stdout, stderr } = await emulator.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(jsonLines(stdout)).toEqual([
        { board: 'pico', address: expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+$/) },
      ]);
      running.interrupt();
      const told = await running.ended;
      const address = told.stdout.trim();
      expect(told.stderr).toContain(`eqprop train --device ${address}`);
      const after = await eqpropHere('verify', '--device', address, '--minibatches', '1');
      expect(after.stderr).toContain('refused the connection');
    },
    PATIENCE,
  );
});

describe('a board there is none of', () => {
  test.each(['plan', 'build', 'emulate', 'flash'])('%s', async (command) => {
    const { code, stdout, stderr } = await eqpropHere(command, 'pcio');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain("error: there is no board 'pcio'\n       did you mean 'pico'?");
  });

  test.each([
    ['pcio', 'pico'],
    ['netduino', 'netduinoplus2'],
    ['mps2', 'mps2-an386'],
  ])('--device %s', async (device, meant) => {
    const { code, stderr } = await eqpropHere('verify', '--device', device);
    expect(code).toBe(1);
    expect(stderr).toContain(`error: there is no device '${device}'\n       did you mean '${meant}'?`);
  });

  test('--device of a board that has no emulator', async () => {
    const { code, stderr } = await eqpropHere('verify', '--device', 'esp32-c3');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /there is no emulator for esp32-c3\n +connect one and give its port \(eqprop ports/,
    );
  });
});

test(
  'a network that does not fit an emulated board',
  async () => {
    const { code, stderr } = await eqpropHere('verify', '--device', 'pico', '--minibatches', '1');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /configure: the network needs \d+ bytes, the arena has \d+\n +choose a smaller network/,
    );
  },
  PATIENCE,
);

test.each(['plan', 'build', 'emulate', 'flash'])('the help of %s', async (command) => {
  const { code, stdout, stderr } = await eqpropHere(command, '--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`Usage: eqprop ${command} `);
});

test('the help of --device tells of boards', async () => {
  const { stdout } = await eqpropHere('train', '--help');
  expect(stdout).toContain('eqprop boards');
  expect(boardIds().some((id) => stdout.includes(id))).toBe(true);
});

describe('build for Linux', () => {
  test(
    'writes a program that runs, and says what it is',
    async () => {
      const out = join(folder.path, 'linux');
      const { code, stdout } = await eqpropHere('build', 'linux-x64', '--out', out);
      expect(code).toBe(0);
      const program = join(out, 'eqprop-device');
      const { size, mode } = statSync(program);
      expect(mode & 0o111).toBe(0o111);
      expect(stdout).toContain(
        `${size.toLocaleString('en-GB')} bytes, static, for Linux on x86-64, with SIMD: it asks for SSE4.2`,
      );
      expect(stdout).toContain(program);
      const json = await eqpropHere('build', 'linux-x64', '--storage', '32', '--out', out, '--json');
      expect(jsonLines(json.stdout)).toMatchObject([
        { target: 'linux-x64', simd: false, asks: null, files: [join(out, 'eqprop-device-32')] },
      ]);
    },
    PATIENCE,
  );

  test('a speed is no matter of the build', async () => {
    const { code, stderr } = await eqpropHere('build', 'linux-x64', '--baud', '9600');
    expect(code).toBe(1);
    expect(stderr).toContain('the speed of linux-x64 is not built in');
  });
});
