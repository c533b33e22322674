/** Opens a line to whatever answers it: a simulated device, an address, or a port. */
import { distance } from 'fastest-levenshtein';
import { UserError } from '../ground/index.js';
import { MAX_THREADS } from '../kernel/index.js';
import { BITS_PER_BYTE } from '../link/index.js';
import { DEFAULT_BAUD_RATE, type DeviceLine, type DeviceOptions } from './line.js';
import { findableSerial, openSerial } from './serial.js';
import { openSimulated } from './simulated.js';
import { openTcp } from './tcp.js';

const SIMULATED = 'simulated';
const FORMS = `'${SIMULATED}', tcp://host:port, or the path of a serial port`;

/**
 * @param spec 'simulated', 'tcp://host:port' (IPv6 in brackets), or a port's path
 * @throws `UserError` when the spec or an option makes no sense, or the device cannot be reached
 */
export async function openDevice(spec: string, options: DeviceOptions): Promise<DeviceLine> {
  checkOptions(options);
  const { baudRate = DEFAULT_BAUD_RATE, paced = false } = options;
  const bytesPerSecond = baudRate / BITS_PER_BYTE;
  const timed = (line: DeviceLine, isTimed: boolean) => (isTimed ? { ...line, bytesPerSecond } : line);
  if (spec === SIMULATED) return timed(await openSimulated(options), paced);
  const isAddress = spec.startsWith('tcp:');
  if (!isAddress) checkPath(spec);
  refuseSimulatedOptions(spec, options);
  if (isAddress) return timed(await openTcp(spec), paced);
  if (options.baudRate === undefined) return findableSerial(spec);
  return timed(await openSerial(spec, baudRate), true);
}

function checkOptions({ baudRate, arena, window, threads, chunkSeed }: DeviceOptions): void {
  checkInteger('the baud rate', baudRate, 1);
  checkInteger('the simulated arena', arena, 1);
  checkInteger('the simulated window', window, 1);
  checkInteger('the number of threads', threads, 1, MAX_THREADS);
  checkInteger('the chunk seed', chunkSeed, 0);
}

function checkInteger(what: string, value: number | undefined, least: number, most = 0xffff_ffff): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new UserError(`${what} is ${value}`, `choose a whole number between ${least} and ${most}`);
}

/**
 * Any other device has its own memory.
 * @throws `UserError` where `options` choose what a simulated device alone lets be chosen
 */
export function refuseSimulatedOptions(spec: string, options: DeviceOptions): void {
  const given = (['arena', 'window', 'threads'] as const).filter((name) => options[name] !== undefined);
  if (given.length > 0)
    throw new UserError(
      `${given.join(' and ')} cannot be chosen for ${spec}`,
      `leave ${given.map((name) => `--${name}`).join(' and ')} out, or use --device ${SIMULATED}`,
    );
}

/** Refuses what is meant to be something else than a port's path. */
function checkPath(spec: string): void {
  const unknown = `there is no device '${spec}'`;
  if (spec === '' || /^[a-z][a-z0-9+.-]+:\/\//i.test(spec))
    throw new UserError(unknown, `a device is ${FORMS}`);
  if (/^[^/\\]+:\d+$/.test(spec)) throw new UserError(unknown, `did you mean tcp://${spec}?`);
  const word = spec.toLowerCase();
  if (SIMULATED.startsWith(word) || distance(word, SIMULATED) <= 3)
    throw new UserError(unknown, `did you mean '${SIMULATED}'?`);
}
