/** Networks to deploy, compilers of this computer, and a program around a library that does as it is told. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deployedFrom, type Learning } from '#host/deploy/deployed';
import { libraryOf } from '#host/deploy/library';
import type { Deployed } from '#host/deploy/network-c';
import { parameterRequests, readRequests, type TensorRange } from '#host/endpoint/index';
import { obtainToolchain } from '#host/firmware/toolchain';
import { integerArrays } from '#host/ground/index';
import { Kernel, portableModule } from '#host/kernel/index';
import {
  checkRecipe,
  configureRequest,
  evaluationIterations,
  formatsOf,
  graphOf,
  initialiseRequest,
  type NetworkParameters,
  type Picture,
  pictured,
  pixelsOf,
  type Recipe,
  ratesAt,
  stateBits,
  trainRequest,
} from '#host/model/index';
import type { SavedRun } from '#host/records/index';
import { packImage, Tensor } from '#host/wire/index';
import { tinyValues } from '../centered.js';

const ARENA = 1 << 24;

export interface Example {
  readonly inputs: Uint8Array;
  readonly label: number;
}

/** A network on the host, as a device has it. */
export class HostNetwork {
  readonly #kernel: Kernel;
  #step = 0;
  digest = 0n;

  /** @param recipe pictured */
  constructor(readonly recipe: Recipe) {
    this.#kernel = new Kernel(ARENA, undefined, portableModule(formatsOf(recipe).storage));
    this.#kernel.execute('configure', configureRequest(recipe));
    this.digest = this.#kernel.execute('initialise', initialiseRequest(recipe)).digest;
  }

  get step(): number {
    return this.#step;
  }

  load(parameters: NetworkParameters, digest: bigint, step: number): void {
    for (const request of parameterRequests(parameters)) this.#kernel.execute('write', request);
    this.#kernel.execute('load', { digest, step });
    this.#step = step;
    this.digest = digest;
  }

