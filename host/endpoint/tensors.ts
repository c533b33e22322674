/** Whole tensors over an endpoint, in as many messages as they take. */
import { bytesOf, integerArrays, type Storage, stateBits, UserError } from '../ground/index.js';
import type { Graph, NetworkParameters, StateArray, WeightArray } from '../model/index.js';
import { MAX_PAYLOAD, MAX_REPLY, Messages, type RequestOf, Tensor } from '../wire/index.js';
import type { Endpoint } from './endpoint.js';

/** A whole tensor to read: `count` elements of `width` bytes. */
export interface TensorRange {
  /** One of `Tensor`. */
  readonly tensor: number;
  /** Index of a connection, a layer or a slot. */
  readonly index: number;
  readonly count: number;
  readonly width: number;
}

/** Whatever can be asked for tensors: a twin, or a device. */
export interface Tensors {
  /** The bytes of whole tensors, one after the other, as they are after every request given before. */
  read(ranges: readonly TensorRange[]): Promise<Uint8Array<ArrayBuffer>>;
}

/** Bytes of a tensor that one WRITE carries. */
const WRITE_BYTES = (MAX_PAYLOAD - Messages.write.request.size) & ~3;

/** READ requests for a whole range, in order. */
export function readRequests({ tensor, index, count, width }: TensorRange) {
  const step = MAX_REPLY / width;
  return Array.from({ length: Math.ceil(count / step) }, (_, n) => ({
    offset: n * step,
    index,
    count: Math.min(step, count - n * step),
    tensor,
    padding: 0,
  }));
}

/** The tensors of whatever answers requests. Rejects with `UserError` where it sends other lengths than it was asked for. */
export class EndpointTensors implements Tensors {
  constructor(private readonly endpoint: Endpoint) {}

  async read(ranges: readonly TensorRange[]): Promise<Uint8Array<ArrayBuffer>> {
    const parts = await Promise.all(
      ranges.flatMap((range) => readRequests(range).map((values) => this.#part(values, range.width))),
    );
    const bytes = new Uint8Array(ranges.reduce((sum, { count, width }) => sum + count * width, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  async #part(values: RequestOf<'read'>, width: number): Promise<Uint8Array> {
    const { data } = await this.endpoint.request('read', values);
    const wanted = values.count * width;
    if (data.length !== wanted)
      throw new UserError(`the device was asked for ${wanted} bytes of a tensor and sent ${data.length}`);
    return data;
  }
}

/** WRITE requests for a whole tensor, in order. */
function writeRequests(tensor: number, index: number, values: WeightArray): readonly RequestOf<'write'>[] {
  const bytes = bytesOf(values);
  return Array.from({ length: Math.ceil(bytes.length / WRITE_BYTES) }, (_, n) => {
    const at = n * WRITE_BYTES;
    const data = bytes.subarray(at, at + WRITE_BYTES);
    return { offset: at / values.BYTES_PER_ELEMENT, index, tensor, padding: 0, data };
  });
}

/** Resolves when all of it is on its way. A refusal rejects the next request. */
export async function writeTensor(
  endpoint: Endpoint,
  tensor: number,
  index: number,
  values: WeightArray,
): Promise<void> {
  for (const request of writeRequests(tensor, index, values)) await endpoint.post('write', request);
}

/** WRITE requests for all parameters, in order: LOAD comes after them. */
export function parameterRequests({ weights, biases }: NetworkParameters): readonly RequestOf<'write'>[] {
  return [
    ...weights.flatMap((matrix, k) => writeRequests(Tensor.weights, k, matrix)),
    ...biases.flatMap((vector, k) => writeRequests(Tensor.biases, k + 1, vector)),
  ];
}

/** Sends parameters of which `digest` is known, and sets the step. */
export async function loadParameters(
  endpoint: Endpoint,
  parameters: NetworkParameters,
  step: number,
  digest: bigint,
): Promise<void> {
  for (const request of parameterRequests(parameters)) await endpoint.post('write', request);
  await endpoint.request('load', { digest, step });
}

/** The parameters of a network. */
export async function readParameters(
  tensors: Tensors,
  { layers, connections }: Pick<Graph, 'layers' | 'connections'>,
  storage: Storage,
): Promise<NetworkParameters> {
  const Weights = integerArrays[storage];
  const matrices = connections.map(({ weights }, k) => ({
    tensor: Tensor.weights,
    index: k,
    count: weights,
    width: Weights.BYTES_PER_ELEMENT,
  }));
  const vectors = layers.slice(1).map(({ biases }, k) => ({
    tensor: Tensor.biases,
    index: k + 1,
    count: biases,
    width: 4,
  }));
  // Asked for at once, so that nothing runs between the two.
  const [{ buffer }, biasBytes] = await Promise.all([tensors.read(matrices), tensors.read(vectors)]);
  let weightsAt = 0;
  let biasesAt = 0;
  return {
    weights: matrices.map(({ count }) => {
      const matrix = new Weights(buffer, weightsAt, count);
      weightsAt += matrix.byteLength;
      return matrix;
    }),
    biases: vectors.map(({ count }) => {
      const vector = new Int32Array(biasBytes.buffer, biasesAt, count);
      biasesAt += vector.byteLength;
      return vector;
    }),
  };
}

/** The states of the first slots, samples · units. */
export async function readStates(
  tensors: Tensors,
  tensor: 'free' | 'plus' | 'minus',
  samples: number,
  units: number,
  storage: Storage,
): Promise<StateArray> {
  const States = integerArrays[stateBits(storage)];
  const slots = Array.from({ length: samples }, (_, index) => ({
    tensor: Tensor[tensor],
    index,
    count: units,
    width: States.BYTES_PER_ELEMENT,
  }));
  const bytes = await tensors.read(slots);
  return new States(bytes.buffer);
}
