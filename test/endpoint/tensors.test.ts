/** Whole tensors in as many messages as they take, whatever the width of their elements. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Endpoint, LoudName, QuietName } from '#host/endpoint/endpoint';
import { EndpointTensors, loadParameters, readParameters, readStates } from '#host/endpoint/tensors';
import { integerArrays, type NetworkParameters, type Storage, stateBits, storages } from '#host/model/index';
import { MAX_PAYLOAD, MAX_REPLY, Messages, type ReplyOf, type RequestOf, Tensor } from '#host/wire/index';
import { chain } from '../reference/networks.js';

/** A device that stores what is written, and nothing more: bytes by tensor and index. */
class Store implements Endpoint {
  readonly #bytes = new Map<string, Uint8Array>();

  constructor(private readonly storage: Storage) {}

  #width(tensor: number): number {
    if (tensor === Tensor.biases) return 4;
    return tensor === Tensor.weights ? this.storage / 8 : stateBits(this.storage) / 8;
  }

  #of(tensor: number, index: number): Uint8Array {
    const key = `${tensor} ${index}`;
    const bytes = this.#bytes.get(key) ?? new Uint8Array(1 << 16);
    this.#bytes.set(key, bytes);
    return bytes;
  }

  async post<N extends QuietName>(name: N, values: RequestOf<N>): Promise<void> {
    const { tensor, index, offset, data } = values as RequestOf<'write'>;
    const payload = Messages.write.request.encode(values as RequestOf<'write'>);
    expect(name).toBe('write');
    expect(payload.length).toBeLessThanOrEqual(MAX_PAYLOAD);
    expect(data.length % this.#width(tensor)).toBe(0);
    this.#of(tensor, index).set(data, offset * this.#width(tensor));
  }

  async request<N extends LoudName>(_: N, values: RequestOf<N>): Promise<ReplyOf<N>> {
    if ('digest' in values) return { digest: values.digest } as ReplyOf<N>;
    const { tensor, index, offset, count } = values as RequestOf<'read'>;
    const width = this.#width(tensor);
    expect(count * width).toBeLessThanOrEqual(MAX_REPLY);
    return { data: this.#of(tensor, index).slice(offset * width, (offset + count) * width) } as ReplyOf<N>;
  }

  /** As a relaxation would. */
  settle(tensor: number, index: number, values: Int16Array | Int32Array): void {
    this.#of(tensor, index).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
}

const shapes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 4 });

/** Different values in every place, the least and the greatest among them. */
function filled<A extends Int8Array | Int16Array | Int32Array>(array: A, from: number): A {
  for (let i = 0; i < array.length; i++) array[i] = 0x9e37_79b1 * (i + from);
  return array;
}

describe.each(storages)('weights of %i bits', (storage) => {
  test('parameters come back as they were sent', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (sizes) => {
        const device = new Store(storage);
        const sent: NetworkParameters = {
          weights: sizes.slice(1).map((post, k) => filled(new integerArrays[storage](sizes[k] * post), k)),
          biases: sizes.slice(1).map((post, k) => filled(new Int32Array(post), 7 * k + 1)),
        };
        await loadParameters(device, sent, 0, 0n);
        expect(await readParameters(new EndpointTensors(device), chain(sizes), storage)).toEqual(sent);
      }),
      { numRuns: 30 },
    );
  });

  test('states have their own width', async () => {
    const States = integerArrays[stateBits(storage)];
    const device = new Store(storage);
    const units = 400;
    const states = filled(new States(3 * units), 5);
    for (let slot = 0; slot < 3; slot++)
      device.settle(Tensor.free, slot, states.subarray(slot * units, (slot + 1) * units));
    expect(await readStates(new EndpointTensors(device), 'free', 3, units, storage)).toEqual(states);
  });
});

test.each([-1, 1])('a device that sends %i bytes more than it was asked for is refused', async (more) => {
  const device = {
    post: () => Promise.resolve(),
    request: async (_: string, { count }: RequestOf<'read'>) => ({ data: new Uint8Array(2 * count + more) }),
  } as unknown as Endpoint;
  const range = { tensor: Tensor.weights, index: 0, count: 7, width: 2 };
  await expect(new EndpointTensors(device).read([range])).rejects.toThrow(
    expect.objectContaining({
      name: 'UserError',
      message: expect.stringContaining(`14 bytes of a tensor and sent ${14 + more}`),
    }),
  );
});
