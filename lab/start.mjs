/**
 * Builds the laboratory and serves it on this computer; `--build` leaves the serving out. Installs the packages of its own lock
 * file where they are not there.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packBoards } from './pack-boards.mjs';
import { packMnist } from './pack-mnist.mjs';

const lab = dirname(fileURLToPath(import.meta.url));
const say = (text) => process.stderr.write(`eqprop: ${text}\n`);

/** True too where it is not there. */
const isOlder = (made, source) => !existsSync(made) || statSync(made).mtimeMs < statSync(source).mtimeMs;

/** npm writes what it has installed. */
const installed = join(lab, 'node_modules', '.package-lock.json');
if (isOlder(installed, join(lab, 'package-lock.json'))) {
  say('installing the laboratory’s packages (about 100 MB)');
  const { status } = spawnSync(
    'npm',
    ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'],
    {
      cwd: lab,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    },
  );
  if (status !== 0) {
    say('npm could not install them: its message is above');
    process.exit(1);
  }
}

const mnist = join(lab, 'data', 'mnist.bin');
if (isOlder(mnist, join(lab, 'pack-mnist.mjs'))) packMnist(mnist);
await packBoards(join(lab, 'data', 'boards'), say);

const { build, preview } = await import('vite');
const configFile = join(lab, 'vite.config.ts');
await build({ configFile, logLevel: 'error' });
if (process.argv.includes('--build')) {
  say(`the laboratory is in ${join('lab', 'dist')}: any web server can carry it`);
} else {
  const server = await preview({ configFile });
  say(`the laboratory: ${server.resolvedUrls.local[0]} (Ctrl-C ends it)`);
}
