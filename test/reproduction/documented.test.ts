/** Digests in docs/reproduction are those that its commands come to, on the simulated device. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { eqpropHere } from '../cli/in-process.js';
import { temporaryFolder } from '../runs/small-data.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/reproduction/README.md'), 'utf8');
const place = temporaryFolder();
afterAll(() => place.remove());
for (const [, name, recipe] of page.matchAll(/^`(\w+\.toml)`:\n\n```toml\n([\s\S]*?)```$/gm))
  writeFileSync(join(place.path, name), recipe);

/** A command with the comment above it, its lines put together. */
const commands = [
  ...page
    .replaceAll(/\\\n\s*/g, '')
    .matchAll(/^# (.+): digest ([\da-f]{16})\nnpx eqprop verify --device pico (.+)$/gm),
].map(([, what, digest, flags]) => ({ what, digest, flags: flags.split(' ') }));

test('the page has commands with digests', () => {
  expect(commands.map(({ what }) => what)).toEqual([
    'untied weights',
    'rates of change',
    'noise',
    'an input that is pulled',
    'weights that decay by L1',
    'a lateral connection, outputs clamped',
  ]);
});

test.each(commands)('$what', async ({ digest, flags }) => {
  const here = flags.map((flag) => (flag.endsWith('.toml') ? join(place.path, flag) : flag));
  const { code, stdout } = await eqpropHere('verify', ...here);
  expect(code).toBe(0);
  expect(stdout).toContain(`digest ${digest}`);
});
