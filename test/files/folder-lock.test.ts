import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { holdLock, withLock } from '#host/files/folder-lock';
import { temporaryFolder } from '../runs/small-data.js';

let temporary: ReturnType<typeof temporaryFolder>;
let folder: string;
const lock = () => join(folder, 'lock');
const nothing = async () => 'done';

beforeEach(() => {
  temporary = temporaryFolder();
  folder = join(temporary.path, 'runs', 'one');
});
afterEach(() => temporary.remove());

/** A process that is there until it is killed. */
async function someone() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  return child;
}

function ownedBy(process: unknown, computer = hostname()): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(lock(), JSON.stringify({ process, computer }));
}

describe('a folder', () => {
  test('is held while it is worked with, and let go however that ends', async () => {
    const seen = await withLock(folder, async () => JSON.parse(readFileSync(lock(), 'utf8')));
    expect(seen).toMatchObject({ process: process.pid, computer: hostname() });
    await expect(withLock(folder, () => Promise.reject(new Error('spoilt')))).rejects.toThrow('spoilt');
    expect(await withLock(folder, nothing)).toBe('done');
  });

  test('is held until it is let go, and what came into it meanwhile stays', async () => {
    const release = await holdLock(folder);
    await expect(holdLock(folder)).rejects.toThrow(`${folder} is in use: process ${process.pid} on`);
    writeFileSync(join(folder, 'config.json'), '');
    release();
    expect(readdirSync(folder)).toEqual(['config.json']);
    (await holdLock(folder))();
  });

  test('into which nothing was put is not left behind', async () => {
    await withLock(folder, nothing);
    expect(readdirSync(temporary.path)).toEqual([]);
    await withLock(folder, async () => writeFileSync(join(folder, 'config.json'), ''));
    expect(readdirSync(folder)).toEqual(['config.json']);
  });

  test('is refused while this process works with it', async () => {
    await withLock(folder, async () => {
      await expect(withLock(folder, nothing)).rejects.toThrow(
        `${folder} is in use: process ${process.pid} on`,
      );
      expect(existsSync(lock())).toBe(true);
    });
    expect(existsSync(folder)).toBe(false);
  });

  test('is refused while another process does, and taken when that is gone', async () => {
    const other = await someone();
    ownedBy(other.pid);
    await expect(withLock(folder, nothing)).rejects.toMatchObject({
      message: `${folder} is in use: process ${other.pid} on ${hostname()} trains in it`,
      hint: expect.stringContaining(`delete ${lock()}`),
    });
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(await withLock(folder, nothing)).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('leaves a lock that is no longer its own', async () => {
    await withLock(folder, async () => ownedBy(1234, 'elsewhere'));
    expect(readdirSync(folder)).toEqual(['lock']);
    await expect(withLock(folder, nothing)).rejects.toThrow('process 1234 on elsewhere');
  });

  test('tells what its work failed of, not that the lock could not be removed', async () => {
    const spoil = async () => {
      rmSync(lock());
      mkdirSync(join(lock(), 'x'), { recursive: true });
      throw new Error('spoilt');
    };
    await expect(withLock(folder, spoil)).rejects.toThrow('spoilt');
  });

  test('whose lock is let go while it is looked at is taken', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(lock(), '');
    const second = withLock(folder, nothing);
    rmSync(lock());
    expect(await second).toBe('done');
  });

  test('whose lock cannot be read is refused', async () => {
    mkdirSync(lock(), { recursive: true });
    await expect(withLock(folder, nothing)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(`could not read ${lock()}`),
    });
    expect(existsSync(lock())).toBe(true);
  });

  test('whose process is gone is taken by one of many, in this process and in others', async () => {
    ownedBy(999_999_999);
    const module = import.meta.resolve('#host/files/folder-lock');
    // Whoever has it keeps it until all others have been refused.
    const script = `
      const { withLock } = await import(${JSON.stringify(module)});
      const told = new Promise((resolve) => process.stdin.on('end', resolve).resume());
      const take = () => withLock(${JSON.stringify(folder)}, () => told).then(() => 'had', () => 'refused');
      await Promise.all([take(), take()].map((one) => one.then(console.log)));`;
    const takers = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script]),
    );
    let outcomes = '';
    for (const { stdout } of takers)
      stdout.on('data', (bytes) => {
        outcomes += bytes;
        if (outcomes.match(/refused/g)?.length === 7) for (const { stdin } of takers) stdin.end();
      });
    await Promise.all(takers.map((taker) => once(taker, 'close')));
    expect(outcomes.trim().split('\n').toSorted()).toEqual(['had', ...Array(7).fill('refused')]);
    expect(existsSync(lock())).toBe(false);
  });

  test('of another computer is refused', async () => {
    ownedBy(process.pid, 'elsewhere');
    await expect(withLock(folder, nothing)).rejects.toThrow('on elsewhere');
  });

  test.each([
    '',
    '{"proc',
    '{"process":-1,"computer":"x"}',
    '[]',
  ])('whose lock says %j is taken: who wrote it was killed', async (content) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(lock(), content);
    expect(await withLock(folder, nothing)).toBe('done');
  });

  test('whose lock is just being written is refused', async () => {
    const other = await someone();
    mkdirSync(folder, { recursive: true });
    writeFileSync(lock(), '');
    const second = withLock(folder, nothing);
    ownedBy(other.pid);
    await expect(second).rejects.toThrow(`process ${other.pid}`);
    other.kill();
  });

  test('whose lock has the number of this process, which an earlier one had, is taken', async () => {
    ownedBy(process.pid);
    expect(await withLock(folder, nothing)).toBe('done');
  });

  describe.skipIf(process.platform !== 'linux')('where the system tells when a process started', () => {
    /** A lock as this process writes it, but for some. */
    const leave = async (changes: object) => {
      rmSync(lock(), { force: true });
      const own = await withLock(folder, async () => JSON.parse(readFileSync(lock(), 'utf8')));
      const content = { ...own, ...changes };
      mkdirSync(folder, { recursive: true });
      writeFileSync(lock(), JSON.stringify(content));
    };

    test('is refused while that process runs, and taken when another has its number', async () => {
      const other = await someone();
      // The 22nd field; no node process has a space in its name.
      const started = readFileSync(`/proc/${other.pid}/stat`, 'utf8').split(' ')[21];
      await leave({ process: other.pid, started });
      await expect(withLock(folder, nothing)).rejects.toThrow(`process ${other.pid} on`);
      await leave({ process: other.pid, started: String(Number(started) - 1) });
      expect(await withLock(folder, nothing)).toBe('done');
      other.kill();
    });

    test('is taken after the computer has started anew, whoever has the number now', async () => {
      const other = await someone();
      await leave({ process: other.pid, boot: '11111111-2222-4333-8444-555555555555' });
      expect(await withLock(folder, nothing)).toBe('done');
      other.kill();
    });

    test('is taken from an earlier process of the same number, as the first ones of containers have', async () => {
      await leave({ started: '1' });
      expect(await withLock(folder, nothing)).toBe('done');
    });

    test('is refused to this same process, held by another copy of the library', async () => {
      await leave({});
      await expect(withLock(folder, nothing)).rejects.toThrow(`process ${process.pid} on`);
    });

    test.each([
      ['what it had', true],
      ['only its number', false],
    ])('is taken from a process that has ended unheard, the lock says %s', async (_, whole) => {
      const parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const [line] = await once(parent.stdout, 'data');
      const zombie = Number(line);
      const fields = () =>
        readFileSync(`/proc/${zombie}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ');
      // A shell that still is one would bury its child; `sleep` never does.
      const name = () => readFileSync(`/proc/${parent.pid}/comm`, 'utf8').trim();
      await vi.waitFor(() => expect(name()).toBe('sleep'), 300_000);
      const started = fields()[19];
      if (whole) await leave({ process: zombie, started });
      else ownedBy(zombie);
      await expect(withLock(folder, nothing)).rejects.toThrow(`process ${zombie} on`);
      process.kill(zombie, 'SIGKILL');
      await vi.waitFor(() => expect(fields()[0]).toBe('Z'), 300_000);
      expect(await withLock(folder, nothing)).toBe('done');
      parent.kill();
    });
  });
});
