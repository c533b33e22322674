/** Device and twin run every request; their replies must be equal bit for bit. */

import type { Endpoint, LoudName, QuietName } from '../endpoint/index.js';
import { DeviceError } from '../endpoint/index.js';
import { areEqual, UserError } from '../ground/index.js';
import type { Twin } from '../kernel/index.js';
import type { ErrorName, ReplyOf, RequestOf } from '../wire/index.js';

/** Device and twin disagree: a defect of one of them, or of the line between. */
export class VerificationError extends UserError {
  override readonly name = 'VerificationError';

  constructor(message: string, options?: ErrorOptions) {
    super(
      message,
      'the run stops here: what the device learnt since the last checkpoint cannot be trusted',
      options,
    );
  }
}

/** An endpoint that knows how many of its replies were found equal to a twin's. */
export interface CheckedEndpoint extends Endpoint {
  readonly checked: number;
}

/** Fields that may differ, whatever the twin: its memory is the host's. */
const ownFields: ReadonlySet<string> = new Set(['needed', 'arena', 'parts']);

/** Refusals that a device may give and the twin may not: its memory, its kinds and its sessions are its own. */
const ownRefusals: ReadonlySet<ErrorName | undefined> = new Set([
  'arenaTooSmall',
  'partLeftOut',
  'unknownSession',
  'fault',
] as const);

function text(value: unknown): string {
  return value instanceof Uint8Array ? `[${value.join(' ')}]` : String(value);
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return areEqual(a, b);
  return a === b;
}

/** The fields in which two replies differ, as text. */
function differences(device: object, twin: object, own: ReadonlySet<string>): readonly string[] {
  const other: Readonly<Record<string, unknown>> = { ...twin };
  return Object.entries(device)
    .filter(([field, value]) => !ownFields.has(field) && !own.has(field) && !isEqual(value, other[field]))
    .map(([field, value]) => `${field} is ${text(value)}, the twin has ${text(other[field])}`);
}

function refusedAlone(where: string, who: string, cause: Error): VerificationError {
  return new VerificationError(`${where}: ${who} refused: ${cause.message}`, { cause });
}

/** A twin asks for more than any network of its device needs. */
function shortOfMemory(cause: DeviceError): UserError {
  return new UserError(
    `this computer has too little memory for the twin: ${cause.message}`,
    'close other programs or tabs, choose a smaller network, or train without a twin (--verify off)',
    { cause },
  );
}

export class Lockstep implements CheckedEndpoint {
  #checked = 0;

  constructor(
    readonly device: Endpoint,
    readonly twin: Twin,
    /** Fields of replies that this twin cannot have equal. */
    private readonly own: ReadonlySet<string> = new Set(),
  ) {}

  /** Replies found equal. */
  get checked(): number {
    return this.#checked;
  }

  /**
   * Rejects with `VerificationError` where the replies differ, or only one of the two refuses; with `UserError` where the
   * twin's memory is short. Statistics are the device's alone: how much it worked and what its line did, of which a twin has
   * nothing equal.
   * @param onIssued called when both have been asked
   */
  async request<N extends LoudName>(
    name: N,
    values: RequestOf<N>,
    onIssued?: () => void,
  ): Promise<ReplyOf<N>> {
    if (name === 'statistics') {
      const reply = this.device.request(name, values);
      onIssued?.();
      return reply;
    }
    const both = [this.device.request(name, values), this.twin.request(name, values)] as const;
    onIssued?.();
    const [device, twin] = await Promise.allSettled(both);
    const where = 'step' in values ? `${name} ${values.step}` : name;
    if (device.status === 'rejected') {
      const { reason } = device;
      const differs = twin.status === 'fulfilled' && reason instanceof DeviceError;
      if (!differs || ownRefusals.has(reason.error)) throw reason;
      throw refusedAlone(where, 'the twin answered, the device', reason);
    }
    if (twin.status === 'rejected') {
      const { reason } = twin;
      if (reason instanceof DeviceError && reason.error === 'arenaTooSmall') throw shortOfMemory(reason);
      throw refusedAlone(where, 'the device answered, the twin', reason);
    }
    const found = differences(device.value, twin.value, this.own);
    if (found.length > 0) throw new VerificationError(`${where}: the device's ${found.join('; its ')}`);
    this.#checked++;
    return device.value;
  }

  async post<N extends QuietName>(name: N, values: RequestOf<N>): Promise<void> {
    await Promise.all([this.device.post(name, values), this.twin.post(name, values)]);
  }
}