  /** A minibatch, at the recipe's first rates. */
  train(examples: readonly Example[]): void {
    examples.forEach(({ inputs, label }, slot) => {
      this.#kernel.execute('sample', { slot, label, image: packImage(inputs) });
    });
    const rates = ratesAt({ ...this.recipe, schedule: 'constant' }, this.#step, 1, examples.length);
    const { weights, step } = this.#kernel.execute('train', trainRequest(this.#step, examples.length, rates));
    this.#step = step;
    this.digest = weights;
  }

  /** The class and the outputs' states. */
  predict(inputs: Uint8Array): readonly number[] {
    const { outputs, units } = graphOf(this.recipe);
    const { storage } = formatsOf(this.recipe);
    this.#kernel.execute('sample', { slot: 0, label: 0, image: packImage(inputs) });
    const { predictions } = this.#kernel.execute('evaluate', {
      iterations: evaluationIterations(this.recipe),
      samples: 1,
    });
    const width = stateBits(storage) / 8;
    const bytes = this.#read({ tensor: Tensor.free, index: 0, count: units, width });
    const states = new integerArrays[width === 2 ? 16 : 32](bytes.buffer);
    return [predictions[0], ...states.subarray(units - outputs)];
  }

  parameters(): NetworkParameters {
    const { layers, connections } = graphOf(this.recipe);
    const Weights = integerArrays[formatsOf(this.recipe).storage];
    const width = Weights.BYTES_PER_ELEMENT;
    return {
      weights: connections.map(
        ({ weights: count }, index) =>
          new Weights(this.#read({ tensor: Tensor.weights, index, count, width }).buffer),
      ),
      biases: layers
        .slice(1)
        .map(
          ({ biases: count }, k) =>
            new Int32Array(this.#read({ tensor: Tensor.biases, index: k + 1, count, width: 4 }).buffer),
        ),
    };
  }

  #read(range: TensorRange): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(
      readRequests(range).flatMap((request) => [...this.#kernel.execute('read', request).data]),
    );
  }
}

export interface Network {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly picture: Picture;
  readonly extras?: Partial<SavedRun['state']>;
}

/** Examples drawn by their number alone: a bright patch at a place of the class's, and some noise. */
export function exampleOf(n: number, inputs: number, classes: number): Example {
  const label = (n * 7) % classes;
  const noise = (at: number) => Math.imul(at + 1, 2654435761 + 977 * n) >>> 24;
  const begins = Math.floor((label * inputs) / classes);
  return {
    label,
    inputs: Uint8Array.from({ length: inputs }, (_, at) =>
      at >= begins && at < begins + inputs / classes
        ? 128 + (noise(at) >> 1)
        : noise(at) > 220
          ? noise(at)
          : 0,
    ),
  };
}

/** A run of some minibatches, as a folder would have it. */
export function savedRun({ settings, picture, extras }: Network): SavedRun {
  const recipe = checkRecipe(
    { ...tinyValues, training: '0..100', validation: 'none', 'weight-decay': [], ...settings },
    'test',
  );
  const host = new HostNetwork(pictured(recipe, picture));
  const { outputs } = graphOf(host.recipe);
  for (let step = 0; step < 20; step++)
    host.train(
      Array.from({ length: recipe.minibatch }, (_, k) =>
        exampleOf(step * recipe.minibatch + k, pixelsOf(picture), outputs),
      ),
    );
  const position = { step: host.step, digest: BigInt.asUintN(64, host.digest).toString(16) };
  const state = { recipe, picture, position, ...extras };
  return { folder: 'runs/test', state, parameters: host.parameters(), arrays: {} } as unknown as SavedRun;
}

export interface Built {
  readonly deployed: Deployed;
  readonly folder: string;
}

/** Writes a network's library. */
export async function writeDeployed(saved: SavedRun, folder: string, learning?: Learning): Promise<Built> {
  const deployed = deployedFrom(saved, learning);
  const { files } = await libraryOf(deployed);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  return { deployed, folder };
}

const STRICT = ['-std=c99', '-Wall', '-Wextra', '-Werror', '-pedantic'];

/** Compilers there are, by name. */
export async function compilers(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { zig, environment } = await obtainToolchain();
  for (const [name, value] of Object.entries(environment)) process.env[name] ??= value;
  const found = ['gcc', 'clang'].filter((name) => spawnSync(name, ['--version']).status === 0);
  return new Map([
    ['zig cc', [zig, 'cc', '-fno-sanitize=all']],
    ...found.map((name): [string, readonly string[]] => [name, [name]]),
  ]);
}

interface BuildOptions {
  readonly flags?: readonly string[];
  /** A program of this folder. */
  readonly program?: string;
  /** Sources of the library, beside eqprop.c. */
  readonly beside?: readonly string[];
  /** The program's own. */
  readonly name?: string;
}

/** Compiles a library and the program around it, `driver.c` if none is told. Returns the program's path. */
export function build(
  { folder }: Built,
  [compiler, ...words]: readonly string[],
  { flags = ['-O2'], program = 'driver.c', beside = [], name = 'driver' }: BuildOptions = {},
): string {
  const path = join(folder, name);
  const sources = [
    fileURLToPath(new URL(program, import.meta.url)),
    ...['eqprop.c', ...beside].map((source) => join(folder, source)),
  ];
  const { status, stderr } = spawnSync(
    compiler,
    [...words, ...STRICT, ...flags, `-I${folder}`, ...sources, '-o', path],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${compiler} failed:\n${stderr}`);
  return path;
}

/** One thing to do, and its bytes. */
export type Order = readonly [command: string, bytes?: Uint8Array];

/** Answers of a program, one an order. */
export function ask(program: string, orders: readonly Order[]): readonly string[] {
  const input = Buffer.concat(
    orders.flatMap(([command, bytes]) => [Buffer.from(command), ...(bytes ? [bytes] : [])]),
  );
  const { stdout, status, signal } = spawnSync(program, { input, maxBuffer: 1 << 28, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the program ended with ${status ?? signal}`);
  return stdout.trimEnd().split('\n');
}

export const predictOrder = (inputs: Uint8Array): Order => ['p', inputs];
export const learnOrder = ({ inputs, label }: Example): Order => [
  'l',
  Buffer.concat([Uint8Array.of(label + 1), inputs]),
];
