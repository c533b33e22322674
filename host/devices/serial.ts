import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../ground/index.js';
import type { BindingInterface } from './contract.js';
import { DeviceStream } from './device-stream.js';
import { type DeviceLine, lineOver } from './line.js';
import { listPorts } from './ports.js';
import { TRIED_RATES } from './rates.js';
import { loadSerialPort } from './serialport.js';
import { watchSignOfLife } from './sign-of-life.js';

/**
 * A line over a serial port. Opening it resets many boards through DTR; they are up when they answer.
 * Rejects with `UserError` when the port cannot be opened.
 */
export async function openSerial(path: string, baudRate: number): Promise<DeviceLine> {
  return lineOver(path, await openPort(path, baudRate), 'port');
}

/** The same where the rate is to be found: the line can be set to another. */
export async function findableSerial(path: string): Promise<DeviceLine> {
  const stream = await openAtFirst(path, TRIED_RATES);
  const set = (baudRate: number) =>
    new Promise<void>((resolve, reject) => {
      stream.update({ baudRate }, (cause) => {
        if (cause) explainOpening(path, baudRate, cause).then(reject, reject);
        else resolve();
      });
    });
  return { ...lineOver(path, stream, 'port'), rates: { tried: TRIED_RATES, set } };
}

/** Opens a port at the first of these rates that it can have. */
async function openAtFirst(path: string, [baudRate, ...others]: readonly number[]): Promise<PortStream> {
  try {
    return await openPort(path, baudRate);
  } catch (error) {
    if (others.length === 0 || !(error instanceof UnfitRate)) throw error;
    return openAtFirst(path, others);
  }
}

type PortStream = DeviceStream<BindingInterface>;

async function openPort(path: string, baudRate: number): Promise<PortStream> {
  const { SerialPort } = await loadSerialPort();
  const stream: PortStream = new DeviceStream(
    { binding: SerialPort.binding, path, baudRate },
    (cause) =>
      new UserError(`the port ${path} disconnected`, 'was the device unplugged or reset?', { cause }),
  );
  try {
    await stream.opened();
    await watchSignOfLife(stream);
  } catch (cause) {
    throw await explainOpening(path, baudRate, cause instanceof Error ? cause : new Error(String(cause)));
  }
  return stream;
}

/** The port cannot have a rate, and perhaps another one. */
class UnfitRate extends UserError {}

/** Explains to a user why a port does not open; the native binding's message is all there is to tell by. */
export async function explainOpening(path: string, baudRate: number, cause: Error): Promise<UserError> {
  const explain = (message: string, hint?: string) => new UserError(message, hint, { cause });
  const { message } = cause;
  if (/no such file|file not found|not a directory/i.test(message))
    return explain(`there is no port ${path}`, await portsThereAre());
  if (/no such device/i.test(message))
    return explain(`there is no device behind ${path}`, await portsThereAre());
  if (/inappropriate ioctl|is a directory|not a typewriter/i.test(message))
    return explain(`${path} is not a serial port`, await portsThereAre());
  if (/permission denied|not permitted/i.test(message)) {
    const group = (await groupOwning(path)) ?? 'dialout';
    return explain(
      `you may not read and write ${path}`,
      `it belongs to the group ${group}: 'sudo usermod -aG ${group} $USER', then log in again`,
    );
  }
  // Windows says "access denied" of a port that another program has.
  if (/lock|busy|temporarily unavailable|access denied/i.test(message))
    return explain(`${path} is in use`, 'close the other program that has it open, a serial monitor perhaps');
  if (/baud rate/i.test(message))
    return new UnfitRate(`${path} cannot run at ${baudRate} baud`, 'choose a common rate, such as 115200', {
      cause,
    });
  return explain(`${path} could not be opened: ${message}`);
}

async function portsThereAre(): Promise<string> {
  const ports = await listPorts().catch(() => []);
  return ports.length === 0
    ? 'no serial port was found: is the device plugged in?'
    : `the ports there are: ${ports.map(({ path }) => path).join(', ')}`;
}

/** The name of the group a file belongs to, where there are groups. */
async function groupOwning(path: string): Promise<string | undefined> {
  try {
    const { gid } = await stat(path);
    const groups = await readFile('/etc/group', 'utf8');
    return groups
      .split('\n')
      .map((line) => line.split(':'))
      .find(([, , id]) => id === String(gid))?.[0];
  } catch {
    return undefined;
  }
}
