/** Live pages, as the command line has them. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPython } from '../devices/pseudo-terminal.js';
import { answerOf, follow } from '../watch/reading.js';
import { start } from './command.js';
import { eqpropHere } from './in-process.js';
import { startOnTerminal } from './on-terminal.js';
import { openWorkspace, type Workspace } from './workspace.js';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await openWorkspace();
});
afterAll(() => workspace.remove());

/** A run that goes on until it is interrupted. */
const endless = (folder: string) => [
  'train',
  ...workspace.small,
  '--minibatch',
  '1',
  '--epochs',
  '20000',
  '--out',
  folder,
];
const addressIn = (text: string) => /http:\/\/127\.0\.0\.1:\d+\/[\w-]+\//.exec(text)?.[0] ?? '';

describe('eqprop watch', () => {
  test('serves any run until it is interrupted', async () => {
    const running = start(['watch', workspace.interrupted, '--json']);
    await running.shows('"address"');
    running.interrupt();
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(addressIn(JSON.parse(stdout).address)).not.toBe('');
  });

  test('refuses what is no run', async () => {
    const nowhere = workspace.fresh();
    expect(await eqpropHere('watch', nowhere)).toMatchObject({
      code: 1,
      stderr: `error: there is no folder ${nowhere}\n       name the folder of a run, or of several\n`,
    });
    const empty = workspace.fresh();
    mkdirSync(empty);
    const file = join(empty, 'file');
    writeFileSync(file, '');
    for (const path of [empty, file])
      expect((await eqpropHere('watch', workspace.finished, path)).stderr).toContain(
        `there is no run in ${path}`,
      );
    expect((await eqpropHere('watch')).code).toBe(2);
    expect((await eqpropHere('watch', '')).stderr).toContain('it is empty');
    expect((await eqpropHere('watch', workspace.finished, '--port', '70000')).code).toBe(2);
  });

  test('refuses a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const { code, stderr } = await eqpropHere('watch', workspace.finished, '--port', String(port));
    other.close();
    expect([code, stderr]).toEqual([
      1,
      `error: port ${port} is taken\n       name another one with --port, or none: any that is free is taken then\n`,
    ]);
  });
});

describe('train --watch', () => {
  test.skipIf(process.platform === 'win32')('shows a run as it goes, and how it ended', async () => {
    const folder = workspace.fresh();
    const running = start([...endless(folder), '--watch']);
    const address = addressIn(await running.shows('live     http'));
    const reader = await follow(address);
    const live = await reader.next(({ parts }) => /Answered wrongly|Line/.test(parts.underWay?.html ?? ''));
    expect(live?.title).toBe('36-24-4 on simulated device');
    running.interrupt();
    const last = await reader.next(({ next }) => next !== undefined);
    expect(last?.next).toBe('report');
    const { status, text } = await answerOf(`${address}report`);
    expect([status, text.startsWith('<!doctype html>')]).toEqual([200, true]);
    expect((await running.ended).code).toBe(130);
    await expect(answerOf(address)).rejects.toThrow();
    for (const name of ['watched', 'live.eqp']) expect(existsSync(join(folder, name))).toBe(false);
  });

  test('a run that is over before anybody could look ends by itself', async () => {
    const { code, stdout } = await start(['train', ...workspace.small, '--out', workspace.fresh(), '--watch'])
      .ended;
    expect(code).toBe(0);
    expect(stdout).toContain(workspace.digest);
  });

  test('auto serves nothing where nobody looks on', async () => {
    const words = ['train', ...workspace.small, '--out', workspace.fresh(), '--watch', 'auto'];
    const { code, stderr } = await eqpropHere(...words);
    expect([code, addressIn(stderr)]).toEqual([0, '']);
  });

  describe.skipIf(!hasPython || process.platform === 'win32')('at a terminal (python3)', () => {
    test('auto tells the address', async () => {
      const running = startOnTerminal(100, [...endless(workspace.fresh()), '--watch', 'auto'], { CI: '' });
      await running.shows('http://127.0.0.1:');
      running.type('\x03');
      expect((await running.ended).code).toBe(130);
    });

    test('auto serves nothing in CI', async () => {
      const words = ['train', ...workspace.small, '--out', workspace.fresh(), '--watch', 'auto'];
      const { code, sent } = await startOnTerminal(100, words, { CI: 'true' }).ended;
      expect([code, addressIn(sent)]).toEqual([0, '']);
    });
  });
});
