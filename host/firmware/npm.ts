/** Installs what a lock file names, by npm. */
import { UserError } from '../errors.js';
import { lastLines, type Outcome, runCommand } from './command.js';

/** What to do, by npm's code of the error. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room, or name a folder on another disk in EQPROP_CACHE',
  EDQUOT: 'your share of the disk is used up: make room, or name a folder on another disk in EQPROP_CACHE',
  EACCES: "npm may not write: to the folder EQPROP_CACHE names, or to its own cache ('npm config get cache')",
  EROFS: 'the disk is read-only: name a folder on another one in EQPROP_CACHE',
  E404: "npm's registry does not have it: 'npm config get registry' tells which one that is",
  ETARGET: "npm's registry does not have it: 'npm config get registry' tells which one that is",
  EINTEGRITY: 'what came is not what was meant: try again, and trust the registry less if it stays so',
};
const unreachable = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ENETUNREACH', 'EHOSTUNREACH'];
const offline = [...unreachable, 'ETIMEDOUT', 'ERR_SOCKET_TIMEOUT', 'ENOTCACHED'];

/**
 * @param folder where package.json and package-lock.json lie
 * @param what the packages are, in errors
 * @throws `UserError` where npm is missing or fails
 */
export async function installPackages(folder: string, what: string): Promise<void> {
  // Whatever npm was told elsewhere: the compiler is an optional package, one for each kind of computer.
  const parameters = ['ci', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
  explain(await runCommand('npm', parameters, { cwd: folder, shell: process.platform === 'win32' }), what);
}

function explain({ status, missing, errors, output }: Outcome, what: string): void {
  if (status === 0) return;
  if (missing)
    throw new UserError(`npm is not there to fetch ${what}`, 'it comes with Node: put it on the PATH');
  const [, code = ''] = /^npm (?:error|ERR!) code (\S+)/m.exec(errors) ?? [];
  throw new UserError(
    `npm could not fetch ${what}:\n${lastLines(errors || output, 6)}`,
    offline.includes(code)
      ? 'npm must reach its registry this once: is there a network, and a proxy that npm must be told?'
      : (remedies[code] ?? "try again; 'npm ping' tells whether npm works"),
  );
}
