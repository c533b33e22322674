/** Whatever ends a run: it has saved, and let its folder go. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { timestamp } from '#host/cli/timestamp';
import { withLock } from '#host/files/index';
import { loadRun } from '#host/records/index';
import { hasPython } from '../devices/pseudo-terminal.js';
import { some } from '../length.js';
import { serve } from '../runs/odd-devices.js';
import { eqprop, jsonLines, start } from './command.js';
import { rowsOf, startOnTerminal } from './on-terminal.js';
import { openWorkspace, type Workspace } from './workspace.js';

/** More than can be trained before the end. */
const EPOCHS = 20_000;
const STEPS = EPOCHS * 19;

let w: Workspace;
beforeAll(async () => {
  w = await openWorkspace();
});
afterAll(() => w.remove());

const longRun = (folder: string) => ['train', ...w.small, '--epochs', String(EPOCHS), '--out', folder];

/** A stream that is lost may end it before the first minibatch. */
function expectSaved(folder: string): void {
  expect(readdirSync(folder)).not.toContain('lock');
  const { step } = loadRun(folder).state.position;
  expect(step).toBeLessThan(STEPS);
}

/** A device that is greeted, and silent. */
async function serveNothing() {
  let heard: () => void = () => undefined;
  const greeted = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const device = await serve(() => {
    heard();
    return undefined;
  });
  return { ...device, greeted };
}

describe.skipIf(process.platform === 'win32')('a signal', () => {
  test.each(
    some<NodeJS.Signals>(['SIGTERM', 'SIGHUP', 'SIGUSR1'], ['SIGQUIT', 'SIGUSR2']),
  )('%s: saved, and ended with 130; nothing listens', async (name) => {
    const folder = w.fresh();
    const running = start(longRun(folder));
    await running.shows('epoch 1: ');
    running.signal(name);
    // As a terminal sends it when it closes, and npm beside it.
    running.signal(name);
    running.signal('SIGTERM');
    const { code, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining('everything saved') });
    expect(stderr).not.toContain('Debugger');
    expect(stderr.includes('--detached')).toBe(name === 'SIGHUP');
    expectSaved(folder);
  });

  test('SIGUSR1 before anything is loaded: ended, however far it was', async () => {
    const running = start(longRun(w.fresh()));
    running.signal('SIGUSR1');
    // Node had not yet begun to listen itself, or this program was to find its debugger.
    expect([130, null]).toContain((await running.ended).code);
  });

  test('while the device is silent: the lock is let go', async () => {
    const { greeted, ...device } = await serveNothing();
    const folder = w.fresh();
    const running = start([...longRun(folder), '--device', device.spec]);
    await greeted;
    expect(existsSync(join(folder, 'lock'))).toBe(true);
    running.signal('SIGHUP');
    expect((await running.ended).code).toBe(130);
    await device.end();
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });

  test('to a comparison: its cells save too', async () => {
    const out = w.fresh();
    const running = start([
      ...['compare', ...w.small, '--epochs', String(EPOCHS), '--no-reference', '--yes', '--out', out],
    ]);
    const cell = join(out, 'cells', 'small_seed-1');
    await expect.poll(() => existsSync(join(cell, 'checkpoint.eqp'))).toBe(true);
    running.signal('SIGHUP');
    running.signal('SIGHUP');
    const { code, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining('--detached') });
    expect(readdirSync(cell)).not.toContain('lock');
    expect(loadRun(cell).state.position.step).toBeLessThan(STEPS);
  });

  test('to what saves nothing: ended', async () => {
    const running = start(['verify', ...w.small, '--epochs', String(EPOCHS), '--minibatches', String(STEPS)]);
    await running.shows(`${STEPS} minibatches beside the dense twin`);
    running.signal('SIGHUP');
    expect((await running.ended).code).toBe(130);
  });
});

