/** The work that is measured: requests and the digest of their replies, as C too. */

import { loadDataset } from '../../dist/host/data/index.js';
import { Kernel, portableModule } from '../../dist/host/kernel/kernel.js';
import { readPreset } from '../../dist/host/model/presets.js';
import { checkRecipe } from '../../dist/host/model/recipe-check.js';
import {
  configureRequest,
  initialiseRequest,
  ratesAt,
  trainRequest,
} from '../../dist/host/model/requests.js';
import { packImage } from '../../dist/host/wire/image.js';
import { place } from '../../dist/host/wire/layout.js';
import { Messages, Option } from '../../dist/host/wire/schema.js';
import { SMALL, TINY } from './recipes/centered.mjs';

/** The recipe that each board trains, with changes that make it fit. */
export const recipes = {
  pico: { preset: SMALL },
  'mps2-an386': { preset: SMALL },
  'riscv-virt': { preset: SMALL, network: '784-64-10' },
  netduinoplus2: { preset: SMALL, network: '784-64-10', minibatch: 8 },
  lm3s6965evb: { preset: TINY, minibatch: 3 },
};

/** The requests of `minibatches` training steps, each of which is evaluated first. */
export async function describeWork({ preset, ...changes }, minibatches) {
  const { values, source } = readPreset(preset);
  const recipe = checkRecipe({ ...values, ...changes }, source);
  const { training } = await loadDataset();
  const size = recipe.minibatch;
  const requests = [];
  const add = (name, values) =>
    requests.push({ name, code: Messages[name].code, payload: Messages[name].request.encode(values) });
  const addSamples = (first) => {
    for (let slot = 0; slot < size; slot++) {
      const at = first + slot;
      const image = packImage(training.images.subarray(at * 784, (at + 1) * 784));
      add('sample', { slot, label: training.labels[at], image });
    }
  };
  add('configure', configureRequest(recipe));
  add('initialise', initialiseRequest(recipe));
  for (let step = 0; step < minibatches; step++) {
    addSamples(step * size);
    add('evaluate', { iterations: recipe['free-iterations'], samples: size });
    addSamples(step * size);
    const perEpoch = Math.ceil(training.count / size);
    add('train', trainRequest(step, size, ratesAt(recipe, step, perEpoch, size)));
  }
  return { recipe, requests, samples: minibatches * size };
}

/** The digest of all replies, as the module computes them here. */
export function expectedDigest({ requests }, options = 0) {
  const kernel = new Kernel(2 ** 24, 4096, portableModule());
  let digest = 0n;
  for (const { name, code, payload } of requests) {
    const outcome = kernel.executeEncoded(
      code,
      name === 'configure' ? withOptions(payload, options) : payload,
    );
    if (outcome.refused) throw new Error(`${name} was refused`);
    for (const part of answerOf(name, Messages[name].reply.decode(outcome.payload)))
      digest = BigInt.asUintN(64, digest * 31n + part);
  }
  return digest;
}

function withOptions(payload, options) {
  const { decode, encode } = Messages.configure.request;
  const request = decode(payload);
  return encode({ ...request, options: request.options | options });
}

/** Digests of states and weights, and iterations. */
function answerOf(name, reply) {
  if (name === 'initialise') return [0n, reply.digest, 0n];
  if (name === 'evaluate') return [reply.states, 0n, BigInt(reply.freeIterations)];
  if (name !== 'train') return [0n, 0n, 0n];
  return [reply.states, reply.weights, BigInt(reply.freeIterations + reply.nudgedIterations)];
}

/** A field's place in a reply, in words. */
function wordOf(name, field) {
  return place(Messages[name].reply.layout).fields.find((placed) => placed.name === field).offset / 4;
}

/** Names the wire's requests for C. */
export function codesHeader() {
  const names = ['configure', 'initialise', 'write', 'sample', 'evaluate', 'train'];
  return names.map((name) => `#define CODE_${name.toUpperCase()} ${Messages[name].code}u\n`).join('');
}

/** work.h */
export function workHeader({ requests }) {
  const payloads = requests.map(
    ({ payload }, n) => `static const uint8_t payload_${n}[] __attribute__((aligned(4))) = {${payload}};\n`,
  );
  const entries = requests.map(({ code, payload }, n) => `  {${code}, ${payload.length}, payload_${n}},\n`);
  return `/* Written by work.mjs. */
${codesHeader()}#define EVALUATE_FREE_ITERATIONS ${wordOf('evaluate', 'freeIterations')}
#define TRAIN_FREE_ITERATIONS ${wordOf('train', 'freeIterations')}
#define TRAIN_NUDGED_ITERATIONS ${wordOf('train', 'nudgedIterations')}
#define OPTION_DENSE ${Option.dense}
#define REQUESTS ${requests.length}
${payloads.join('')}static const struct request requests[REQUESTS] = {\n${entries.join('')}};\n`;
}
