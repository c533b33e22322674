/** Adapting on the emulated Pico: cycles an example, bytes of RAM, and digests equal to the host's. */
import {
  EndpointTensors,
  loadParameters,
  parameterRequests,
  readParameters,
} from '../../dist/host/endpoint/index.js';
import { Kernel } from '../../dist/host/kernel/index.js';
import { configureRequest, formatsOf, graphOf, pictured, trainRequest } from '../../dist/host/model/index.js';
import { loadResult } from '../../dist/host/records/index.js';
import { MinibatchPlan } from '../../dist/host/training/index.js';
import { Messages, packImage } from '../../dist/host/wire/index.js';
import { cores } from '../firmware/learning/cores.mjs';
import { countOn } from '../firmware/learning/cost.mjs';
import { Ours } from '../firmware/learning/ours.mjs';
import { packRequests } from '../firmware/learning/work-space.mjs';
import { digestAfterEpoch } from './learn.mjs';

const ARENA = 2 ** 24;
/** Epochs at whose beginning later minibatches are counted. */
const LATER = [4, 8, 12, 16];
const pico = cores.find(({ id }) => id === 'rp2040');

/**
 * Counts what adapting takes, all connections learning.
 * @param from folder of the upright run
 * @param adapted folder of the run on the host
 * @returns cycles of an example in the first epoch and on the mean, seconds in all, bytes of RAM
 */
export async function countOnPico({ counted }, from, adapted, recipe, data) {
  const learner = new Adapting(loadResult(from), recipe, data);
  const { perEpoch } = learner.plan;
  const first = await learner.record(counted.first);
  const digest = first.digest.toString(16).padStart(16, '0');
  if (counted.first === perEpoch && digest !== digestAfterEpoch(adapted))
    throw new Error(`an epoch by hand has digest ${digest}, the run ${digestAfterEpoch(adapted)}`);
  const later = [];
  for (const epoch of counted.later > 0 ? LATER : []) {
    learner.advance(epoch * perEpoch);
    later.push(await learner.record(counted.later));
  }
  const costOf = async (moments) =>
    countOn(pico, { id: 'adapting', learner: Ours }, recipe.minibatch, moments);
  const costs = [];
  // Each by itself: the first is longer, and all weigh alike in the mean.
  for (const moment of [first, ...later]) costs.push(await costOf([moment]));
  const mean = costs.reduce((sum, { perSample }) => sum + perSample, 0) / costs.length;
  const samples = learner.plan.examples * recipe.epochs;
  return {
    minibatches: counted.first,
    digest,
    cyclesFirst: costs[0].perSample,
    cycles: Math.round(mean),
    seconds: (samples * mean) / pico.board.core.clock,
    ram: Math.max(...costs.map(({ ram }) => ram)),
  };
}

/** The run's minibatches in this process, recorded as requests. */
class Adapting {
  #kernel = new Kernel(ARENA);
  #recipe;
  #data;
  #step = 0;
  #digest;

  constructor({ parameters, state }, recipe, data) {
    this.#recipe = pictured(recipe, data);
    this.#data = data;
    this.plan = new MinibatchPlan(recipe);
    this.#digest = BigInt(`0x${state.position.digest}`);
    this.#kernel.execute('configure', configureRequest(this.#recipe));
    for (const request of parameterRequests(parameters)) this.#kernel.execute('write', request);
    this.#kernel.execute('load', { digest: this.#digest, step: 0 });
  }

  /** Trains until so many minibatches are applied. */
  advance(step) {
    while (this.#step < step) this.#train();
  }

  /** Requests that bring a board to where this stands, and those of the next minibatches, which are trained here too. */
  async record(minibatches) {
    const requests = await this.#snapshot();
    for (let n = 0; n < minibatches; n++) requests.push(...this.#train());
    const samples = minibatches * this.#recipe.minibatch;
    return { packed: packRequests(requests), samples, digest: this.#digest };
  }

  async #snapshot() {
    const kernel = this.#kernel;
    const requests = [encoded('configure', configureRequest(this.#recipe))];
    const endpoint = { request: async (name, values) => kernel.execute(name, values) };
    const note = async (name, values) => void requests.push(encoded(name, values));
    const { storage } = formatsOf(this.#recipe);
    const parameters = await readParameters(new EndpointTensors(endpoint), graphOf(this.#recipe), storage);
    await loadParameters({ request: note, post: note }, parameters, this.#step, this.#digest);
    return requests;
  }

  #train() {
    const { training, pixels } = this.#data;
    const indices = this.plan.examplesOf(this.#step);
    const requests = [
      ...Array.from(indices, (index, slot) => {
        const image = packImage(training.images.subarray(index * pixels, (index + 1) * pixels));
        return ['sample', { slot, label: training.labels[index], image }];
      }),
      ['train', trainRequest(this.#step, indices.length, this.plan.ratesOf(this.#step, indices.length))],
    ];
    for (const [name, values] of requests) {
      const reply = this.#kernel.execute(name, values);
      if (name === 'train') this.#digest = reply.weights;
    }
    this.#step++;
    return requests.map(([name, values]) => encoded(name, values));
  }
}

function encoded(name, values) {
  const { code, request } = Messages[name];
  return { code, payload: request.encode(values) };
}
