/** The learner: a trainer's requests to an endpoint, in the recipe's terms. */
import type { Endpoint } from '../endpoint/index.js';
import { DeviceError, loadParameters, writeTensor } from '../endpoint/index.js';
import { UserError } from '../ground/index.js';
import type { Recipe } from '../model/index.js';
import {
  configureRequest,
  type Formats,
  flashCommand,
  formatsOf,
  type Graph,
  graphOf,
  initialiseRequest,
  integerArrays,
  type NetworkParameters,
  type StepRates,
  stateBits,
  trainRequest,
} from '../model/index.js';
import type { PersistentStates } from '../records/index.js';
import { type Bounds, requireAtMost, requirePlausible, VerificationError } from '../verification/index.js';
import { type ReplyOf, Tensor } from '../wire/index.js';
import type { Minibatch } from './minibatch.js';

/** Phases of a minibatch that follow the free one, at most. */
const NUDGED_PHASES = 2;
/**
 * An iteration multiplies twice at most for each pair of units that is joined, once for each of its ends; the drives at a
 * phase's start and the contrast are as much again as a few iterations. Doubled, since it is nonsense that must be found.
 */
const PRODUCTS_PER_PAIR = 4;
const BESIDE_ITERATIONS = 4;

export class Learner {
  readonly graph: Graph;
  readonly formats: Formats;
  /** How the device laid the network out, once it has. */
  laidOut: ReplyOf<'configure'> | undefined;
  readonly #persistent: boolean;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly recipe: Recipe,
  ) {
    this.graph = graphOf(recipe);
    this.formats = formatsOf(recipe);
    this.#persistent = recipe.start === 'persistent';
  }

  async configure(): Promise<void> {
    try {
      this.laidOut = await this.endpoint.request('configure', configureRequest(this.recipe));
    } catch (error) {
      if (!(error instanceof DeviceError && error.error === 'partLeftOut')) throw error;
      throw new UserError(
        error.message,
        `put firmware that has it on the board: ${flashCommand(this.recipe)}`,
        { cause: error },
      );
    }
  }

  /** Draws the initial weights on the device. */
  initialise(): Promise<ReplyOf<'initialise'>> {
    return this.endpoint.request('initialise', initialiseRequest(this.recipe));
  }

  /** Sends parameters of which `digest` is known, and sets the step. */
  load(parameters: NetworkParameters, step: number, digest: bigint): Promise<void> {
    return loadParameters(this.endpoint, parameters, step, digest);
  }

  /** Puts a minibatch's examples into the slots, its starting states with them where the recipe keeps them. */
  async stage(batch: Minibatch, states?: PersistentStates): Promise<void> {
    const States = integerArrays[stateBits(this.formats.storage)];
    for (const [slot, image] of batch.packed.entries()) {
      if (this.#persistent) {
        const start = states?.of(batch.indices[slot]) ?? new States(this.graph.units);
        await writeTensor(this.endpoint, Tensor.start, slot, start);
      }
      await this.endpoint.post('sample', { slot, label: batch.labels[slot], image });
    }
  }

  /** Multiply-accumulates since the device started: how it works, which is its own, and nothing of what it learns. */
  async products(): Promise<bigint> {
    return (await this.endpoint.request('statistics', {})).products;
  }

  /** Those since there were `before`, of training on so many examples. Throws `VerificationError` where they cannot be. */
  async productsSince(before: bigint, samples: number): Promise<number> {
    const after = await this.products();
    const where = 'statistics: the number of products that the device tells';
    if (after < before) throw new VerificationError(`${where} fell from ${before} to ${after}`);
    const { recipe } = this;
    const { layers, connections } = this.graph;
    // A place of a unit has one column of the matrix, and joins to no more units than there are.
    const pairs = connections.reduce(
      (sum, { pre, post, map }) =>
        sum + Math.min(map.rows, layers[pre].units) * layers[post].units * (map.pooled?.places ?? 1),
      0,
    );
    const iterations = recipe['free-iterations'] + NUDGED_PHASES * recipe['nudged-iterations'];
    const products = Number(after - before);
    const most = samples * pairs * PRODUCTS_PER_PAIR * (iterations + BESIDE_ITERATIONS);
    requireAtMost(`${where} for ${samples} examples`, products, most);
    return products;
  }

  /** Trains on the staged minibatch. Rejects with `VerificationError` where the reply cannot be true. */
  async train(step: number, samples: number, rates: StepRates): Promise<ReplyOf<'train'>> {
    const reply = await this.endpoint.request('train', trainRequest(step, samples, rates));
    const where = `train ${step}`;
    if (reply.step !== step + 1)
      throw new VerificationError(`${where}: the device then stands at step ${reply.step}, not ${step + 1}`);
    requirePlausible(where, reply, this.#bounds(samples, this.recipe['free-iterations']));
    this.#requireNudged(where, samples, reply);
    return reply;
  }

  /** Predicts the staged minibatch. Rejects with `VerificationError` where the reply cannot be true. */
  async evaluate(samples: number, iterations: number): Promise<ReplyOf<'evaluate'>> {
    const reply = await this.endpoint.request('evaluate', { samples, iterations });
    requirePlausible('evaluate', reply, this.#bounds(samples, iterations));
    return reply;
  }

  /** Outputs that are right by the margin are the device's own; without one all examples are nudged. */
  #requireNudged(where: string, samples: number, { nudged, nudgedIterations }: ReplyOf<'train'>): void {
    requireAtMost(`${where}: the device's nudged`, nudged, samples);
    if (this.recipe['nudge-margin'] === 0 && nudged < samples)
      throw new VerificationError(
        `${where}: the device's nudged is ${nudged}, without a margin it must be ${samples}`,
      );
    const most = nudged * NUDGED_PHASES * this.recipe['nudged-iterations'];
    requireAtMost(`${where}: the device's nudgedIterations`, nudgedIterations, most);
  }

  #bounds(samples: number, iterations: number): Bounds {
    const { outputs: units } = this.graph;
    return { samples, iterations, units, stateFraction: this.formats.states.fraction };
  }
}
