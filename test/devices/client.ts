/** The plainest host there can be: frames made by hand, one at a time, nothing repeated. */
import type { Duplex } from 'node:stream';
import { cobsDecode, cobsEncode } from '#host/link/cobs';
import {
  crc32,
  HEADER,
  type MessageName,
  Messages,
  PROTOCOL,
  REPLY,
  type ReplyOf,
  type RequestOf,
  Signal,
  schemaHash,
  TRAILER,
} from '#host/wire/index';

export interface Answer {
  readonly type: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

const seedOf = (type: number) =>
  type % REPLY === Messages.hello.code || type === Signal.error ? 0 : schemaHash;

export function frame(type: number, session: number, sequence: number, payload: Uint8Array): Uint8Array {
  const bytes = Buffer.concat([Buffer.alloc(HEADER), payload, Buffer.alloc(TRAILER)]);
  bytes.writeUInt8(type, 0);
  bytes.writeUInt16LE(session, 1);
  bytes.writeUInt16LE(sequence, 3);
  const end = bytes.length - TRAILER;
  bytes.writeUInt32LE(crc32(bytes.subarray(0, end), seedOf(type)), end);
  return cobsEncode(bytes);
}

export class Client {
  sent = 0;
  received = 0;
  /** Lengths of the chunks that arrived. */
  readonly chunks: number[] = [];
  readonly session: number;
  readonly #stream: Duplex;
  #sequence = 0;
  #partial = Buffer.alloc(0);
  readonly #answers: Answer[] = [];
  #wanted: (() => void) | undefined;
  #error: Error | undefined;

  constructor(stream: Duplex, session = 77) {
    this.#stream = stream;
    this.session = session;
    stream.on('data', (bytes: Buffer) => this.#receive(bytes));
    stream.on('error', (error: Error) => {
      this.#error = error;
      this.#wanted?.();
    });
  }

  sendBytes(bytes: Uint8Array): void {
    this.sent += bytes.length;
    this.#stream.write(bytes);
  }

  /** The encoded frame of the next request. */
  next<N extends MessageName>(name: N, values: RequestOf<N>): Uint8Array {
    const message = Messages[name];
    const payload = (message.request.encode as (values: RequestOf<N>) => Uint8Array)(values);
    return frame(message.code, this.session, this.#sequence++, payload);
  }

  async hello(): Promise<ReplyOf<'hello'>> {
    const { session } = this;
    const payload = Messages.hello.request.encode({ schema: schemaHash, protocol: PROTOCOL, session });
    this.sendBytes(frame(Messages.hello.code, session, 0, payload));
    return Messages.hello.reply.decode((await this.answer()).payload);
  }

  async request<N extends MessageName>(name: N, values: RequestOf<N>): Promise<ReplyOf<N>> {
    this.sendBytes(this.next(name, values));
    const { type, payload } = await this.answer();
    if (type !== (Messages[name].code | REPLY)) throw new Error(`${name} was answered by type ${type}`);
    return Messages[name].reply.decode(payload) as ReplyOf<N>;
  }

  /** The next frame that is not an acknowledgement. */
  async answer(): Promise<Answer> {
    for (;;) {
      const found = this.#answers.shift();
      if (found && found.type !== Signal.acknowledge) return found;
      if (!found) {
        if (this.#error) throw this.#error;
        await new Promise<void>((resolve) => {
          this.#wanted = resolve;
        });
      }
    }
  }

  #receive(bytes: Buffer): void {
    this.received += bytes.length;
    this.chunks.push(bytes.length);
    this.#partial = Buffer.concat([this.#partial, bytes]);
    for (let end = this.#partial.indexOf(0); end >= 0; end = this.#partial.indexOf(0)) {
      const decoded = cobsDecode(this.#partial.subarray(0, end));
      this.#partial = this.#partial.subarray(end + 1);
      if (!decoded || decoded.length < HEADER + TRAILER) throw new Error('the device sent a damaged frame');
      const whole = Buffer.from(decoded);
      const check = whole.length - TRAILER;
      const type = whole.readUInt8(0);
      if (crc32(whole.subarray(0, check), seedOf(type)) !== whole.readUInt32LE(check))
        throw new Error('the device sent a frame with a wrong check');
      this.#answers.push({
        type,
        sequence: whole.readUInt16LE(3),
        payload: Uint8Array.from(whole.subarray(HEADER, check)),
      });
    }
    this.#wanted?.();
  }
}
