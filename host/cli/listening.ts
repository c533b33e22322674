/** Listens to all that asks the program to end, from the moment that this module is loaded. */
import { closeSync } from 'node:fs';
import inspector from 'node:inspector';
import { isatty } from 'node:tty';
import { whyUnwritten } from '../files/index.js';
import { INTERRUPTED, interruption } from './interruption.js';
import { listenToStarter } from './starter.js';
import { terminal } from './terminal.js';

/** Those that would end the program unsaved; at SIGUSR1 Node would open its debugger on a port. */
const SIGNALS: readonly NodeJS.Signals[] = [
  ...(['SIGINT', 'SIGTERM', 'SIGHUP'] as const),
  ...(process.platform === 'win32' ? (['SIGBREAK'] as const) : (['SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)),
];

let isTerminalGone = false;
/** Standard streams that were terminals when there was one: closing any other would pull it away from what still uses it. */
const onTerminal = [0, 1, 2].filter((file) => isatty(file));

for (const signal of SIGNALS) process.on(signal, hear);

/** Signals of this turn of the event loop: those that were pending together come in any order. */
let heard: NodeJS.Signals[] = [];

function hear(signal: NodeJS.Signals): void {
  if (signal === 'SIGHUP') isTerminalGone = true;
  if (heard.push(signal) === 1) setImmediate(tell);
}

/** A terminal that closes is the cause of what else it sends. */
function tell(): void {
  const signals = heard;
  heard = [];
  for (const signal of [...signals].sort((a, b) => Number(b === 'SIGHUP') - Number(a === 'SIGHUP')))
    interruption.signalled(signal);
}

/** A debugger that nobody asked for on the command line: SIGUSR1 came before it was listened to. */
function refuseDebugger(): void {
  const isWanted = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((option) =>
    /--(inspect|require|import)|(^|\s)-r/.test(option),
  );
  if (inspector.url() !== undefined && !isWanted) process.exit(INTERRUPTED);
}
refuseDebugger();
// One that is being opened is open when what was waiting has run.
setImmediate(refuseDebugger);

listenToStarter(() => interruption.lostStarter());

terminal.onLoss = ({ name, error, isReaderGone }) => {
  if (isReaderGone && error.code === 'EIO') isTerminalGone = true;
  if (!isReaderGone) {
    terminal.complain(`error: ${name} could not be written: ${whyUnwritten(error)}`);
    process.exitCode ||= 1;
  }
  interruption.lostStream();
};

process.on('exit', () => {
  terminal.clear();
  if (!isTerminalGone) return;
  // At its end Node sets its terminals as they were, and aborts where one is none any more.
  for (const file of onTerminal) {
    try {
      closeSync(file);
    } catch {
      // It was closed.
    }
  }
});
