import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployedFrom } from '#host/deploy/deployed';
import { folderFiles } from '#host/deploy/folder';
import { writeLibrary } from '#host/deploy/index';
import { layOut } from '#host/deploy/laid-out';
import { libraryNameOf, requireLibraryName } from '#host/deploy/library-name';
import { fillIn } from '#host/deploy/template';
import { temporaryFolder } from '../runs/small-data.js';
import { savedRun } from './deployed.js';
import { deployInto, type Folder, gestures, pixels } from './folders.js';
import {
  idfComponent,
  libraryProperties,
  platformio,
  propertiesIn,
  yamlIn,
  zephyrModule,
} from './specifications.js';

const temporary = temporaryFolder();
const folders: Folder[] = [];
beforeAll(async () => {
  folders.push(
    await deployInto(temporary.path, gestures, {}, 'gestures_2.0'),
    await deployInto(temporary.path, pixels),
  );
});
afterAll(() => temporary.remove());

describe.each([
  ['a network that learns', 0, 'gestures_2.0'],
  ['a network that predicts', 1, 'test'],
] as const)('%s', (_, which, name) => {
  const read = (path: string) => readFileSync(join(folders[which].path, path), 'utf8');
  const has = (path: string) => existsSync(join(folders[which].path, path));

  test('Arduino: library.properties, keywords, examples', () => {
    const properties = v.parse(libraryProperties, propertiesIn(read('library.properties')));
    expect(properties.name).toBe(name);
    expect(properties.architectures).toBe('*');
    for (const header of properties.includes.split(',')) expect(has(`src/${header}`)).toBe(true);
    const sources = ['eqprop.h', 'eqprop.hpp', 'eqprop_line.h', 'eqprop_config.h'].map((file) =>
      read(`src/${file}`),
    );
    const keywords = read('keywords.txt')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of keywords) {
      const [, word] = /^(\w+)\t(KEYWORD1|KEYWORD2|LITERAL1)$/.exec(line) ?? [line];
      expect([word, sources.some((source) => new RegExp(`\\b${word}\\b`).test(source))]).toEqual([
        word,
        true,
      ]);
    }
    expect(keywords.some((line) => line.startsWith('learn\t'))).toBe(which === 0);
    expect([has('examples/Predict/Predict.ino'), has('examples/Learn/Learn.ino')]).toEqual([
      true,
      which === 0,
    ]);
  });

  test('PlatformIO: library.json', () => {
    const manifest = v.parse(platformio, JSON.parse(read('library.json')));
    expect(manifest.name).toBe(name);
    for (const header of manifest.headers) expect(has(`${manifest.build.includeDir}/${header}`)).toBe(true);
    expect(manifest.version).toBe(propertiesIn(read('library.properties')).version);
  });

  test('ESP-IDF: idf_component.yml', () => {
    const component = v.parse(idfComponent, yamlIn(read('idf_component.yml')));
    expect(component.version).toBe(JSON.parse(read('library.json')).version);
  });

  test('Zephyr: module.yml, and what it names', () => {
    const { name: told, build } = v.parse(zephyrModule, yamlIn(read('zephyr/module.yml')));
    expect(told).toBe(name);
    expect(has(join(build.cmake, 'CMakeLists.txt'))).toBe(true);
    expect(read(build.kconfig)).toMatch(/^config EQPROP\n\tbool "[^"$]+"\n\thelp\n\t {2}[^\n]+\n$/);
  });

  test('README.md names network, data, sizes and files that are there', () => {
    const page = read('README.md');
    const define = (word: string) =>
      read('src/eqprop_config.h').match(new RegExp(`EQPROP_${word} (\\w+)`))?.[1];
    const { deployed } = folders[which];
    expect(page).toContain(`# ${name}\n\n${deployed.recipe.network}, trained on `);
    expect(page).toContain(
      `| constants, in flash | ${Number(define('PARAMETER_BYTES')).toLocaleString('en-US')} |`,
    );
    expect(page).toContain(`digest ${define('DIGEST')?.slice(2, 18)} after 20 minibatches`);
    for (const [, path] of page.matchAll(/`((?:src|examples)\/[^`]+)`/g))
      expect([path, has(path)]).toEqual([path, true]);
    expect(page.includes('eqprop.learn(')).toBe(which === 0);
    const own = basename(folders[which].path);
    for (const line of ['add_subdirectory', 'file:///path/to/', 'REQUIRES ', 'EXTRA_MODULES=/path/to/'])
      expect(page).toMatch(new RegExp(`${line}\\(?${own}\\b`));
  });

  test('nothing is left of the templates', () => {
    const left = folders[which].files.filter((file) => /\{\{[a-z]|[a-z]\}\}/.test(read(file)));
    expect(left).toEqual([]);
  });
});

test('the data’s name comes without its folder, and without signs that mean something', () => {
  expect(readFileSync(join(folders[0].path, 'README.md'), 'utf8')).toContain(
    'trained on gestures of _Ann_.csv:',
  );
});

test('a validation’s error is told', () => {
  const saved = savedRun(pixels);
  const validation = { set: 'validation' as const, start: 'zero' as const, samples: 40, error: 2.5 };
  const state = { ...saved.state, position: { ...saved.state.position, validation } };
  const deployed = deployedFrom({ ...saved, state });
  const { files } = folderFiles(deployed, layOut(deployed, false), 'gestures');
  expect(files.get('README.md')).toContain('; 2.50 % of validation examples were wrong.');
});

test('what another network left is replaced, and its example of learning goes', async () => {
  const folder = join(temporary.path, 'again');
  cpSync(folders[0].path, folder, { recursive: true });
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  const { files } = await writeLibrary(folders[1].deployed, folder);
  const there = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  expect(there.sort()).toEqual([...files, 'notes.txt'].sort());
});

test.each([
  ['runs/gestures', 'gestures'],
  ['runs/fitted-2026-01-02T03-04', 'fitted-2026-01-02T03-04'],
  ['runs/Handgesten für *) alle', 'Handgesten-f-r-alle'],
  ['runs/2026', 'eqprop-2026'],
  ['runs/Arduino', 'eqprop-Arduino'],
  ['runs/…', 'eqprop'],
  [`runs/${'long-'.repeat(20)}`, 'long-'.repeat(20).slice(0, 63)],
])('the library of %s is %s', (run, name) => {
  expect(libraryNameOf(run)).toBe(name);
  expect(requireLibraryName(name)).toBe(name);
  expect(v.is(libraryProperties.entries.name, name)).toBe(true);
});

test.each([
  '',
  '-a',
  'two words',
  'a/b',
  '2026',
  'arduino-net',
  'ä',
  'a'.repeat(64),
  'a"b',
])('no library is called %s', (name) => {
  expect(() => deployedFrom(savedRun(pixels), undefined, name)).toThrow("can be no library's name");
});

test('a template that asks for what there is not is a defect', () => {
  expect(fillIn('a {{b}}\n{{if c}}\nd\n{{end}}\ne', { b: 'B' }, { c: false })).toBe('a B\ne');
  expect(fillIn('{{if c}}\nd\n{{end}}\n', {}, { c: true })).toBe('d\n');
  expect(() => fillIn('{{b}}', {}, {})).toThrow("asks for 'b'");
});
