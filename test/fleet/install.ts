/** Before all tests: the packages of the queue's engine, where there is a Redis to test them with. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hasRedis } from './redis.js';

const fleet = fileURLToPath(new URL('../../fleet', import.meta.url));

export function setup(): void {
  if (!hasRedis || existsSync(`${fleet}/node_modules/bullmq`)) return;
  const words = ['ci', '--prefix', fleet, '--no-audit', '--no-fund'];
  const { status, stderr } = spawnSync('npm', words, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm ${words.join(' ')} failed: ${stderr}`);
}
