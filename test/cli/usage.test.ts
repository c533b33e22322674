import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadRun } from '#host/records/index';
import { smallRecipe, smallValues, temporaryFolder, writeSmallData } from '../runs/small-data.js';
import { eqprop } from './command.js';
import { eqpropHere } from './in-process.js';
import { openWorkspace, type Workspace } from './workspace.js';

const digestOf = (folder: string) => loadRun(folder).state.position.digest;

let w: Workspace;
beforeAll(async () => {
  w = await openWorkspace();
});
afterAll(() => w.remove());

describe('help', () => {
  test.each([
    [[]],
    [['train']],
    [['verify']],
    [['evaluate']],
    [['export']],
    [['capture']],
    [['ports']],
  ])('%j', async (command) => {
    const { code, stdout, stderr } = await eqpropHere(...command, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: eqprop${command.map((word) => ` ${word}`).join('')} `);
  });

  test('tells the exit status, and every key of a recipe', async () => {
    expect((await eqpropHere('--help')).stdout).toMatch(
      /0 done, 1 an error, 2 a command line that cannot be read, 3 .*, 70 a defect .*130 interrupted/,
    );
    const { stdout } = await eqpropHere('train', '--help');
    // A description and tables are for files alone.
    const keys = Object.keys(smallRecipe()).filter((key) => !['description', 'connections'].includes(key));
    for (const key of keys) expect(stdout).toContain(`--${key} <`);
  });

  test('the version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await eqprop('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('wrong usage ends with 2 and says what was meant', () => {
  test('a process of its own', async () => {
    expect(await eqprop('trian')).toEqual(await eqpropHere('trian'));
  });

  test.each<[string, readonly string[], RegExp]>([
    ['no command', [], /Usage: eqprop/],
    ['an unknown command', ['trian'], /unknown command 'trian'\n\(Did you mean train\?\)/],
    ['an unknown flag', ['train', '--sed', '3'], /unknown option '--sed'\n\(Did you mean --seed\?\)/],
    ['a missing value', ['train', '--seed'], /argument missing/],
    ['a missing argument', ['evaluate'], /missing required argument 'run'/],
    [
      'one too many',
      ['ports', 'please'],
      /too many arguments for 'ports': it takes no arguments, not 'please'/,
    ],
    [
      'a value that cannot be',
      ['train', '--compare-every', '-1'],
      /'-1' is invalid\. a whole number from 0 on is needed/,
    ],
    ['a storage there is none of', ['build', 'pico', '--storage', '12'], /it is 8, 16, 32/],
    ['nothing for a number', ['train', '--compare-every', ''], /a whole number from 0 on/],
    ['more seeds than are listed', ['compare', '--seeds', '1e9'], /a whole number from 1 to 10000/],
    ['a margin without end', ['compare', '--margin', 'Infinity'], /a number of points from 0 on/],
    ['no port', ['emulate', 'pico', '--port', '70000'], /a whole number from 1 to 65535/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await eqpropHere(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test.each([
    ...['--out', '--data', '--resume', '--preset', '--device'].map((flag) => ['train', flag, '']),
    ...['--out', '--data', '--resume'].map((flag) => ['reproduce', 'claims', flag, '']),
    ...['--out', '--data', '--resume'].map((flag) => ['compare', flag, ' ']),
    ['compare', ''],
    ['evaluate', ''],
    ['evaluate', 'run', '--data', ''],
    ['export', 'run', '--out', ''],
    ['build', 'pico', '--out', ''],
    ['flash', 'pico', '--port', ''],
  ])('a name that is empty: %s %j %j %j', async (...args) => {
    const { code, stdout, stderr } = await eqpropHere(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const where = args.at(-2)?.startsWith('--') ? `option '${args.at(-2)} <` : "for argument '";
    expect(stderr).toContain(where);
    expect(stderr).toMatch(/it is empty: name something.*, or leave it out\n/);
  });
});

describe('a duration is named with its flag, its value and its range, whatever the command', () => {
  const range = 'seconds above 0, up to 2147483 (24 days), are needed';
  const patient = ['train', 'verify', 'evaluate', 'compare', 'reproduce'];
  test.each([
    ...patient.map((command) => [command, '--patience', '9999999']),
    ...['train', 'reproduce'].map((command) => [command, '--checkpoint-interval', '9999999']),
    ...['0', '-3', '', 'Infinity', 'long', '2147484'].map((value) => ['train', '--patience', value]),
    ['train', '--checkpoint-interval', 'Infinity'],
  ])('%s %s %s', async (command, flag, value) => {
    const { code, stderr } = await eqpropHere(command, flag, value);
    expect(code).toBe(2);
    expect(stderr).toContain(`option '${flag} <seconds>' argument '${value}' is invalid. ${range}`);
  });
});

describe('what was copied from a web page is told in ASCII', () => {
  test.each<[number, readonly string[], string]>([
    [2, ['train', '–epochs', '2'], 'type --epochs'],
    [2, ['train', '—epochs=2'], 'type --epochs'],
    [2, ['ports', '−h'], 'type -h'],
    [2, ['train', '--epochs\u00a02'], 'type --epochs 2'],
    [1, ['train', '--network', '784–5–10'], 'type 784-5-10'],
    [1, ['train', '--preset', '“tiny”'], 'type tiny'],
  ])('%d %j', async (status, args, hint) => {
    const { code, stderr } = await eqpropHere(...args);
    expect(code).toBe(status);
    expect(stderr).toContain(hint);
  });

  test('but names may have any characters', async () => {
    const { code, stderr } = await eqpropHere('train', '--out', 'runs/a–b', '--data', '/nowhere–to');
    expect(code).toBe(1);
    expect(stderr).toContain('/nowhere–to');
    expect(stderr).not.toContain('type ');
  });
});

describe('errors end with 1: what, where, and what to do', () => {
  test('a process of its own', async () => {
    const wrong = ['train', '--preset', 'dmeo'];
    const ended = await eqprop(...wrong);
    expect(ended.code).toBe(1);
    expect(ended).toEqual(await eqpropHere(...wrong));
  });

  const train = (...args: readonly string[]) => eqpropHere('train', ...w.small, '--out', w.fresh(), ...args);

  test.each<[string, readonly string[], RegExp]>([
    ['a preset', ['--preset', 'dmeo'], /error: there is no preset 'dmeo'\n +did you mean 'demo'\?/],
    [
      'a format',
      ['--weights', 'Q3.13'],
      /small\.toml with --weights: weight format 'Q3\.13' is impossible\n +write Qm\.n/,
    ],
    ['a state format', ['--states', 'Q0.15'], /Q1\.14 is the finest, Q9\.6 the coarsest/],
    ['a network', ['--network', '36'], /network: there is no layer after the input: write 784-500-10/],
    [
      'a kernel larger than its layer',
      ['--network', '28x28-conv29x8-10'],
      /small\.toml with --network: conv29x8: a convolution of side 29 in a layer of 28 × 28\n +sides go from 1 to 28\n/,
    ],
    [
      'pools that leave a rest',
      ['--network', '28x28-conv6x8m-10'],
      /has 23 × 23 places .* do not\s+divide\n +pools that divide them: 1; or a side of 5 or 7\n/s,
    ],
    ['two pools of a layer', ['--network', '28x28-conv5x8mm-10'], /'conv5x8mm' is no layer: write/],
    [
      'no kernel',
      ['--network', '6x6-conv0x8-4'],
      /conv0x8: a convolution of side 0 .*\n +sides go from 1 to 6\n/,
    ],
    [
      'no channels',
      ['--network', '6x6-conv3x0-4'],
      /layer 1 of network 6x6-conv3x0-4 has 0 units\n +a layer has/,
    ],
    ['no stride', ['--network', '6x6-conv3x8s0-4'], /conv3x8s0: .*stride 0 .*\n +strides go from 1 to 63\n/],
    [
      'states that hold no sum',
      ['--network', '6x6-conv3x8a-4', '--states', 'Q2.13'],
      /connection 1 sums 4 rates of states in Q2\.13, .*\n +choose states in Q3\.12 or coarser\n/,
    ],
    [
      'images of another shape than the network',
      ['--network', '4x9-conv3x8-4'],
      /network 4x9-conv3x8-4 begins with another picture than .* has, 6 × 6\n +begin the network with 6x6, or with 36/,
    ],
    ['a shift too far', ['--shift', '4'], /shift: .*\n +rows and columns .*: 0 to 3\n/],
    [
      'a shift of a vector',
      ['--shift', '1', '--network', '1x36-24-4'],
      /a shift of 1 in an input of 1 × 36\n +.*28x28/,
    ],
    ['another network', ['--network', '36-24-24-4'], /2 rates for 3 connections of 36-24-24-4/],
    [
      'memory of a board',
      ['--device', 'pico', '--arena', '9000'],
      /arena cannot be chosen for pico\n +leave --arena out/,
    ],
    ['a choice', ['--nudging', 'centred'], /nudging: .*"centered"/],
    ['a number', ['--beta', 'big'], /beta: /],
    ['a list', ['--rates', '0.1,much'], /rates: /],
    ['a data set', ['--data', '/nowhere'], /error: there is no directory \/nowhere/],
    [
      'memory',
      ['--arena', '3000'],
      /configure: the network needs \d+ bytes, the arena has 3000\n +choose a smaller network/,
    ],
    ['a device', ['--device', 'simulate'], /did you mean 'simulated'\?/],
    [
      'an address',
      ['--device', 'tcp://127.0.0.1:1'],
      /tcp:\/\/127\.0\.0\.1:1 refused the connection\n +does the emulator/,
    ],
    ['a port', ['--device', '/dev/does-not-exist'], /there is no port \/dev\/does-not-exist\n +/],
    ['no serial port', ['--device', '/dev/null'], /error: \/dev\/null /],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await train(...args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).not.toMatch(/defect|\n +at /);
  });

  test('an arena too small for MNIST', async () => {
    const { code, stderr } = await eqpropHere('train', '--out', w.fresh(), '--arena', '10000');
    expect(code).toBe(1);
    expect(stderr).toMatch(/the network needs \d{6,} bytes, the arena has 10000/);
  });

  test('an unknown key of a preset', async () => {
    const file = join(w.data, 'odd.toml');
    writeFileSync(file, stringify({ ...smallValues, minibach: 3 }));
    const { code, stderr } = await train('--preset', file);
    expect(code).toBe(1);
    expect(stderr).toContain(`error: ${file}: unknown key 'minibach'\n       did you mean 'minibatch'?`);
  });

  test.each<[string, (folder: string) => void, RegExp]>([
    ['truncated', (folder) => truncateSync(join(folder, 'train-images-idx3-ubyte'), 700), /is truncated/],
    [
      'exchanged',
      (folder) => cpSync(join(folder, 'train-labels-idx1-ubyte'), join(folder, 'train-images-idx3-ubyte')),
      /holds labels .* where images/,
    ],
    [
      'of different counts',
      (folder) => cpSync(join(folder, 't10k-labels-idx1-ubyte'), join(folder, 'train-labels-idx1-ubyte')),
      /has 300 images, .* 100 labels/,
    ],
  ])('files that are %s', async (_, spoil, message) => {
    const folder = temporaryFolder();
    writeSmallData(folder.path);
    spoil(folder.path);
    const { code, stderr } = await train('--data', folder.path);
    folder.remove();
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  test('a folder that holds a run', async () => {
    const { code, stderr } = await train('--out', w.finished);
    expect(code).toBe(1);
    expect(stderr).toContain(`${w.finished} holds a run already`);
    expect(digestOf(w.finished)).toBe(w.digest);
  });

  test.each([['train', '--resume'], ['evaluate'], ['export']])('%s %s of no run', async (...command) => {
    const { code, stderr } = await eqpropHere(...command.filter((word) => word !== undefined), '/nowhere');
    expect(code).toBe(1);
    expect(stderr).toContain('there is no folder /nowhere');
  });

  test.each([
    ['--seed', '3'],
    ['--preset', 'demo'],
    ['--shadow'],
    ['--out', 'elsewhere'],
    ['--compare-every', '250'],
  ])('%s beside --resume', async (...flag) => {
    const { code, stderr } = await eqpropHere('train', '--resume', w.interrupted, ...flag);
    expect(code).toBe(1);
    expect(stderr).toContain(`--resume goes on as the run began: ${flag[0]} cannot be changed`);
  });
});
