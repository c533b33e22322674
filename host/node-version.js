/**
 * The least Node that this package runs on, which package.json's "engines" names. Plain JavaScript that a Node too old
 * for the rest reads as well: each program asks here before it loads anything else.
 */
import { readFileSync } from 'node:fs';

/**
 * @param {URL} description this package's package.json
 * @param {string} [running] a version of Node (default: this one's)
 * @returns {string | undefined} what to tell the user, where that is too old
 */
export function nodeTooOld(description, running = process.versions.node) {
  /** @type {{ readonly engines: { readonly node: string } }} */
  const { engines } = JSON.parse(readFileSync(description, 'utf8'));
  const least = engines.node.replace(/^>=/, '');
  const [major, minor] = running.split('.').map(Number);
  const [leastMajor, leastMinor] = least.split('.').map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return `Node ${running} is too old: version ${least} or newer is needed`;
}
