/** Stores that cannot be used, lines that are encrypted, and who knows the password. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { start } from '../cli/command.js';
import { freePort, hasRedis, PASSWORD, startRedis } from './redis.js';
import { Workplace } from './workplace.js';

const place = new Workplace();
const { at, gridFile, compare, work } = place;

beforeAll(() => place.open());
afterEach(() => place.tidy());
afterAll(() => place.close());

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasRedis)('with redis-server', () => {
  test('what cannot be a queue is refused, and no password is told', async () => {
    const grid = gridFile('refused', 2);
    const tries = [
      [{}, 'EQPROP_QUEUE is not set'],
      [{ EQPROP_QUEUE: `redis://:${PASSWORD}@127.0.0.1` }, 'EQPROP_QUEUE is no address of a Redis'],
      [
        { EQPROP_QUEUE: place.redis.address.replace('secret', 'guessed') },
        'user and password stand in EQPROP_QUEUE',
      ],
      [{ EQPROP_QUEUE: place.redis.address.replace(/\d+$/, '1') }, 'ECONNREFUSED 127.0.0.1:1'],
      [
        { EQPROP_QUEUE: place.redis.address.replace('redis:', 'rediss:') },
        'rediss:// is for an encrypted line',
      ],
    ] as const;
    for (const [n, [others, reason]] of tries.entries()) {
      const words = ['compare', grid, '--out', at(`refused-${n}`), '--queue'];
      const ended = await start(words, { environment: { EQPROP_QUEUE: '', ...others } }).ended;
      expect(ended.code, reason).toBe(1);
      expect(ended.stderr).toContain(reason);
      expect(ended.stderr + ended.stdout).not.toMatch(/secret|guessed/);
    }
  });

  test.skipIf(!hasOpenssl)(
    'a line is encrypted where the address says so, and its other end is checked',
    async () => {
      const keys = at('keys');
      mkdirSync(keys);
      makeCertificates(keys);
      const port = await freePort();
      const files = [
        '--tls-key-file',
        'key',
        '--tls-cert-file',
        'certificate',
        '--tls-ca-cert-file',
        'authority',
      ];
      const paths = files.map((word, n) => (n % 2 === 1 ? join(keys, word) : word));
      const encrypted = await startRedis(['--tls-port', String(port), '--tls-auth-clients', 'no', ...paths]);
      const plain = encrypted.address.replace(/@.*/, `@localhost:${port}`);
      const queue = (address: string, trusted = '') =>
        start(['queue'], { environment: { EQPROP_QUEUE: address, NODE_EXTRA_CA_CERTS: trusted } }).ended;
      const secure = plain.replace('redis:', 'rediss:');
      expect(await queue(secure, join(keys, 'authority'))).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('the queue is empty'),
      });
      expect((await queue(secure)).stderr).toContain('have who signed it trusted: NODE_EXTRA_CA_CERTS');
      expect((await queue(plain)).stderr).toContain('rediss:// is for an encrypted line');
      await encrypted.stop();
    },
  );

  test('no file, and no process, knows the password', async () => {
    const grid = gridFile('told', 2);
    const worker = work();
    const whole = compare(grid, 'told', '--queue');
    await worker.shows('"epoch":1,');
    const lines = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/cmdline`))
      .map((name) => textOf(`/proc/${name}/cmdline`));
    const ours = lines.filter((line) => line.includes(at('told')) || line.includes('\0train\0'));
    expect(ours.length).toBeGreaterThan(0);
    for (const line of ours) expect(line).not.toContain('secret');
    const ended = await whole.ended;
    worker.interrupt();
    const worked = await worker.ended;
    for (const text of [ended.stdout, ended.stderr, worked.stdout, worked.stderr])
      expect(text).not.toContain('secret');
    for (const entry of readdirSync(at('told'), { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        expect(readFileSync(join(entry.parentPath, entry.name), 'latin1')).not.toContain('secret');
  });

  test('a Redis that would throw cells away is refused, and told what to set', async () => {
    const evicting = await startRedis(['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru']);
    const { code, stderr } = await start(['work'], { environment: { EQPROP_QUEUE: evicting.address } }).ended;
    await evicting.stop();
    expect(code).toBe(1);
    expect(stderr).toContain('its maxmemory-policy is allkeys-lru');
    expect(stderr).toContain('redis-cli config set maxmemory-policy noeviction');
  });

  test('a Redis that is full is told', async () => {
    const full = await startRedis(['--maxmemory', '1mb']);
    const grid = gridFile('full', 2);
    const words = ['compare', grid, '--out', at('full'), '--queue', '--json'];
    const { code, stderr } = await start(words, { environment: { EQPROP_QUEUE: full.address } }).ended;
    await full.stop();
    expect(code).toBe(1);
    expect(stderr).toContain('give it more memory (maxmemory)');
  });
});

/** Nothing of a process that has just ended. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Files `authority`, and `key` and `certificate` of localhost, which it has signed. */
function makeCertificates(folder: string): void {
  const openssl = (...words: readonly string[]) => {
    const { status, stderr } = spawnSync('openssl', words, { cwd: folder, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  };
  const key = (name: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', name];
  openssl(
    'req',
    '-x509',
    ...key('authority-key'),
    '-out',
    'authority',
    '-days',
    '2',
    '-subj',
    '/CN=authority',
  );
  openssl('req', ...key('key'), '-out', 'request', '-subj', '/CN=localhost');
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost');
  const signing = ['-CA', 'authority', '-CAkey', 'authority-key', '-CAcreateserial', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'request', ...signing, '-out', 'certificate', '-days', '2');
}
