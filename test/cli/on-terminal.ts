/** The program on a pseudo-terminal, as a person has it. */
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { MAIN } from './command.js';

/** Runs a command on a terminal of so many columns; its input is keys to type, its end the terminal's. */
const RELAY = `
import fcntl, os, pty, select, struct, sys, termios
reading, writing = os.pipe()
pid, terminal = pty.fork()
if pid == 0:
    os.read(reading, 1)
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, int(sys.argv[1]), 0, 0))
os.write(writing, b'.')
def end():
    os.close(terminal)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
while True:
    for ready in select.select([0, terminal], [], [])[0]:
        try: data = os.read(ready, 65536)
        except OSError: end()
        if not data: end()
        os.write(1 if ready == terminal else terminal, data)
`;

export interface OnTerminal {
  /** Resolves when the terminal has been sent this text. */
  shows(text: string): Promise<void>;
  type(keys: string): void;
  /** The window is closed. */
  close(): void;
  /** The exit status, negative for a signal, and all that the terminal was sent. */
  readonly ended: Promise<{ readonly code: number | null; readonly sent: string }>;
}

export function startOnTerminal(
  columns: number,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): OnTerminal {
  const command = [process.execPath, MAIN, ...args];
  const relay = spawn('python3', ['-c', RELAY, String(columns), ...command], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1', TERM: 'xterm', ...environment },
  });
  let sent = '';
  let check: () => void = () => undefined;
  relay.stdout.on('data', (bytes) => {
    sent += bytes;
    check();
  });
  relay.stdin.on('error', () => undefined);
  const ended = new Promise<{ code: number | null; sent: string }>((resolve, reject) => {
    relay.on('error', reject);
    relay.on('close', (code) => resolve({ code, sent }));
  });
  return {
    ended,
    shows: (text) =>
      new Promise((resolve, reject) => {
        check = () => {
          if (sent.includes(text)) resolve();
        };
        check();
        ended.then(() => reject(new Error(`the program ended without '${text}': ${sent}`)));
      }),
    type: (keys) => relay.stdin.write(keys),
    close: () => relay.stdin.end(),
  };
}

/** The screen in the end: each line as it was drawn last. */
export function rowsOf(sent: string): readonly string[] {
  return sent.split('\r\n').map((line) => stripVTControlCharacters(line.split('\r\x1b[K').at(-1) ?? ''));
}
