/** Installs what a lock file names, by npm. */
import { UserError } from '../ground/index.js';
import { lastLines, type Outcome, runCommand } from './command.js';

/** Remedies, by the code of npm's error. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room, or name a folder on another one in EQPROP_CACHE',
  EDQUOT: 'your share of the disk is used up: make room, or name a folder on another one in EQPROP_CACHE',
  EROFS: 'the disk is read-only: name a folder on another one in EQPROP_CACHE',
  EACCES: "npm may not write: look at the folder's rights, and at those of 'npm config get cache'",
  E404: "npm's registry does not have it: 'npm config get registry' tells which one that is",
  ETARGET: "npm's registry does not have it: 'npm config get registry' tells which one that is",
  EINTEGRITY:
    "npm's registry sent something else than was asked for: 'npm config get registry' tells which it is",
};
const unreachable = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ENETUNREACH', 'EHOSTUNREACH'];
const offline = [...unreachable, 'ETIMEDOUT', 'ERR_SOCKET_TIMEOUT', 'ENOTCACHED'];
const MOST_LINES = 4;

/**
 * @param folder where package.json and package-lock.json lie
 * @param what the packages are, in errors
 * @throws `UserError` where npm is missing or fails
 */
export async function installPackages(folder: string, what: string): Promise<void> {
  // Stated, whatever the user's own settings are: the compiler is an optional package, warnings are looked at.
  const settings = ['--include=optional', '--loglevel=warn', '--ignore-scripts', '--no-audit', '--no-fund'];
  const outcome = await runCommand('npm', ['ci', ...settings], {
    cwd: folder,
    shell: process.platform === 'win32',
  });
  requireSuccess(outcome, what);
}

function requireSuccess({ status, missing, errors, output }: Outcome, what: string): void {
  if (missing)
    throw new UserError(`npm is not there to fetch ${what}`, 'it comes with Node: put it on the PATH');
  // npm only warns of files that it could not unpack.
  const unpacking = /TAR_ENTRY_ERROR (\S+?):? .*/.exec(errors);
  if (status === 0 && !unpacking) return;
  const [, code = unpacking?.[1] ?? ''] = /^npm (?:error|ERR!) code (\S+)/m.exec(errors) ?? [];
  const told = errors.split('\n').filter((line) => /^npm (error|ERR!) /.test(line));
  const lines = told.length > 0 ? told : [unpacking?.[0] ?? lastLines(errors || output, MOST_LINES)];
  throw new UserError(
    `npm could not fetch ${what}:\n${lines.slice(0, MOST_LINES).join('\n')}`,
    offline.includes(code)
      ? 'npm must reach its registry this once: is there a network, and a proxy that npm must be told?'
      : (remedies[code] ?? "try again; 'npm ping' tells whether npm works"),
  );
}
