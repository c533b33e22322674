/** Folders that were deployed for a board: taken as they were written, or refused by name, place and remedy. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readBoard } from '#host/firmware/board';
import { isDeployedImage, listImage, readDeployedImage } from '#host/firmware/deployed-image';
import { eqpropHere } from '../cli/in-process.js';
import { temporaryFolder } from '../runs/small-data.js';

const pico = readBoard('pico');
let temporary: ReturnType<typeof temporaryFolder>;
let folder: string;
beforeEach(() => {
  temporary = temporaryFolder();
  folder = join(temporary.path, 'board');
  mkdirSync(folder);
  deploy();
});
afterEach(() => temporary.remove());

const at = (name: string) => join(folder, name);
const again = () => `deploy it there again: eqprop deploy RUN --to pico --out ${folder}`;

function deploy(kinds: readonly string[] = ['elf', 'bin', 'hex', 'uf2', 'map']): void {
  const files = kinds.map((kind) => at(`firmware.${kind}`));
  for (const file of files) writeFileSync(file, `what is in ${file}`);
  listImage(folder, pico, { name: 'gestures', learns: true, readsLines: true }, files);
}

const list = (values: unknown) => writeFileSync(at('image.json'), JSON.stringify(values));

test('a folder, or a file in it, is the image that was deployed there', () => {
  const image = {
    name: 'gestures',
    learns: true,
    readsLines: true,
    elf: at('firmware.elf'),
    bin: at('firmware.bin'),
    hex: at('firmware.hex'),
    uf2: at('firmware.uf2'),
  };
  for (const path of [folder, at('image.json'), at('firmware.uf2')]) {
    expect(isDeployedImage(path)).toBe(true);
    const { board, ...read } = readDeployedImage(path);
    expect([board.id, read]).toEqual(['pico', image]);
  }
  // A file that no board takes may go.
  rmSync(at('firmware.map'));
  expect(readDeployedImage(folder)).toMatchObject(image);
  expect(isDeployedImage(temporary.path)).toBe(false);
});

test('a board of its own is named by its folder', () => {
  const own = join(temporary.path, 'own');
  listImage(folder, { ...pico, id: 'own', folder: own }, { name: 'x', learns: false, readsLines: true }, []);
  expect(() => readDeployedImage(folder)).toThrow(
    `${at('image.json')} is for a board that is not there: there is no board.toml in ${own}`,
  );
});

test.each<[string, () => void, () => [message: string, hint: string]]>([
  [
    'a file that is gone',
    () => rmSync(at('firmware.elf')),
    () => [`${at('firmware.elf')} is missing, of the image of gestures for pico`, again()],
  ],
  [
    'another board’s image in its place',
    () => writeFileSync(at('firmware.uf2'), 'of another board'),
    () => [`${at('firmware.uf2')} is not the file that was deployed there for pico`, again()],
  ],
  [
    'an image without a part',
    () => deploy(['elf', 'hex']),
    () => [`${at('image.json')} lists no whole image`, again()],
  ],
  [
    'a list that lacks something',
    () => list({ board: 'pico' }),
    () => [`${at('image.json')} is not what deploy writes: name is missing`, 'deploy the network again'],
  ],
  [
    'a list of files elsewhere',
    () => list({ board: 'pico', name: 'x', learns: true, readsLines: true, files: { '../elf': '0' } }),
    () => [
      `${at('image.json')} is not what deploy writes: files.../elf: a name of a file is needed`,
      'deploy the network again',
    ],
  ],
  [
    'a board that there is not',
    () => list({ board: 'pcio', name: 'x', learns: true, readsLines: true, files: {} }),
    () => [
      `${at('image.json')} is for a board that is not there: there is no board 'pcio'`,
      'deploy the network again',
    ],
  ],
  [
    'a folder of something else',
    () => rmSync(at('image.json')),
    () => [
      `${folder} has neither an image that was deployed (image.json) nor a board (board.toml) in it`,
      `eqprop deploy RUN --to <board> --out ${folder} writes an image; eqprop boards lists the boards`,
    ],
  ],
])('%s is told by emulate and flash', async (_, harm, expected) => {
  harm();
  const [message, hint] = expected();
  for (const command of ['emulate', 'flash']) {
    const { code, stdout, stderr } = await eqpropHere(command, folder);
    expect([code, stdout, stderr]).toEqual([1, '', `error: ${message}\n       ${hint}\n`]);
  }
});

test('flags of a build are refused', async () => {
  for (const command of ['emulate', 'flash']) {
    const { code, stderr } = await eqpropHere(command, folder, '--baud', '9600');
    expect([code, stderr]).toEqual([
      1,
      `error: --baud is for firmware that is built; ${folder} is an image that was\n       leave it out, or name a board\n`,
    ]);
  }
  const { stderr } = await eqpropHere('emulate', folder, '--json');
  expect(stderr).toMatch(/error: --json tells where .*\n +give --port, too/);
});

test('of a board without an emulator', async () => {
  listImage(
    folder,
    readBoard('pico2'),
    { name: 'x', learns: false, readsLines: true },
    ['elf', 'bin', 'hex'].map((kind) => at(`firmware.${kind}`)),
  );
  const { stderr } = await eqpropHere('emulate', folder);
  expect(stderr).toContain('error: there is no emulator for pico2');
});
