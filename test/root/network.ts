/**
 * Computers on a network of their own: network namespaces, each with one link to the hub's, by which it reaches one address and
 * nothing else. The network of this computer has no part in it.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

/** The hub's address, by which the others reach it. */
export const HUB = '10.73.0.1';

export interface Computer {
  /** Words that run a program there. */
  readonly within: readonly string[];
  /** Pulls its plug, or puts it back. */
  setLink(state: 'up' | 'down'): void;
}

export interface Network {
  readonly hub: readonly string[];
  readonly computers: readonly Computer[];
  /** Takes all of it away. */
  remove(): void;
}

export function makeNetwork(size: number): Network {
  const name = `eqprop-${process.pid}-${randomUUID().slice(0, 8)}`;
  const made: string[] = [];
  const space = (part: string) => {
    const path = `${name}-${part}`;
    ip('netns', 'add', path);
    made.push(path);
    ip('-n', path, 'link', 'set', 'lo', 'up');
    return path;
  };
  const remove = () => {
    for (const path of made.splice(0)) spawnSync('ip', ['netns', 'delete', path]);
  };
  try {
    const hub = space('hub');
    const computers = Array.from({ length: size }, (_, n) => {
      const own = space(String(n));
      const [port, address] = [`port${n}`, `10.73.0.${n + 2}`];
      ip('-n', hub, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', own);
      ip('-n', hub, 'address', 'add', HUB, 'peer', address, 'dev', port);
      ip('-n', hub, 'link', 'set', port, 'up');
      ip('-n', own, 'address', 'add', address, 'peer', HUB, 'dev', 'eth0');
      const setLink = (state: 'up' | 'down') => ip('-n', own, 'link', 'set', 'eth0', state);
      setLink('up');
      return { within: within(own), setLink };
    });
    return { hub: within(hub), computers, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Means that such a network needs, and that are not here. */
export function lackingForNetwork(): string | undefined {
  if (process.getuid?.() !== 0) return 'root';
  if (spawnSync('ip', ['-V']).status !== 0) return 'ip, of iproute2';
  const name = `eqprop-${process.pid}-tried`;
  const made = spawnSync('ip', ['netns', 'add', name]);
  const entered = spawnSync('ip', ['netns', 'exec', name, 'true']);
  spawnSync('ip', ['netns', 'delete', name]);
  return made.status === 0 && entered.status === 0 ? undefined : 'the right to make network namespaces';
}

const within = (space: string) => ['ip', 'netns', 'exec', space];

function ip(...words: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${words.join(' ')}: ${stderr.trim()}`);
}
