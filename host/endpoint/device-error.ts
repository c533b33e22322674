import { UserError } from '../ground/index.js';
import {
  type ErrorName,
  ErrorPayload,
  Errors,
  Fault,
  Messages,
  Parameter,
  partOf,
  partsIn,
} from '../wire/index.js';

const hints: Partial<Record<ErrorName, string>> = {
  schemaMismatch:
    'build the firmware and the host from the same version: eqprop flash <board> puts this one on the board',
  arenaTooSmall:
    'choose a smaller network or minibatch (eqprop plan <board> tells what fits), or a device with more memory',
  partLeftOut:
    'eqprop flash <board> leaves none out; with --network or --preset it keeps those that the network needs',
  noWeights: 'initialise the network, or load a checkpoint',
  unknownSession: 'connect again',
  fault: "the firmware's map tells what lies there",
};

function hintFor(error: ErrorName, value: number): string | undefined {
  if (error === 'fault' && value === Fault.stackOverflow)
    return 'give it more stack and build it again: for a board, ram.stack in its board.toml';
  return hints[error];
}

function nameOf(number: number, names: Readonly<Record<string, number>>): string {
  return Object.entries(names).find(([, known]) => known === number)?.[0] ?? `number ${number}`;
}

/** How the numbers of an error read where they are not plain ones. */
function valueText(error: string, value: number): string {
  if (error === 'partLeftOut') return partOf(value);
  return error === 'fault' ? nameOf(value, Fault) : String(value);
}

function limitText(error: string, limit: number): string {
  return error === 'partLeftOut' ? partsIn(limit).join(', ') || 'none' : String(limit);
}

function placeText(error: string, place: number): string {
  if (error === 'badParameter') return nameOf(place, Parameter);
  return error === 'fault' ? `0x${place.toString(16).padStart(8, '0')}` : String(place);
}

/** A request that the device refused, and why. */
export class DeviceError extends UserError {
  override readonly name = 'DeviceError';

  constructor(
    readonly error: ErrorName | undefined,
    readonly value: number,
    readonly limit: number,
    readonly place: number,
    /** The message's name; empty where the error answers none. */
    readonly request: string,
    message: string,
  ) {
    super(request ? `${request}: ${message}` : message, error && hintFor(error, value));
  }

  /** @param code the request's type where the error itself does not say it */
  static decode(payload: Uint8Array, code?: number): DeviceError {
    const { value, limit, place, code: number, request } = ErrorPayload.decode(payload, 'an error');
    const type = code ?? request;
    const known = Object.entries(Messages).find(([, m]) => m.code === type);
    const requestName = known?.[0] ?? (type === 0 ? '' : `message ${type}`);
    const found = Object.entries(Errors).find(([, [known]]) => known === number);
    if (!found) {
      const text = `unknown error ${number} (${value}, ${limit}, ${place})`;
      return new DeviceError(undefined, value, limit, place, requestName, text);
    }
    const [name, [, template]] = found;
    const text = template
      .replace('{value}', valueText(name, value))
      .replace('{limit}', limitText(name, limit))
      .replace('{place}', placeText(name, place));
    return new DeviceError(name as ErrorName, value, limit, place, requestName, text);
  }
}
