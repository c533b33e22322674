/** Which device, and how to reach it. */
import { type Command, InvalidArgumentError } from 'commander';
import { DEFAULT_BAUD_RATE } from '../devices/index.js';
import { isDuration, SECONDS_RANGE } from '../ground/index.js';
import type { DeviceChoice } from '../runs/index.js';
import { announceBuild } from './build-events.js';
import type { OutputFlags } from './output.js';

/** NaN where the text is no number; JavaScript takes an empty one for 0. */
export function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = numberIn(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      const range = most === Number.MAX_SAFE_INTEGER ? `${least} on` : `${least} to ${most}`;
      throw new InvalidArgumentError(`a whole number from ${range} is needed`);
    }
    return value;
  };
}

export function positiveNumber(text: string): number {
  const value = numberIn(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('a number above 0 is needed');
  return value;
}

export function seconds(text: string): number {
  const value = numberIn(text);
  if (!isDuration(1000 * value)) throw new InvalidArgumentError(`${SECONDS_RANGE}, are needed`);
  return value;
}

export function addDeviceFlags(command: Command): Command {
  return command
    .optionsGroup('Device:')
    .option(
      '--device <device>',
      "simulated, native (a program of this computer, Linux alone), a board's name for its emulator (pico, by its USB pico:usb; eqprop boards lists them), a serial port's path, or tcp://host:port",
      'simulated',
    )
    .option(
      '--baud <rate>',
      `speed of the line (default: a port's is found; ${DEFAULT_BAUD_RATE} where it is paced)`,
      wholeNumber(1),
    )
    .option('--paced', 'simulated: no faster than the line would be; tcp://: than the line behind it is')
    .option(
      '--arena <bytes>',
      'simulated, native: memory for the network; it takes more than a board does (eqprop plan), keeping weights twice but those from the input',
      wholeNumber(1),
    )
    .option('--window <bytes>', 'simulated: receive buffer', wholeNumber(256))
    .option('--threads <n>', 'simulated: threads that the kernel runs on', wholeNumber(1))
    .option('--patience <seconds>', 'silence after which the device is given up', seconds, 30)
    .optionsGroup('Options:');
}

export interface DeviceFlags {
  readonly device: string;
  readonly baud?: number;
  readonly paced?: boolean;
  readonly arena?: number;
  readonly window?: number;
  readonly threads?: number;
  readonly patience: number;
}

export function deviceOf(flags: DeviceFlags & OutputFlags): DeviceChoice {
  const { device, baud, paced, arena, window, threads, patience, quiet, json } = flags;
  return {
    device,
    patience: patience * 1000,
    events: announceBuild(quiet || json),
    options: {
      ...(baud !== undefined && { baudRate: baud }),
      ...(paced && { paced }),
      ...(arena !== undefined && { arena }),
      ...(window !== undefined && { window }),
      ...(threads !== undefined && { threads }),
    },
  };
}
