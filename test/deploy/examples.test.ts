/** Everything that a deployed folder brings along is compiled here, and run: examples, wrapper, module, glue. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployedFrom } from '#host/deploy/deployed';
import { writeLibrary } from '#host/deploy/index';
import { rawOf } from '#host/model/index';
import { temporaryFolder } from '../runs/small-data.js';
import type { Example } from './deployed.js';
import {
  C,
  CPP,
  compilersFor,
  deployInto,
  type Folder,
  gestures,
  has,
  hostOf,
  inputsOf,
  objectsOf,
  pixels,
  readings,
  run,
  stubs,
} from './folders.js';

/** The first fetch of the compiler included. */
const PATIENCE = 400_000;
const wrapper = fileURLToPath(new URL('wrapper.cpp', import.meta.url));
const temporary = temporaryFolder();
let tools: Awaited<ReturnType<typeof compilersFor>>;
let learning: Folder;
let objects: readonly string[];
let predicting: Folder;
beforeAll(async () => {
  tools = await compilersFor();
  learning = await deployInto(temporary.path, gestures, {});
  predicting = await deployInto(temporary.path, pixels);
  objects = objectsOf(learning, tools.c);
}, PATIENCE);
afterAll(() => temporary.remove());

const NAMES = gestures.extras?.classNames ?? [];
const labelOf = (n: number) => n % NAMES.length;
const examples: readonly Example[] = Array.from({ length: 8 }, (_, n) => ({
  inputs: inputsOf(readings(n)),
  label: labelOf(n),
}));
const lines = (from: number, to: number, line: (n: number) => string) =>
  Array.from({ length: to - from }, (_, k) => `${line(from + k)}\n`).join('');
const plain = (n: number) => readings(n).join(n % 2 === 0 ? ',' : ' ');
const labelled = (n: number) => `${plain(n)};${NAMES[labelOf(n)]}`;
/** Two minibatches to learn, then examples to predict. */
const stream = lines(0, 8, labelled) + lines(20, 40, plain);

/** The host's answers after both minibatches. */
function learntHost(): ReturnType<typeof hostOf> {
  const host = hostOf(learning);
  host.train(examples.slice(0, 4));
  host.train(examples.slice(4));
  return host;
}

/** Expects so many lines of a class and its score. */
function expectAnswers(answers: readonly string[], host: ReturnType<typeof hostOf>, from: number): void {
  expect(answers).toHaveLength(20);
  answers.forEach((answer, k) => {
    const [label, ...scores] = host.predict(inputsOf(readings(from + k)));
    const [, name, score] = /^(.*) ([0-9.]+)$/.exec(answer) ?? [];
    expect(name).toBe(NAMES[label]);
    expect(Math.abs(Number(score) - scores[label] / 2 ** 12)).toBeLessThan(0.00051);
  });
}

const linesOf = (text: string) => text.trimEnd().split('\n');

function compileC(source: string, ...flags: readonly string[]): string {
  const [compiler, ...words] = tools.c;
  const program = join(learning.path, 'program');
  const include = `-I${join(learning.path, 'src')}`;
  run(compiler, [...words, ...C, ...flags, include, source, ...objects, '-o', program]);
  return program;
}

describe('examples in C', () => {
  test('predict: the host answers the same', () => {
    const program = compileC(join(learning.path, 'examples', 'c', 'predict.c'));
    expectAnswers(linesOf(run(program, [], lines(20, 40, plain)).stdout), hostOf(learning), 20);
  });

  test('learn: to the host’s digest, kept in a file from one call to the next', () => {
    const program = compileC(join(learning.path, 'examples', 'c', 'learn.c'));
    const file = join(learning.path, 'kept');
    const { step } = learning.deployed;
    expect(linesOf(run(program, [file], lines(0, 4, labelled)).stdout)).toEqual([
      `learnt minibatch ${step + 1}`,
    ]);
    const answers = linesOf(run(program, [file], lines(4, 8, labelled) + lines(20, 40, plain)).stdout);
    expect(answers[0]).toBe(`learnt minibatch ${step + 2}`);
    const host = learntHost();
    expectAnswers(answers.slice(1), host, 20);
    expect(readFileSync(file).readBigUInt64LE(24)).toBe(BigInt.asUintN(64, host.digest));
  });

  test('a save that fails leaves the one before', () => {
    const program = compileC(join(learning.path, 'examples', 'c', 'learn.c'));
    const file = join(learning.path, 'kept-on');
    run(program, [file], lines(0, 4, labelled));
    const before = readFileSync(file);
    expect(existsSync(`${file}.new`)).toBe(false);
    mkdirSync(`${file}.new`);
    expect(() => run(program, [file], lines(4, 8, labelled))).toThrow('saving');
    expect(readFileSync(file)).toEqual(before);
    rmSync(`${file}.new`, { recursive: true });
    run(program, [file], lines(4, 8, labelled));
    expect(readFileSync(file)).not.toEqual(before);
  });

  test('a file that is damaged is told of', () => {
    const program = compileC(join(learning.path, 'examples', 'c', 'learn.c'));
    const file = join(learning.path, 'LICENSE');
    expect(() => run(program, [file])).toThrow('failed: eqprop_error -5');
  });

  test('a network that only predicts has no example of learning', async () => {
    expect(predicting.files.filter((file) => /learn/i.test(file))).toEqual([]);
    expect(learning.files.filter((file) => /learn/i.test(file))).toHaveLength(2);
  });

  test('nor does its folder, where one that learns was before', async () => {
    const path = mkdtempSync(join(temporary.path, 'both-'));
    await writeLibrary(deployedFrom(learning.saved, {}), path);
    expect(existsSync(join(path, 'examples', 'Learn'))).toBe(true);
    await writeLibrary(deployedFrom(learning.saved), path);
    expect(readdirSync(join(path, 'examples')).sort()).toEqual(['Predict', 'c']);
  });

  test('all files are written', () => {
    for (const { path, files } of [learning, predicting])
      expect(files.filter((file) => !existsSync(join(path, file)))).toEqual([]);
  });
});

