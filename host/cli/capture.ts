import type { Command } from 'commander';
import { type CaptureCounts, type Captured, type CaptureOptions, capture } from '../capture/index.js';
import { DEFAULT_BAUD_RATE } from '../devices/index.js';
import { UserError } from '../ground/index.js';
import { CaptureDisplay } from './capture-display.js';
import { seconds, wholeNumber } from './device-flags.js';
import { interruptedStatus, interruptible } from './interruption.js';
import { modeOf } from './output.js';

interface CaptureFlags {
  readonly port: string;
  readonly baud: number;
  readonly label: string;
  readonly group?: string;
  readonly window: number;
  readonly stride?: number;
  readonly out: string;
  readonly rows?: number;
  readonly seconds?: number;
  readonly json?: true;
}

export function addCapture(program: Command): void {
  program
    .command('capture')
    .description("read a sensor's lines from a port, and append windows of them to a CSV file to train on")
    .requiredOption('--port <port>', "a serial port's path (eqprop ports lists them), or tcp://host:port")
    .requiredOption('--label <class>', 'what is being done: the class of these rows')
    .requiredOption('--window <lines>', 'lines of a row', wholeNumber(1))
    .option(
      '--stride <lines>',
      "lines from a row's begin to the next one's (default: the window's)",
      wholeNumber(1),
    )
    .requiredOption('--out <file>', 'CSV file that rows are appended to')
    .option('--group <name>', 'who or which session it is, in a column of its own')
    .option('--baud <rate>', 'speed of the line', wholeNumber(1), DEFAULT_BAUD_RATE)
    .option('--rows <n>', 'end after so many rows (default: Ctrl-C ends it)', wholeNumber(1))
    .option('--seconds <seconds>', 'end after so long', seconds)
    .option('--json', 'one JSON object a line on standard output')
    .action(captureRows);
}

async function captureRows(flags: CaptureFlags): Promise<void> {
  const { port, baud, label, group, window, stride = window, out, rows } = flags;
  const options: CaptureOptions = {
    ...{ port, baudRate: baud, label, window, stride, out },
    ...(group !== undefined && { group }),
    ...(rows !== undefined && { rows }),
    ...(flags.seconds !== undefined && { duration: 1000 * flags.seconds }),
  };
  const display = new CaptureDisplay(modeOf(flags), options);
  const work = (signal: AbortSignal, started: () => void): Promise<Captured> => {
    display.onListening = started;
    return capture(options, display, signal);
  };
  const captured = await interruptible(() => undefined, work).finally(() => display.stop());
  display.conclude(captured);
  conclude(captured, rows !== undefined || flags.seconds !== undefined);
}

/** @param hasEnd false where nothing but an interruption ends it, which is then no failure */
function conclude({ ending, ...counts }: Captured, hasEnd: boolean): void {
  if (ending instanceof UserError) throw ending;
  if (ending === 'interrupted' && hasEnd) process.exitCode = interruptedStatus();
  else if (counts.rows === 0) throw noRows(counts);
}

function noRows({ lines }: CaptureCounts): UserError {
  return new UserError(
    'nothing was captured: no window was filled',
    lines === 0
      ? 'does the sketch print numbers, as 1.2,-0.3,9.8 a line, and at this --baud?'
      : 'capture longer, or windows of fewer lines',
  );
}
