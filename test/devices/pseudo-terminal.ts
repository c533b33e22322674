import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Kernel } from '#host/kernel/index';

export const hasPython = spawnSync('python3', ['--version']).status === 0;

const RELAY = `
import os, pty, select, sys, termios, tty
IFLAG, OFLAG, LFLAG = 0, 1, 3
# Not in Python's module where they are not POSIX.
UNNAMED = {'iuclc': 0o1000}
# The device's rate: at another, nothing passes.
rate = getattr(termios, 'B' + sys.argv[1]) if sys.argv[1] != '0' else None
master, slave = pty.openpty()
tty.setraw(slave)
print(os.ttyname(slave), file=sys.stderr, flush=True)
flags = sys.argv[2:]
while True:
    for ready in select.select([0, master], [], [])[0]:
        data = os.read(ready, 65536)
        if not data: sys.exit()
        # Whoever opens the terminal sets it up: not before something comes from there.
        if ready == master and flags:
            modes = termios.tcgetattr(slave)
            for flag in flags:
                at = LFLAG if flag == 'iexten' else IFLAG if flag[0] == 'i' else OFLAG
                modes[at] |= UNNAMED.get(flag) or getattr(termios, flag.upper())
            termios.tcsetattr(slave, termios.TCSANOW, modes)
            flags = []
        if rate and termios.tcgetattr(slave)[5] != rate: continue
        out = 1 if ready == master else master
        while data: data = data[os.write(out, data):]
`;

export interface PseudoTerminal {
  readonly path: string;
  /** Sends what whoever opened the terminal reads; what is sent before may be lost. */
  write(bytes: string | Uint8Array): void;
  /** Takes the terminal away, as when a cable is pulled. */
  end(): Promise<void>;
}

/**
 * A terminal with a device behind it.
 * @param flags of its line discipline, which are on from the first byte to the device on, that one excepted
 * @param baud the device's rate (0: any will do)
 */
export function openPseudoTerminal(
  arena: number,
  window: number,
  flags: readonly string[] = [],
  baud = 0,
): Promise<PseudoTerminal> {
  const kernel = new Kernel(arena, window);
  return openTerminal((bytes, answer) => kernel.feed(bytes, answer), flags, baud);
}

/** A terminal with whatever hears what is written to it, nothing unless it is given. */
export async function openTerminal(
  hear: (bytes: Buffer, answer: (bytes: Uint8Array) => void) => void = () => undefined,
  flags: readonly string[] = [],
  baud = 0,
): Promise<PseudoTerminal> {
  const relay = spawn('python3', ['-c', RELAY, String(baud), ...flags], { stdio: 'pipe' });
  const write = (bytes: string | Uint8Array) => void relay.stdin.write(bytes);
  relay.stdout.on('data', (bytes: Buffer) => hear(bytes, write));
  relay.stdin.on('error', () => {});
  const lines = createInterface(relay.stderr);
  const path = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    relay.once('error', reject);
  });
  return { path, write, end: () => ended(relay) };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else {
      child.once('close', () => resolve());
      child.kill();
    }
  });
}
