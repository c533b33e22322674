/** Device and twin run every request; their replies must be equal bit for bit. */
import { UserError } from '../errors.js';
import type { Twin } from '../kernel/twin.js';
import type { Endpoint, LoudName, QuietName } from '../link/endpoint.js';
import type { ReplyOf, RequestOf } from '../link/schema.js';

/** Device and twin disagree: a defect of one of them, or of the line between. */
export class VerificationError extends UserError {
  override readonly name = 'VerificationError';

  constructor(message: string) {
    super(message, 'the run stops here: what the device learnt since the last checkpoint cannot be trusted');
  }
}

/** Fields that may differ: the twin's memory is the host's. */
const ownFields: ReadonlySet<string> = new Set(['needed', 'arena']);

function text(value: unknown): string {
  return value instanceof Uint8Array ? `[${value.join(' ')}]` : String(value);
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  return a === b;
}

/** The fields in which two replies differ, as text. */
function differences(device: object, twin: object): readonly string[] {
  const other: Readonly<Record<string, unknown>> = { ...twin };
  return Object.entries(device)
    .filter(([field, value]) => !ownFields.has(field) && !isEqual(value, other[field]))
    .map(([field, value]) => `${field} is ${text(value)}, the twin has ${text(other[field])}`);
}

export class Lockstep implements Endpoint {
  #checked = 0;

  constructor(
    readonly device: Endpoint,
    readonly twin: Twin,
  ) {}

  /** Replies found equal. */
  get checked(): number {
    return this.#checked;
  }

  /** Rejects with `VerificationError` where the replies differ. */
  async request<N extends LoudName>(name: N, values: RequestOf<N>): Promise<ReplyOf<N>> {
    const [device, twin] = await Promise.allSettled([
      this.device.request(name, values),
      this.twin.request(name, values),
    ]);
    const where = 'step' in values ? `${name} ${values.step}` : name;
    if (device.status === 'rejected') throw device.reason;
    if (twin.status === 'rejected')
      throw new VerificationError(`${where}: the device answered, the twin refused: ${twin.reason}`);
    const found = differences(device.value, twin.value);
    if (found.length > 0) throw new VerificationError(`${where}: the device's ${found.join('; its ')}`);
    this.#checked++;
    return device.value;
  }

  async post<N extends QuietName>(name: N, values: RequestOf<N>): Promise<void> {
    await Promise.all([this.device.post(name, values), this.twin.post(name, values)]);
  }
}
