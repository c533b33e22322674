/** Listens to all that asks the program to end, from the moment that this module is loaded. */
import inspector from 'node:inspector';
import { whyUnwritten } from '../write-error.js';
import { INTERRUPTED, interruption } from './interruption.js';
import { listenToStarter } from './starter.js';
import { terminal } from './terminal.js';

/** Those that would end the program unsaved; at SIGUSR1 Node would open its debugger on a port. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGBREAK'] as const;

for (const signal of SIGNALS) process.on(signal, (name) => interruption.signalled(name));

/** A debugger that nobody asked for on the command line: SIGUSR1 came before it was listened to. */
function refuseDebugger(): void {
  const isWanted = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((option) =>
    /inspect|require|import|-r/.test(option),
  );
  if (inspector.url() !== undefined && !isWanted) process.exit(INTERRUPTED);
}
refuseDebugger();
// One that is being opened is open when what was waiting has run.
setImmediate(refuseDebugger);

listenToStarter(() => interruption.lostStarter());

terminal.onLoss = ({ name, error, isReaderGone }) => {
  if (!isReaderGone) {
    terminal.complain(`error: ${name} could not be written: ${whyUnwritten(error)}`);
    process.exitCode ||= 1;
  }
  interruption.lostStream();
};

process.on('exit', () => terminal.clear());
