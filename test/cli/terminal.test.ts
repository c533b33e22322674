import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { statusLine, widthOf, wrapped } from '#host/cli/lines';
import { type Loss, type Stream, Terminal } from '#host/cli/terminal';

class Sink extends EventEmitter {
  sent = '';

  constructor(
    readonly isTTY: boolean,
    readonly columns: number,
  ) {
    super();
  }

  write(text: string): boolean {
    this.sent += text;
    return true;
  }
}

function open(isTTY: boolean, columns: number, environment: NodeJS.ProcessEnv = { TERM: 'xterm' }) {
  const clock = { now: 0 };
  const [results, words] = [new Sink(isTTY, columns), new Sink(isTTY, columns)];
  const as = (sink: Sink) => sink as unknown as Stream;
  const terminal = new Terminal(as(results), as(words), environment, () => clock.now);
  return { terminal, results, words, clock };
}

const status = {
  title: 'epoch 12/30',
  share: 0.456,
  parts: ['1 h 12 min left', 'error 12.34 %', '12345/s', '1234567 replies equal', '27360/60000'],
};

describe('lines', () => {
  test('break between words; a number keeps its percent sign', () => {
    const text = 'epoch 2: training error 3.25 %  validation 12.50 %  11.1 free iterations';
    expect(wrapped(text, 28)).toBe(
      'epoch 2: training error\n3.25 %  validation 12.50 %\n11.1 free iterations',
    );
    expect(wrapped(text, 200)).toBe(text);
  });

  test('behind a label stay below its text', () => {
    expect(wrapped('device   simulated, 64.0 MiB of arena', 30)).toBe(
      'device   simulated, 64.0 MiB\n         of arena',
    );
    expect(wrapped(`       see ${'a/long/path'.repeat(5)}`, 20)).toBe(
      `       see\n       ${'a/long/path'.repeat(5)}`,
    );
  });

  test('colours have no width', () => {
    expect(wrapped('\x1b[1mbold\x1b[22m word', 9)).toBe('\x1b[1mbold\x1b[22m word');
  });
});

test('a status without an end to come to has no bar', () => {
  const parts = ['12 rows', '50 lines/s', 'in the file: wave 12'];
  expect(statusLine({ title: 'wave', parts }, 80)).toBe('wave  12 rows  50 lines/s  in the file: wave 12');
  expect(statusLine({ title: 'wave', parts }, 30)).toBe('wave  12 rows  50 lines/s');
});

test.each([30, 40, 60, 80, 132])('a status fits %i columns and keeps the time left', (columns) => {
  const line = statusLine(status, columns);
  expect(widthOf(line)).toBeLessThanOrEqual(columns);
  expect(line).toContain('epoch 12/30');
  expect(line).toContain('45%');
  if (columns >= 40) expect(line).toContain('  1 h 12 min left');
  expect(line.includes('█')).toBe(columns >= 60);
  // Whole parts alone.
  for (const part of line.split(/ {2,}/).slice(1)) expect(status.parts).toContain(part);
});

describe('a terminal', () => {
  test('erases the status before anything else is said, and draws it again', () => {
    const { terminal, results, words } = open(true, 60);
    terminal.show(status);
    const drawn = `\r\x1b[K${statusLine(status, 59)}`;
    expect(words.sent).toBe(drawn);
    terminal.say('a word');
    expect(words.sent).toBe(`${drawn}\r\x1b[Ka word\n${drawn}`);
    words.sent = '';
    terminal.print('a result');
    expect([words.sent, results.sent]).toEqual([`\r\x1b[K${drawn}`, 'a result\n']);
    words.sent = '';
    terminal.clear();
    terminal.say('the end');
    // Typed characters are erased too.
    expect(words.sent).toBe('\r\x1b[K\r\x1b[Kthe end\n');
  });

  test('is drawn on ten times a second at most', () => {
    const { terminal, words, clock } = open(true, 60);
    for (clock.now = 0; clock.now < 1000; clock.now++) terminal.show(status);
    expect(words.sent.split('\r\x1b[K')).toHaveLength(1 + 10);
  });

  test('leaves in one piece what is to be copied', () => {
    const { terminal, results } = open(true, 40);
    const command = 'eqprop train --resume a/folder/of/a/run --device /dev/ttyACM0';
    terminal.print('go on with:', command);
    terminal.print('go on with:', 'eqprop');
    terminal.print('', command);
    expect(results.sent).toBe(`go on with:\n${command}\ngo on with: eqprop\n${command}\n`);
  });

  test('that is dumb gets lines alone, of its width', () => {
    const { terminal, words, clock } = open(true, 20, { TERM: 'dumb' });
    clock.now = 9_999;
    terminal.show({ title: 'test', share: 0.5, parts: ['1/2'] });
    expect(words.sent).toBe('');
    clock.now = 10_000;
    terminal.show({ title: 'test', share: 0.5, parts: ['4 min left', '1/2'] });
    clock.now = 12_000;
    terminal.show({ title: 'test', share: 1, parts: ['2/2'] });
    terminal.say('as wide as the terminal is');
    terminal.clear();
    expect(words.sent).toBe('test: 4 min left,\n1/2\nas wide as the\nterminal is\n');
    expect(terminal.isColoured(words as unknown as Stream)).toBe(false);
  });

  test('of unknown width has the usual one', () => {
    expect(open(true, 0).terminal.width).toBe(80);
  });
});

test('no terminal: nothing is broken, a status is a line now and then', () => {
  const { terminal, words, clock } = open(false, 0);
  terminal.say('word '.repeat(40), 'command');
  for (clock.now = 0; clock.now < 30_000; clock.now += 500) terminal.show(status);
  const line = `epoch 12/30: ${status.parts.join(', ')}\n`;
  expect(words.sent).toBe(`${'word '.repeat(40)} command\n${line}${line}`);
});

describe('a stream that is lost', () => {
  const failing = (code: string) => Object.assign(new Error(`write ${code}`), { code });

  test.each([
    ['EPIPE', false, true],
    ['EIO', true, true],
    ['EIO', false, false],
    ['ENOSPC', false, false],
  ])('%s, a terminal: %s', (code, isTTY, isReaderGone) => {
    const { terminal, results, words } = open(isTTY, 80);
    const losses: Loss[] = [];
    terminal.onLoss = (loss) => losses.push(loss);
    words.emit('error', failing(code));
    words.emit('error', failing(code));
    expect(losses).toMatchObject([{ name: 'standard error', isReaderGone, error: { code } }]);
    terminal.say('unheard');
    terminal.complain('the reason');
    expect([words.sent, results.sent]).toEqual(['', 'the reason\n']);
  });
});
