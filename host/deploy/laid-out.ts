/**
 * A network laid out in the module, here: what is deployed is the state that the module has then. So no code that lays out is
 * needed where the network runs, and whatever never changes there is a constant to the compiler.
 */
import { bytesNeeded, moduleStaticBytes } from '../firmware/index.js';
import { bytesOf, type Storage } from '../ground/index.js';
import { exportsOf, Kernel, type KernelExports, portableModule } from '../kernel/index.js';
import { configureRequest, formatsOf, type NetworkParameters, partsOf, type Recipe } from '../model/index.js';
import { MAX_PAYLOAD, MAX_REPLY, partBits } from '../wire/index.js';
import { exportGlobals, globalName } from './module-globals.js';

/** A trained network, and where it stands. */
export interface Trained {
  /** Pictured. */
  readonly recipe: Recipe;
  readonly parameters: NetworkParameters;
  readonly digest: bigint;
  readonly step: number;
}

/** Parameters in the memory: weights of a connection, or biases of a layer. */
export interface Block {
  readonly address: number;
  readonly bytes: number;
  /** Where they begin among all parameters. */
  readonly offset: number;
}

export interface LaidOut {
  readonly storage: Storage;
  /** The memory, from 0 on: all but the parameters. */
  readonly memory: Uint8Array;
  readonly globals: readonly (number | bigint)[];
  /** None of a network that only predicts. */
  readonly resident: readonly Block[];
  /** Cells of the memory that hold addresses of parameters outside of it: where these begin among all. */
  readonly pointers: readonly { readonly cell: number; readonly offset: number }[];
  /** All parameters: weights of the connections, then biases of the free layers, each filled up to a multiple of 8. */
  readonly parameters: Uint8Array;
  /** Address of the slots' examples. */
  readonly images: number;
  /** Address of the outputs' states. */
  readonly outputs: number;
  /** Addresses of the payloads of a request and its reply. */
  readonly request: number;
  readonly reply: number;
  /** Addresses of bytes that come by the link, and of those that go. */
  readonly input: number;
  readonly output: number;
}

/** Room of a network that still answers the link, so that a host can take it over. */
export interface Serving {
  /** Bytes that any network has. */
  readonly arena: number;
  /** Bytes that the line may have under way. */
  readonly window: number;
}

/**
 * Lays a network out that predicts from constants or, where it `learns`, keeps in its memory what it changes: all parameters
 * where a host may take it over, else those that are not fixed.
 */
export function layOut(trained: Trained, learns: boolean, serving?: Serving): LaidOut {
  const blocks = blocksOf(trained.parameters);
  const one = configured(trained, learns, 0, serving);
  // Cells that differ where the constants lie elsewhere are their addresses.
  const other = configured(trained, learns, 1, serving);
  const cells = Array.from({ length: one.memory.length / 4 }, (_, word) => 4 * word);
  const at = (block: number) => one.exports.parametersOf(block);
  const isResident = (block: number) => at(block) < one.memory.length;
  const offsets = offsetsOf(blocks);
  const blockAt = (address: number) => {
    const block = blocks.findIndex((_, k) => at(k) === address);
    if (block < 0) throw new Error(`${address} moves with the constants, and is the address of none`);
    return block;
  };
  const pointers = cells
    .filter((cell) => wordAt(one.memory, cell) !== wordAt(other.memory, cell))
    .map((cell) => ({
      cell,
      offset: offsets[blockAt(wordAt(one.memory, cell))],
    }));
  const resident = blocks.flatMap(({ length }, k) =>
    isResident(k) ? [{ address: at(k), bytes: length, offset: offsets[k] }] : [],
  );
  for (const { address, bytes } of resident) one.memory.fill(0, address, address + bytes);
  return { ...described(trained, one), resident, pointers };
}

const PAGE = 2 ** 16;

interface Configured {
  readonly exports: KernelExports;
  /** A copy of the static data and the arena, without what requests and replies have left in them. */
  readonly memory: Uint8Array;
  /** Globals of the module. */
  readonly count: number;
}

/** @param place which of the places behind the arena the constants have */
function configured(
  { recipe, parameters, digest, step }: Trained,
  learns: boolean,
  place: number,
  serving?: Serving,
): Configured {
  const { storage } = formatsOf(recipe);
  const { module, count } = exportGlobals(portableModule(storage));
  const arena = serving?.arena ?? bytesNeeded(recipe, learns ? 'learning' : 'none');
  const kernel = new Kernel(arena, serving?.window, module);
  const exports = exportsOf(kernel);
  const end = (moduleStaticBytes(storage) + arena + 7) & ~7;
  const room = Buffer.concat(blocksOf(parameters).map(padded)).length;
  exports.memory.grow(Math.ceil((end + 2 * room) / PAGE));
  exports.keepParts(partBits(partsOf(recipe)));
  if (!serving) exports.keepParametersAt(end + place * room, !learns);
  kernel.execute('configure', configureRequest(recipe));
  blocksOf(parameters).forEach((bytes, k) => {
    new Uint8Array(exports.memory.buffer).set(bytes, exports.parametersOf(k));
  });
  kernel.execute('load', { digest, step });
  const memory = new Uint8Array(exports.memory.buffer).slice(0, end);
  const [request, reply] = [exports.requestBuffer(), exports.replyBuffer()];
  memory.fill(0, request, request + MAX_PAYLOAD);
  memory.fill(0, reply, reply + MAX_REPLY);
  return { exports, memory, count };
}

function described(
  { recipe, parameters }: Trained,
  { exports, memory, count }: Configured,
): Omit<LaidOut, 'resident' | 'pointers'> {
  return {
    storage: formatsOf(recipe).storage,
    memory,
    globals: Array.from({ length: count }, (_, index) => (exports[globalName(index)] as Global).value),
    parameters: Buffer.concat(blocksOf(parameters).map(padded)),
    images: exports.imageOf(0),
    outputs: exports.outputStates(),
    request: exports.requestBuffer(),
    reply: exports.replyBuffer(),
    input: exports.inputBuffer(),
    output: exports.outputBuffer(),
  };
}

interface Global {
  readonly value: number | bigint;
}

function blocksOf({ weights, biases }: NetworkParameters): readonly Uint8Array[] {
  return [...weights, ...biases].map(bytesOf);
}

/** Where each block begins, filled up as they are. */
function offsetsOf(blocks: readonly Uint8Array[]): readonly number[] {
  let next = 0;
  return blocks.map((bytes) => {
    const offset = next;
    next += padded(bytes).length;
    return offset;
  });
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
