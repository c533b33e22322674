/**
 * A tape: the requests of some minibatches, so that kernels of all builds do the same work, with nobody beside them who
 * prepares it. First those that bring a kernel to the moment, then the minibatches'; the last one's reply, which tells the
 * digest of all weights, is there to compare.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Job } from '#host/kernel/twin-worker';
import { type MessageName, Messages, type RequestOf } from '#host/wire/schema';
import type { Requests } from '../ours/tensors.js';

export interface Tape {
  /** Examples that the minibatches have. */
  readonly samples: number;
  readonly before: readonly Job[];
  readonly minibatches: readonly Job[];
  /** The payload of the last one's reply. */
  readonly reply: Uint8Array;
}

/** A kernel that remembers what it was asked since the list was last emptied. */
export function recording(kernel: Requests, asked: Job[]): Requests {
  return {
    executeEncoded(code, payload) {
      asked.push({ code, payload: payload.slice() });
      return kernel.executeEncoded(code, payload);
    },
    execute<N extends MessageName>(name: N, request: RequestOf<N>) {
      const { code, request: layout } = Messages[name];
      asked.push({ code, payload: (layout.encode as (values: RequestOf<N>) => Uint8Array)(request).slice() });
      return kernel.execute(name, request);
    },
  };
}

/** Little-endian words: the samples, how many requests each part has, the reply's bytes; the reply; a request's code and bytes, and these. */
export function saveTape(path: string, { samples, before, minibatches, reply }: Tape): void {
  const head = words(samples, before.length, minibatches.length, reply.length);
  const requests = [...before, ...minibatches].flatMap(({ code, payload }) => [
    words(code, payload.length),
    payload,
  ]);
  writeFileSync(path, Buffer.concat([head, reply, ...requests]));
}

export function readTape(path: string): Tape {
  const bytes = readFileSync(path);
  let at = 0;
  const take = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const word = () => take(4).readUInt32LE();
  const [samples, first, second, length] = [word(), word(), word(), word()];
  const reply = take(length);
  const requests = (count: number) =>
    Array.from({ length: count }, () => {
      const code = word();
      return { code, payload: take(word()) };
    });
  return { samples, reply, before: requests(first), minibatches: requests(second) };
}

function words(...values: readonly number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer);
}
