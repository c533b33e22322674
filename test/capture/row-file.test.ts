/** The file that captures go to: whole rows, one form. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RowFile, requireWord } from '#host/capture/row-file';
import { UserError } from '#host/ground/index';
import { temporaryFolder } from '../runs/small-data.js';

let temporary: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(() => {
  temporary = temporaryFolder();
  path = join(temporary.path, 'new', 'gestures.csv');
});
afterEach(() => temporary.remove());

const form = { window: 3, hasGroup: false };
const content = () => readFileSync(path, 'utf8');
/** Three lines of two channels. */
const window = [
  [1, -1],
  [2, -2.5],
  [3, 1e-7],
];

function open(changes: Partial<typeof form> = {}) {
  const repaired: string[] = [];
  return { file: RowFile.open(path, { ...form, ...changes }, (row) => repaired.push(row)), repaired };
}

test('a header and rows, channel by channel; another capture goes on', () => {
  const { file } = open();
  file.append('wave', undefined, []);
  file.append('wave', undefined, [window]);
  const again = open();
  again.file.append('shake, "hard"', undefined, [window, window]);
  const values = '1,2,3,-1,-2.5,1e-7';
  expect(content()).toBe(
    `label,c0t0,c0t1,c0t2,c1t0,c1t1,c1t2\nwave,${values}\n${`"shake, ""hard""",${values}\n`.repeat(2)}`,
  );
  expect([...again.file.rows]).toEqual([
    ['wave', 1],
    ['shake, "hard"', 2],
  ]);
  expect([...open().file.rows]).toEqual([...again.file.rows]);
});

test('a group stands behind the label', () => {
  open({ window: 1, hasGroup: true }).file.append('wave', 'person1', [[[7]]]);
  expect(content()).toBe('label,group,c0t0\nwave,person1,7\n');
});

test('nothing is made before there is a row; an empty file is none', () => {
  open();
  expect(() => content()).toThrow('ENOENT');
  path = join(temporary.path, 'empty.csv');
  writeFileSync(path, '');
  open().file.append('wave', undefined, [window]);
  expect(open().file.rows.get('wave')).toBe(1);
});

test('a row without its end is taken out, and told; those before it stay', () => {
  open().file.append('wave', undefined, [window, window]);
  const whole = content();
  for (const cut of ['w', 'wave,1,2', 'wave,1,2,3,-1,-2.5,1']) {
    writeFileSync(path, whole + cut);
    const { file, repaired } = open();
    expect({ repaired, content: content(), rows: file.rows.get('wave') }).toEqual({
      repaired: [cut],
      content: whole,
      rows: 2,
    });
  }
});

test('a file saved on Windows goes on with its ends of lines', () => {
  open().file.append('wave', undefined, [window]);
  writeFileSync(path, `\ufeff${content().replaceAll('\n', '\r\n')}`);
  open().file.append('idle', undefined, [window]);
  expect(content()).toMatch(/^\ufefflabel,.*\r\nwave,.*\r\nidle,[^\n]*\r\n$/);
  expect([...open().file.rows]).toEqual([
    ['wave', 1],
    ['idle', 1],
  ]);
});

test('two captures that begin one file: the rows of the first stay', () => {
  const [{ file: first }, { file: second }] = [open(), open()];
  first.append('wave', undefined, [window]);
  const before = content();
  expect(() => second.append('idle', undefined, [window])).toThrow('another program has written it since');
  expect(content()).toBe(before);
});

describe('refused, the file as it was:', () => {
  function refusal(work: () => unknown): UserError {
    const before = content();
    try {
      work();
    } catch (error) {
      expect(content()).toBe(before);
      expect(error).toBeInstanceOf(UserError);
      return error as UserError;
    }
    throw new Error('it was taken');
  }

  test('another window, a group too many or missing, other channels', () => {
    open().file.append('wave', undefined, [window]);
    expect(refusal(() => open({ window: 4 }))).toMatchObject({
      message: `the windows in ${path} have 3 lines, --window is 4`,
      hint: 'give --window 3, or name another file with --out',
    });
    expect(refusal(() => open({ hasGroup: true }))).toMatchObject({
      message: `the rows of ${path} name no group`,
      hint: 'leave --group out, or name another file with --out',
    });
    expect(refusal(() => open().file.requireChannels(3, '1,2,\x1b3'))).toMatchObject({
      message: `the sensor prints 3 values a line ('1,2,3'), the windows in ${path} have 2`,
      hint: 'let it print those 2, or name another file with --out',
    });
    open().file.requireChannels(2, '1,2');
  });

  test.each([
    'label,c0t0,c0t1,c0t2,c1t0\nx\n',
    'a,b\n1,2\n',
    'my diary',
    'label\n',
    '\n',
    'label,c1t0\n',
  ])('%j', (text) => {
    path = join(temporary.path, 'other.csv');
    writeFileSync(path, text);
    expect(refusal(open).message).toMatch(/other\.csv begins with '.*', which is no header of a capture$/);
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'a file that may only be read',
    () => {
      open().file.append('wave', undefined, [window]);
      chmodSync(path, 0o444);
      expect(refusal(open).message).toBe(`could not write ${path}: it is not permitted`);
    },
  );
});

test.each(['', ' wave', 'wa\nve', 'wave\t'])('%j is no label', (word) => {
  expect(() => requireWord(word, 'label')).toThrow(UserError);
});
