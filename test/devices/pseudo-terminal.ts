import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Kernel } from '#host/kernel/kernel';

export const hasPython = spawnSync('python3', ['--version']).status === 0;

const RELAY = `
import os, pty, select, sys, tty
master, slave = pty.openpty()
tty.setraw(slave)
print(os.ttyname(slave), file=sys.stderr, flush=True)
while True:
    for ready in select.select([0, master], [], [])[0]:
        data = os.read(ready, 65536)
        if not data: sys.exit()
        out = 1 if ready == master else master
        while data: data = data[os.write(out, data):]
`;

export interface PseudoTerminal {
  readonly path: string;
  /** Takes the terminal away, as when a cable is pulled. */
  end(): Promise<void>;
}

/** A terminal with a device behind it. */
export async function openPseudoTerminal(arena: number, window: number): Promise<PseudoTerminal> {
  const relay = spawn('python3', ['-c', RELAY], { stdio: 'pipe' });
  const kernel = new Kernel(arena, window);
  relay.stdout.on('data', (bytes: Buffer) => kernel.feed(bytes, (answer) => relay.stdin.write(answer)));
  relay.stdin.on('error', () => {});
  const lines = createInterface(relay.stderr);
  const path = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    relay.once('error', reject);
  });
  return { path, end: () => ended(relay) };
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