test('lines: what is an example, and what is none', () => {
  const program = compileC(join(learning.path, 'examples', 'c', 'learn.c'));
  const whole = '1,2,3,4,5,6';
  const good = [
    ...[whole, '1 2 3 4 5 6', ' 1;2 ,3, 4\t5,6, ', '+1,-2e0,.5,4.,5,6', `${whole}\r`],
    ...[`${whole},wave`, `${whole} left hand `, `left hand,${whole}`, `${whole},7`],
    ...[`${whole},"wave"`, `"left hand",${whole}`, `"1","2" 3,4,5,"6" ;"left hand" `, `${whole},"7"`],
  ];
  const bad = [
    ...[
      '1,2,3,4,5',
      '1;\t2,3,4,5,6',
      '1,2,3,4,5,x',
      '1,,3,4,5,6',
      ',1,2,3,4,5,6',
      `${whole},8`,
      `${whole},7,8`,
    ],
    ...[`wave,${whole},wave`, 'a,b,c,d,e,f', '1,2,3,nan,5,6', '1,2,3,1e999,5,6', '1,2,3,4-,5,6'],
    ...[`1,2,3,4,5,${'6'.repeat(70)}`, `${whole},${'w'.repeat(70)}`, '1,2,\0,4,5,6', 'wave'],
    ...[`${whole},"wave`, `${whole},"wave"s`, `"1"2,2,3,4,5,6`, `${whole},"wa""ve"`, `"",2,3,4,5,6`],
    ...[`${whole},"`, `${whole},"${'w'.repeat(70)}"`, '"1,2",3,4,5,6'],
  ];
  for (const line of good) {
    const { stdout, stderr } = run(program, [], `${line}\n\n${whole}\n`);
    expect([line, stderr, linesOf(stdout).length]).toEqual([line, '', /wave|hand|7"?$/.test(line) ? 1 : 2]);
  }
  const { stdout, stderr } = run(program, [], bad.map((line) => `${line}\n`).join(''));
  expect([stdout, linesOf(stderr).length]).toEqual(['', bad.length]);
});

test('lines: a feature that is not scaled is a byte', () => {
  const [compiler, ...words] = tools.c;
  const program = join(predicting.path, 'predict');
  const sources = ['src/eqprop.c', 'src/eqprop_line.c', 'examples/c/predict.c'];
  run(compiler, [
    ...[...words, ...C, `-I${join(predicting.path, 'src')}`, '-o', program],
    ...sources.map((path) => join(predicting.path, path)),
  ]);
  const { stdout, stderr } = run(program, [], '0,1,254,255\n0,1,2,256\n0,1,2,-1\n0,1,2,3.5\n7,7,7,7\n');
  const host = hostOf(predicting);
  const classes = [Uint8Array.of(0, 1, 254, 255), Uint8Array.of(7, 7, 7, 7)].map(
    (inputs) => host.predict(inputs)[0],
  );
  expect(linesOf(stdout).map((answer) => Number(answer.split(' ')[0]))).toEqual(classes);
  expect(linesOf(stderr)).toEqual([2, 3, 4].map((n) => `line ${n} is no example: one has 4 numbers`));
});

test('decimal readings become the host’s whole numbers, clipped', () => {
  const decimal = fileURLToPath(new URL('decimal.c', import.meta.url));
  const given = [
    0,
    0.1,
    -0.1,
    1 / 3,
    -2.00049,
    7.77777,
    2.5,
    -2.5,
    254.9,
    256,
    2 ** 31 - 0.75,
    1e300,
    -1e300,
  ];
  const steps = gestures.extras?.scaling?.steps ?? [];
  const input = `${given.join('\n')}\nnan\n`;
  const scaled = linesOf(run(compileC(decimal), [], input).stdout).map(Number);
  expect(scaled).toEqual(
    [...given, Number.NEGATIVE_INFINITY].flatMap((value) =>
      steps.map(({ fraction }) => rawOf(value, fraction)),
    ),
  );
  const [compiler, ...words] = tools.c;
  const program = join(predicting.path, 'decimal');
  const sources = [decimal, join(predicting.path, 'src', 'eqprop.c')];
  run(compiler, [...words, ...C, `-I${join(predicting.path, 'src')}`, ...sources, '-o', program]);
  const bytes = linesOf(run(program, [], input).stdout).map(Number);
  expect(bytes).toEqual(
    [...given, 0].flatMap((value) => Array(4).fill(Math.min(255, Math.max(0, Math.trunc(value))))),
  );
});

describe('C++', () => {
  test('the wrapper is strict C++11 by Clang, of networks that learn and that do not', () => {
    for (const { path } of [learning, predicting])
      run(tools.zig, [
        'c++',
        ...CPP,
        '-fno-exceptions',
        '-c',
        `-I${join(path, 'src')}`,
        wrapper,
        '-o',
        join(path, 'wrapper.o'),
      ]);
  });

  test('the wrapper gives what the calls give', ({ skip }) => {
    const { cpp } = tools;
    if (!cpp) return skip('there is no g++');
    const program = join(learning.path, 'wrapper');
    const include = `-I${join(learning.path, 'src')}`;
    run(cpp[0], [...CPP, '-fno-exceptions', '-fno-rtti', include, wrapper, ...objects, '-o', program]);
    expect(linesOf(run(program, []).stdout)).toEqual([
      ...['-1', '0', '1', '-2', '1 1', '0', '1', '-3', '1 1', '0', '1', '-4', '-4', '1'],
    ]);
  });

  test.for(['Predict', 'Learn'])('the sketch %s does as the example in C does', (name, { skip }) => {
    const { cpp } = tools;
    if (!cpp) return skip('there is no g++');
    const sketch = join(learning.path, 'examples', name, `${name}.ino`);
    const core = join(stubs, 'arduino');
    const program = join(learning.path, name);
    const includes = [core, join(learning.path, 'src')].map((path) => `-I${path}`);
    run(cpp[0], [
      ...[...CPP, '-fno-exceptions', ...includes, '-include', 'Arduino.h', '-x', 'c++', sketch],
      ...[join(core, 'main.cpp'), '-x', 'none', ...objects, '-o', program],
    ]);
    const source = join(learning.path, 'examples', 'c', `${name.toLowerCase()}.c`);
    const example = run(compileC(source), [], stream).stdout;
    expect(run(program, [], stream).stdout).toBe(example);
    expect(run(program, [], 'x\n').stdout).toBe('this line is no example\n');
  });
});

describe('CMake', () => {
  test('builds the library and its examples', ({ skip }) => {
    if (!has('cmake')) return skip('there is no cmake');
    const build = join(learning.path, 'build');
    run('cmake', ['-S', learning.path, '-B', build]);
    run('cmake', ['--build', build]);
    const answers = linesOf(run(join(build, 'learn'), [], stream).stdout);
    expectAnswers(answers.slice(2), learntHost(), 20);
    expect(existsSync(join(build, 'predict'))).toBe(true);
  });

  test('builds programs that keep weights in flash', ({ skip }) => {
    if (!has('cmake')) return skip('there is no cmake');
    const around = mkdtempSync(join(temporary.path, 'journal-'));
    writeFileSync(
      join(around, 'CMakeLists.txt'),
      `cmake_minimum_required(VERSION 3.13)
project(journal LANGUAGES C)
add_subdirectory("${learning.path}" library)
add_executable(program main.c)
target_link_libraries(program eqprop)
`,
    );
    // A flash of no units, which none can be.
    writeFileSync(
      join(around, 'main.c'),
      `#include "eqprop.h"
#include "eqprop_journal.h"
int main(void) {
  struct eqprop_flash flash = {0};
  return eqprop_begin() || eqprop_journal_restore(&flash) != EQPROP_BAD_FLASH;
}
`,
    );
    const build = join(around, 'build');
    run('cmake', ['-S', around, '-B', build]);
    run('cmake', ['--build', build]);
    run(join(build, 'program'), []);
  });

  test('builds the library and the example of a network that only predicts', ({ skip }) => {
    if (!has('cmake')) return skip('there is no cmake');
    const build = join(predicting.path, 'build');
    run('cmake', ['-S', predicting.path, '-B', build]);
    run('cmake', ['--build', build]);
    expect(existsSync(join(build, 'predict'))).toBe(true);
  });

  test('tells ESP-IDF, Zephyr and MicroPython of files that are there', ({ skip }) => {
    if (!has('cmake')) return skip('there is no cmake');
    const { stdout } = run('cmake', [
      ...['-S', join(stubs, 'cmake'), '-B', join(learning.path, 'glue'), `-DFOLDER=${learning.path}`],
    ]);
    const said = linesOf(stdout)
      .filter((line) => /^-- (idf|zephyr|micropython)/.test(line))
      .map((line) => line.slice(3).replaceAll(`${learning.path}/`, '').replaceAll('zephyr/../', ''));
    expect(said).toEqual([
      'idf: SRCS;src/eqprop.c;src/eqprop_line.c;src/eqprop_journal.c;INCLUDE_DIRS;src',
      'zephyr include: src',
      'zephyr library: eqprop',
      'zephyr sources: src/eqprop.c;src/eqprop_line.c;src/eqprop_journal.c',
      'micropython INTERFACE_SOURCES: micropython/eqprop_module.c;src/eqprop.c',
      'micropython INTERFACE_INCLUDE_DIRECTORIES: src',
      'micropython links: usermod_eqprop',
    ]);
    for (const path of ['eqprop.c', 'eqprop_line.c', 'eqprop_journal.c'])
      expect(learning.files).toContain(join('src', path));
    expect(learning.files).toContain(join('micropython', 'eqprop_module.c'));
  });
});

/** Those of MicroPython's own builds. */
const MICROPYTHON = ['-std=gnu99', '-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter', '-Wpointer-arith'];
const FLOATS = ['-Wdouble-promotion', '-Wfloat-conversion'];

describe('MicroPython', () => {
  let program: string;
  beforeAll(() => {
    const [compiler, ...words] = tools.c;
    program = join(learning.path, 'micropython-stub');
    run(compiler, [
      ...[
        ...words,
        ...MICROPYTHON,
        ...FLOATS,
        `-I${join(stubs, 'micropython')}`,
        `-I${join(learning.path, 'src')}`,
      ],
      ...[join(stubs, 'micropython', 'main.c'), join(learning.path, 'micropython', 'eqprop_module.c')],
      ...[objects[0], '-o', program],
    ]);
  });

  test('predicts, learns, saves and restores', () => {
    const before = hostOf(learning);
    const host = learntHost();
    const asTuple = ([label, ...scores]: readonly number[]) => `(${label}, (${scores.join(', ')}))`;
    const digest = ({ digest }: typeof host) => BigInt.asUintN(64, digest).toString(16).padStart(16, '0');
    const learn = (n: number) => `learn ${labelOf(n)} ${readings(n).join(' ')}`;
    const asked: readonly (readonly [string, string])[] = [
      [`predict ${readings(20).join(' ')}`, asTuple(before.predict(inputsOf(readings(20))))],
      ...examples.map((_, n) => [learn(n), n % 4 === 3 ? 'True' : 'False'] as const),
      ['digest', digest(host)],
      [`predict ${readings(21).join(' ')}`, asTuple(host.predict(inputsOf(readings(21))))],
      [
        'save',
        `${readFileSync(join(learning.path, 'src', 'eqprop_config.h'), 'utf8').match(/SAVED_BYTES (\d+)/)?.[1]} bytes`,
      ],
      ['begin', 'None'],
      ['digest', digest(before)],
      ['restore', 'None'],
      ['digest', digest(host)],
      ['class_name 1', 'left hand'],
      ['FEATURES', '6'],
      ['ONE', '4096'],
    ];
    const { stdout } = run(program, [], asked.map(([line]) => `${line}\n`).join(''));
    expect(linesOf(stdout)).toEqual(asked.map(([, answer]) => answer));
  });

  test('raises what is wrong', () => {
    const { stdout } = run(program, [], 'predict 1 2 3\nlearn 3 1 2 3 4 5 6\nsave\ncut\nrestore\n');
    expect(linesOf(stdout).filter((line) => line.startsWith('ValueError'))).toEqual([
      'ValueError: an example has 6 features, not 3',
      'ValueError: eqprop_error -3',
      'ValueError: eqprop_error -4',
    ]);
  });

  test('make is told of files that are there', ({ skip }) => {
    if (!has('make')) return skip('there is no make');
    const told =
      'include $(USERMOD_DIR)/micropython.mk\n$(info $(SRC_USERMOD_C) $(SRC_USERMOD_LIB_C) $(CFLAGS_USERMOD))\nall:;\n';
    const { stdout } = run('make', ['-s', '-f', '-', `USERMOD_DIR=${learning.path}`], told);
    const at = (path: string) => join(learning.path, path);
    expect(linesOf(stdout)[0]).toBe(
      `${at('micropython/eqprop_module.c')} ${at('src/eqprop.c')} -I${at('src')}`,
    );
  });
});
