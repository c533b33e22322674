/**
 * A network laid out in the module, here: what is deployed is the state that the module has then. So no code that lays out is
 * needed where the network runs, and whatever never changes there is a constant to the compiler.
 */
import { parameterRequests } from '../endpoint/index.js';
import { bytesNeeded, moduleStaticBytes } from '../firmware/index.js';
import type { Storage } from '../ground/index.js';
import { Kernel, type KernelExports, portableModule } from '../kernel/index.js';
import { configureRequest, formatsOf, type NetworkParameters, type Recipe } from '../model/index.js';
import { MAX_PAYLOAD, MAX_REPLY } from '../wire/index.js';
import { exportGlobals, globalName } from './module-globals.js';

/** A trained network, and where it stands. */
export interface Trained {
  /** Pictured. */
  readonly recipe: Recipe;
  readonly parameters: NetworkParameters;
  readonly digest: bigint;
  readonly step: number;
}

/** Bytes of a memory. */
export interface Block {
  readonly address: number;
  readonly bytes: number;
}

export interface LaidOut {
  readonly storage: Storage;
  /** The memory, from 0 on: all but the parameters. */
  readonly memory: Uint8Array;
  readonly globals: readonly (number | bigint)[];
  /** Parameters in the memory: weights of the connections, then biases of the free layers. None of a network that only predicts. */
  readonly blocks: readonly Block[];
  /** Cells of the memory that hold addresses of parameters outside of it, less the address where these begin. */
  readonly pointers: readonly { readonly cell: number; readonly offset: number }[];
  /** All parameters, block after block, each filled up to a multiple of 8. */
  readonly parameters: Uint8Array;
  /** Address of the slots' examples. */
  readonly images: number;
  /** Address of the outputs' states. */
  readonly outputs: number;
  /** Addresses of the payloads of a request and its reply. */
  readonly request: number;
  readonly reply: number;
}

/** Addresses beyond any memory that the module has. */
const ELSEWHERE = 2 ** 30;
const ELSEWHERE_TOO = ELSEWHERE + 2 ** 29;

/** Lays a network out that only predicts: its parameters lie outside of its memory. */
export function layOutPredictor(trained: Trained): LaidOut {
  const one = configured(trained, ELSEWHERE);
  const other = configured(trained, ELSEWHERE_TOO);
  const cells = Array.from({ length: one.memory.length / 4 }, (_, word) => 4 * word);
  const pointers = cells
    .filter((cell) => wordAt(one.memory, cell) !== wordAt(other.memory, cell))
    .map((cell) => ({ cell, offset: wordAt(one.memory, cell) - ELSEWHERE }));
  return { ...described(trained, one), blocks: [], pointers };
}

/** Lays a network out that goes on learning: its parameters lie within its memory. */
export function layOutLearner(trained: Trained): LaidOut {
  const inside = configured(trained);
  const { exports, memory } = inside;
  const blocks = bytesOf(trained.parameters).map(({ length }, k) => ({
    address: exports.parametersOf(k),
    bytes: length,
  }));
  for (const { address, bytes } of blocks) memory.fill(0, address, address + bytes);
  return { ...described(trained, inside), blocks, pointers: [] };
}

interface Configured {
  readonly exports: KernelExports;
  /** A copy, without what requests and replies have left in it. */
  readonly memory: Uint8Array;
  /** Globals of the module. */
  readonly count: number;
}

/** @param parametersAt where the parameters of a network lie that only predicts */
function configured({ recipe, parameters, digest, step }: Trained, parametersAt?: number): Configured {
  const learns = parametersAt === undefined;
  const { storage } = formatsOf(recipe);
  const { module, count } = exportGlobals(portableModule(storage));
  const arena = bytesNeeded(recipe, learns);
  const kernel = new Kernel(arena, undefined, module);
  const { exports } = kernel;
  if (!learns) exports.keepParametersAt(parametersAt);
  kernel.execute('configure', configureRequest(recipe));
  if (learns) {
    for (const request of parameterRequests(parameters)) kernel.execute('write', request);
    kernel.execute('load', { digest, step });
  }
  const memory = new Uint8Array(exports.memory.buffer).slice(0, moduleStaticBytes(storage) + arena);
  const [request, reply] = [exports.requestBuffer(), exports.replyBuffer()];
  memory.fill(0, request, request + MAX_PAYLOAD);
  memory.fill(0, reply, reply + MAX_REPLY);
  return { exports, memory, count };
}

function described(
  { recipe, parameters }: Trained,
  { exports, memory, count }: Configured,
): Omit<LaidOut, 'blocks' | 'pointers'> {
  return {
    storage: formatsOf(recipe).storage,
    memory,
    globals: Array.from({ length: count }, (_, index) => (exports[globalName(index)] as Global).value),
    parameters: Buffer.concat(bytesOf(parameters).map(padded)),
    images: exports.imageOf(0),
    outputs: exports.outputStates(),
    request: exports.requestBuffer(),
    reply: exports.replyBuffer(),
  };
}

interface Global {
  readonly value: number | bigint;
}

/** The blocks of parameters, as the module's memory has them. */
function bytesOf({ weights, biases }: NetworkParameters): readonly Uint8Array[] {
  return [...weights, ...biases].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
}

/** Filled up to a multiple of 8 bytes. */
function padded(bytes: Uint8Array): Uint8Array {
  const filled = new Uint8Array((bytes.length + 7) & ~7);
  filled.set(bytes);
  return filled;
}

function wordAt(memory: Uint8Array, at: number): number {
  return new DataView(memory.buffer, memory.byteOffset).getUint32(at, true);
}