describe.skipIf(process.platform === 'win32')('a stream', () => {
  test.each([
    ['both, their reader gone', [], '2>&1 | head -n 1', /^36-24-4 on .*\n$/, /^$/],
    ['standard output, its reader gone', ['--json'], '| head -n 1', /^{.*}\n$/, /everything saved/],
  ])('%s: saved, and ended with 130', async (_, args, shell, said, complained) => {
    const folder = w.fresh();
    const { code, stdout, stderr } = await start([...longRun(folder), ...args], { shell }).ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(said);
    expect(stderr).toMatch(complained);
    expectSaved(folder);
  });

  test.skipIf(process.platform !== 'linux').each([
    ['standard error', [], '2>/dev/full'],
    ['standard output', ['--json'], '>/dev/full'],
  ])('%s that cannot be written: saved, and ended with 1', async (name, args, shell) => {
    const folder = w.fresh();
    const { code, stdout, stderr } = await start([...longRun(folder), ...args], { shell }).ended;
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(`error: ${name} could not be written: the disk is full\n`);
    expectSaved(folder);
  });

  test.skipIf(process.platform !== 'linux').each([
    [['boards'], ''],
    [['--help'], ''],
    [['train', '--epochs', '1'], 'epoch 1: '],
  ])('%j that cannot tell its result ends with 1', async (args, told) => {
    const folder = w.fresh();
    const all = args[0] === 'train' ? [...args, ...w.small, '--out', folder] : args;
    const { code, stderr } = await start(all, { shell: '>/dev/full' }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(told);
    expect(stderr).toMatch(/error: standard output could not be written: the disk is full\n$/);
  });

  test.each([
    [['boards']],
    [['--help']],
    [['evaluate', '--json']],
  ])('%j whose reader has closed ends with 0, and silently', async (args) => {
    const all = args[0] === 'evaluate' ? [...args, w.finished] : args;
    const shell = '| { exec <&-; }';
    expect(await start(all, { shell }).ended).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describe.skipIf(!hasPython || process.platform === 'win32')('a terminal (python3)', () => {
  test('that is closed: saved', async () => {
    const folder = w.fresh();
    const running = startOnTerminal(80, longRun(folder));
    await running.shows('epoch 1: ');
    running.close();
    expect((await running.ended).code).toBe(130);
    expectSaved(folder);
  });

  test('that is closed before there is anything to save: the lock is let go', async () => {
    const { greeted, ...device } = await serveNothing();
    const folder = w.fresh();
    const running = startOnTerminal(80, [...longRun(folder), '--device', device.spec]);
    await greeted;
    running.close();
    expect((await running.ended).code).toBe(130);
    await device.end();
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });

  test.each(
    some([40], [60, 80]),
  )('of %i columns: Ctrl-C leaves no status, no line is too wide', async (columns) => {
    const folder = w.fresh();
    const running = startOnTerminal(columns, longRun(folder));
    await running.shows('epoch 2: ');
    running.type('\x03');
    const { code, sent } = await running.ended;
    expect(code).toBe(130);
    const rows = rowsOf(sent);
    const command = `eqprop train --resume ${folder}`;
    for (const row of rows) if (!row.includes(folder)) expect(row.length).toBeLessThanOrEqual(columns);
    // In one piece, to be copied.
    expect(rows.some((row) => row.endsWith(command))).toBe(true);
    expect(rows.join(' ')).toContain('finishing the minibatch and saving (once more to stop at once)');
    expect(rows.join('\n')).not.toMatch(/█|░/);
    expectSaved(folder);
  });

  test('has errors of usage wrapped, and paths with spaces whole', async () => {
    const wrong = await startOnTerminal(40, ['train', '--a-flag-there-is-none-of', '3']).ended;
    expect(wrong.code).toBe(2);
    const words = rowsOf(wrong.sent);
    for (const row of words) expect(row.length).toBeLessThanOrEqual(40);
    expect(words).toContain('error: unknown option');
    expect(words).toContain('(--help tells more)');
    const out = join(w.fresh(), 'of mine, with a long name', 'and another');
    const { code, sent } = await startOnTerminal(40, ['export', w.finished, '--out', out]).ended;
    const [path] = rowsOf(sent);
    expect({ code, path }).toEqual({ code: 0, path: expect.stringContaining(out) });
  });

  test('that is dumb: no control characters', async () => {
    const args = ['train', ...w.small, '--out', w.fresh()];
    const { code, sent } = await startOnTerminal(80, args, { TERM: 'dumb' }).ended;
    expect(code).toBe(0);
    expect(sent).toContain('epoch 2: training error');
    expect(sent).not.toContain('\x1b');
  });
});

describe('--detached', () => {
  test.skipIf(process.platform === 'win32')(
    'is told when the run is under way, and goes on without its starter',
    async () => {
      const folder = w.fresh();
      const { code, stdout, stderr } = await eqprop(...longRun(folder), '--detached', '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const [told] = jsonLines(stdout);
      const { process: pid } = JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'));
      expect(told).toEqual({
        kind: 'detached',
        pid,
        folder,
        log: expect.stringMatching(/log-[-\d]+\.txt$/),
      });
      const log = () => readFileSync(String(told?.log), 'utf8');
      // It has a session of its own: no terminal reaches it.
      const session = spawnSync('ps', ['-o', 'sid=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
      if (session) expect(Number(session)).toBe(pid);
      process.kill(pid, 'SIGTERM');
      await expect.poll(() => existsSync(join(folder, 'lock'))).toBe(false);
      await expect.poll(log).toContain('"kind":"divergence"');
      await expect.poll(log).toContain(`eqprop train --resume ${folder}`);
      expectSaved(folder);
    },
  );

  test('in words: where it is, and how to look and to stop', async () => {
    const folder = w.fresh();
    const { code, stdout } = await eqprop('train', ...w.small, '--out', folder, '--detached');
    expect(code).toBe(0);
    expect(stdout).toMatch(/started {2}process \d+/);
    expect(stdout).toContain(`folder   ${folder}\nlog      ${folder}`);
    expect(stdout).toMatch(/look {5}.*log-.*\nstop {5}.*\d+\n/);
    await expect.poll(() => existsSync(join(folder, 'report.html'))).toBe(true);
  });

  test.each<[string, readonly string[], number, RegExp]>([
    ['a value that cannot be', ['--threads', '0'], 2, /--threads/],
    ['a device there is none of', ['--device', 'pcio'], 1, /there is no device 'pcio'/],
    ['too large a network', ['--arena', '9000', '--network', '36-500-4'], 1, /the arena has 9000/],
  ])('says what keeps the run from starting: %s', async (_, args, status, message) => {
    const folder = w.fresh();
    const { code, stdout, stderr } = await eqprop(
      ...['train', ...w.small, '--out', folder, '--detached'],
      ...args,
    );
    expect({ code, stdout }).toEqual({ code: status, stdout: '' });
    expect(stderr).toMatch(message);
    // No more than the same run leaves on a terminal.
    const left = existsSync(folder) ? readdirSync(folder) : [];
    expect(left.filter((name) => /log|lock/.test(name))).toEqual([]);
  });

  test('beside another that began in the same second leaves its log alone, and says that the folder is in use', async () => {
    const folder = w.fresh();
    await withLock(folder, async () => {
      vi.useFakeTimers({ toFake: ['Date'] });
      const now = Date.now();
      const logs = Array.from({ length: 60 }, (_, second) => {
        vi.setSystemTime(now + 1000 * second);
        return `log-${timestamp()}.txt`;
      });
      vi.useRealTimers();
      for (const name of logs) writeFileSync(join(folder, name), '');
      const { code, stderr } = await eqprop('train', ...w.small, '--out', folder, '--detached');
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('is in use: process') });
      expect(readdirSync(folder).toSorted()).toEqual(['lock', ...logs].toSorted());
    });
  });

  test.each<[string, readonly string[]]>([
    ['train', ['train']],
    ['compare', ['compare']],
    ['reproduce', ['reproduce', 'table-2']],
  ])('%s --resume of no folder says what it says without', async (_, command) => {
    const folder = w.fresh();
    const [attached, detached] = await Promise.all(
      [[], ['--detached']].map((flags) => eqprop(...command, '--resume', folder, ...flags)),
    );
    expect(attached.stderr).toContain(folder);
    expect(detached).toEqual(attached);
    expect(existsSync(folder)).toBe(false);
  });
});
