/** Laws that hold for every kind of connection: one set, that a kind's own test asks for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeviceError, EndpointTensors, loadParameters, readParameters } from '#host/endpoint/index';
import { Helpers, hostModule, portableModule } from '#host/kernel/index';
import { KernelEndpoint } from '#host/kernel/kernel-endpoint';
import { kinds } from '#host/model/connections/kinds';
import { joinLayers, placeLayers } from '#host/model/graph';
import { encodeGraph } from '#host/model/graph-records';
import type { ConnectionKindName } from '#host/model/index';
import { type Storage, storages } from '#host/model/index';
import { endsOf } from '#host/reference/connections/form';
import { formOf } from '#host/reference/connections/form-of';
import { SharedForm } from '#host/reference/connections/shared';
import { ActiveRates } from '#host/reference/index';
import { packImage, Tensor } from '#host/wire/index';
import {
  anyCase,
  configured,
  configureRequest,
  type Joint,
  Kernel,
  limitWords,
  tensor,
  trained,
  Witness,
} from '../kernel/networks.js';
import { type Executor, PairedKernel } from '../kernel/paired.js';
import { LENGTH } from '../length.js';
import { drawnWeights, largestDifference, uniform } from '../reference/networks.js';
import { holdsItsGradient } from './gradient.js';

const ARENA = 1 << 23;
const RUNS = { 8: 15 * LENGTH, 16: 40 * LENGTH, 32: 15 * LENGTH } as const;
const SMALL = {
  ...{ seed: 1, epsilon: 2048, nudge: 1024, freeIterations: 1, nudgedIterations: 1, batch: 1 },
  ...{ stateFraction: 8, relaxation: 0, rounding: 1, options: 0, inputScale: 4, shift: 0 },
  ...{ noise: 0, noiseForm: 0, margin: 0, inputPull: 0, pixelSpikes: 0 },
};

/**
 * @param joints layers that connections of the kind can join
 * @param small the same of few units, for what is computed once a parameter
 */
export function holdsItsLaws(
  kind: ConnectionKindName,
  joints: fc.Arbitrary<Omit<Joint, 'kind'>>,
  small: fc.Arbitrary<Omit<Joint, 'kind'>>,
): void {
  const all = joints.map((joint): Joint => ({ kind, ...joint }));
  describe.each(storages)(`${kind}, weights of %i bits`, (storage) => {
    const cases = anyCase(storage, all);
    equalsItsWitness(storage, cases);
    isTheSameEverywhere(storage, cases);
    fitsAsItSays(storage, cases);
    goesRound(storage, cases);
  });
  refusesAlike(kind, joints);
  describe(`${kind}, in float64`, () => {
    equalsItsMap(all);
    holdsItsGradient(small.map((joint): Joint => ({ kind, ...joint })));
  });
}

type Cases = ReturnType<typeof anyCase>;

function equalsItsWitness(storage: Storage, cases: Cases): void {
  it('draws the same weights as its BigInt witness, settles in the same states and learns the same parameters', () => {
    const kernel = new Kernel(ARENA, undefined, hostModule(storage));
    fc.assert(
      fc.property(cases, (drawn) => {
        const { units, layers } = drawn.settings.graph;
        const witness = new Witness(drawn.settings);
        configured(kernel, drawn);
        const { digest } = kernel.execute('initialise', { limits: limitWords(drawn) });
        witness.initialise(drawn.limits);
        expect(digest).toBe(witness.parameterDigest());
        drawn.steps.forEach((step, at) => {
          const reply = trained(kernel, at, step, storage);
          witness.train(step);
          step.images.forEach((_, slot) => {
            expect(tensor(kernel, Tensor.free, slot, units, storage)).toEqual(witness.free[slot].flat());
            expect(tensor(kernel, Tensor.plus, slot, units, storage)).toEqual(witness.plus[slot].flat());
            expect(tensor(kernel, Tensor.minus, slot, units, storage)).toEqual(witness.minus[slot].flat());
          });
          witness.weights.forEach((matrix, k) => {
            expect(tensor(kernel, Tensor.weights, k, matrix.length, storage)).toEqual(matrix);
          });
          layers.forEach(({ biases }, l) => {
            if (l > 0) expect(tensor(kernel, Tensor.biases, l, biases, storage)).toEqual(witness.biases[l]);
          });
          expect([...reply.predictions]).toEqual(witness.predictions());
          expect(reply.cost).toBe(witness.cost(step.labels));
          expect(reply.weights).toBe(witness.parameterDigest());
          expect(reply.states).toBe(witness.stateDigest());
          expect(reply.saturations).toBe(witness.saturations);
          expect(reply.nudged).toBe(witness.nudgedOf(step.labels));
          expect(reply.step).toBe(at + 1);
        });
      }),
      { numRuns: RUNS[storage] },
    );
  });
}

function isTheSameEverywhere(storage: Storage, cases: Cases): void {
  it('gives the same bits event by event and densely, on one thread and on several, on two cores', async () => {
    const fast = new Kernel(ARENA, undefined, hostModule(storage));
    const slow = new Kernel(ARENA, undefined, portableModule(storage));
    const paired = new PairedKernel(ARENA, storage);
    const teams = await Promise.all(
      [2, 5].map(async (threads) => {
        const kernel = new Kernel(ARENA, undefined, hostModule(storage));
        return { kernel, helpers: await Helpers.start(kernel, threads) };
      }),
    );
    fc.assert(
      fc.property(cases, (drawn) => {
        const limits = limitWords(drawn);
        const others: readonly Executor[] = [slow, ...teams.map(({ kernel }) => kernel), paired];
        for (const kernel of [fast, ...others]) {
          configured(kernel, drawn, kernel === slow);
          kernel.execute('initialise', { limits });
        }
        drawn.steps.forEach((step, at) => {
          const expected = trained(fast, at, step, storage);
          for (const kernel of others) expect(trained(kernel, at, step, storage)).toEqual(expected);
        });
      }),
      { numRuns: RUNS[storage] },
    );
    await Promise.all(teams.map(({ helpers }) => helpers.close()));
  });
}

/** Bytes of arena in which a network fits, and learns: with states of a whole minibatch, or sums of contrasts if those are fewer. */
function leastArena(
  storage: Storage,
  request: ReturnType<typeof configureRequest>,
  cores: 1 | 2 = 1,
): number {
  const nothing = new Kernel(0, undefined, portableModule(storage, cores));
  let least = 0;
  expect(() => nothing.execute('configure', request)).toThrow(
    expect.toSatisfy(({ error, value }: DeviceError) => {
      least = value;
      return error === 'arenaTooSmall';
    }),
  );
  return least;
}

function fitsAsItSays(storage: Storage, cases: Cases): void {
  it('needs as much arena as it says, and not a byte less', () => {
    const roomy = new Kernel(ARENA, undefined, portableModule(storage));
    fc.assert(
      fc.property(cases, (drawn) => {
        const request = configureRequest(drawn);
        const { needed, parts } = roomy.execute('configure', request);
        expect(parts.reduce((sum, bytes) => sum + bytes, 0)).toBe(needed);
        const least = leastArena(storage, request);
        expect(least).toBeLessThanOrEqual(needed);
        for (const arena of [least, needed]) {
          const exact = new Kernel(arena, undefined, portableModule(storage)).execute('configure', request);
          expect(exact.needed).toBe(arena);
          expect(exact.parts.reduce((sum, bytes) => sum + bytes, 0)).toBe(arena);
        }
        const short = new Kernel(least - 8, undefined, portableModule(storage));
        expect(() => short.execute('configure', request)).toThrow(
          expect.objectContaining({ error: 'arenaTooSmall', value: least, limit: least - 8 }),
        );
      }),
      { numRuns: 10 },
    );
  });

  it('learns the same from sums of contrasts, in an arena that has room for no more', () => {
    const roomy = new Kernel(ARENA, undefined, portableModule(storage));
    fc.assert(
      fc.property(cases, (drawn) => {
        const request = configureRequest(drawn);
        const least = leastArena(storage, request);
        fc.pre(least < roomy.execute('configure', request).needed);
        const small = new Kernel(least, undefined, portableModule(storage));
        const pair = new PairedKernel(leastArena(storage, request, 2), storage);
        const limits = limitWords(drawn);
        const others: readonly Executor[] = [small, pair];
        for (const kernel of others) configured(kernel, drawn);
        for (const kernel of [roomy, ...others]) kernel.execute('initialise', { limits });
        drawn.steps.forEach((step, at) => {
          const expected = trained(roomy, at, step, storage);
          for (const kernel of others) expect(trained(kernel, at, step, storage)).toEqual(expected);
        });
        // All examples settle in one place: one core predicts, too.
        const before = pair.answered;
        pair.execute('sample', { slot: 0, label: 0, image: packImage(drawn.steps[0].images[0]) });
        pair.execute('evaluate', { samples: 1, iterations: 1 });
        expect(pair.answered).toBe(before);
      }),
      // Few networks without shared weights take less so.
      { numRuns: 10, maxSkipsPerRun: 1000 },
    );
  });
}

function goesRound(storage: Storage, cases: Cases): void {
  it('is read, and written into another device, to the same digest', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (drawn) => {
        const { graph } = drawn.settings;
        const from = new KernelEndpoint(new Kernel(ARENA, undefined, hostModule(storage)));
        const to = new KernelEndpoint(new Kernel(ARENA, undefined, portableModule(storage)));
        for (const endpoint of [from, to]) await endpoint.request('configure', configureRequest(drawn));
        const { digest } = await from.request('initialise', { limits: limitWords(drawn) });
        const parameters = await readParameters(new EndpointTensors(from), graph, storage);
        await loadParameters(to, parameters, 3, digest);
        expect(await readParameters(new EndpointTensors(to), graph, storage)).toEqual(parameters);
      }),
      { numRuns: 20 },
    );
  });
}

/** Joints of the kind, the same with a number changed, and any layers and numbers at all. */
function possibleOrNot(kind: ConnectionKindName, joints: fc.Arbitrary<Omit<Joint, 'kind'>>) {
  const shape = fc.record({
    channels: fc.integer({ min: 1, max: 3 }),
    rows: fc.integer({ min: 1, max: 6 }),
    columns: fc.integer({ min: 1, max: 6 }),
  });
  const names = kinds[kind].words;
  const drawn = fc
    .array(fc.integer({ min: 0, max: 4 }), { minLength: names.length, maxLength: names.length })
    .map((numbers) => Object.fromEntries(names.map((name, n) => [name, numbers[n]])));
  const changed = fc
    .record({ joint: joints, of: fc.nat(9), to: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.nat(65535)) })
    .map(({ joint, of, to }) =>
      names.length > 0 ? { ...joint, words: { ...joint.words, [names[of % names.length]]: to } } : joint,
    );
  return fc.oneof(joints, changed, fc.record({ pre: shape, post: shape, words: drawn }));
}

function refusesAlike(kind: ConnectionKindName, joints: fc.Arbitrary<Omit<Joint, 'kind'>>): void {
  it(`is possible on the host where it is on a device, and nowhere else: ${kind}`, () => {
    const kernel = new Kernel(ARENA, undefined, portableModule());
    let possible = 0;
    fc.assert(
      fc.property(possibleOrNot(kind, joints), ({ pre, post, words }) => {
        // A lateral connection has one layer, which is not the input.
        const ends = kind === 'lateral' ? { pre: 1, post: 1 } : { pre: 0, post: 1 };
        const layers = placeLayers([pre, kind === 'lateral' ? pre : post]);
        const joined = joinLayers(layers, [{ ...ends, kind, fixed: false, words }], 1);
        const request = { ...SMALL, ...encodeGraph(joined, [13]) };
        const onDevice = () => kernel.execute('configure', request);
        const onHost = () => kinds[kind].check({ pre, post, words, index: 0 });
        try {
          onHost();
        } catch (error) {
          expect(error).toMatchObject({ name: 'UserError', hint: expect.stringMatching(/./) });
          expect(onDevice).toThrow(expect.objectContaining({ error: 'badWords', place: 0 }));
          return;
        }
        expect(onDevice).not.toThrow();
        possible++;
      }),
      { numRuns: 500 },
    );
    expect(possible).toBeGreaterThan(100);
  });
}

function equalsItsMap(joints: fc.Arbitrary<Joint>): void {
  it('sends both ways, and has the contrast, that its sharing map says', () => {
    fc.assert(
      fc.property(anyCase(16, joints), fc.integer(), ({ settings: { graph } }, seed) => {
        const draw = uniform(seed);
        const samples = 3;
        const states = () =>
          Float64Array.from({ length: samples * graph.units }, () => Math.max(0, draw(-0.3, 1)));
        const [plus, minus] = [states(), states()];
        const images = Uint8Array.from({ length: samples * graph.inputs }, () =>
          Math.max(0, Math.floor(draw(-100, 256))),
        );
        for (const connection of graph.connections) {
          const weights = drawnWeights(graph, connection, () => draw(-1, 1));
          const ends = endsOf(graph.layers, connection);
          const fast = formOf(graph, connection, weights);
          const plain = new SharedForm(connection, ends, weights);
          const sums = [fast, plain].map((form) => {
            const rates = new ActiveRates(ends.pre);
            if (ends.isFromInput) rates.collectPixels(images, 0, 1);
            else rates.collectStates(plus, ends.preAt);
            const there = new Float64Array(ends.post + 2);
            form.send(rates, there, 1);
            const back = new ActiveRates(ends.post);
            back.collectStates(minus, ends.postAt);
            const here = new Float64Array(ends.pre + 2);
            form.sendBack(back, here, 1, rates);
            const contrast = new Float64Array(connection.weights);
            form.contrast({ plus, minus, units: graph.units, images, inputs: graph.inputs }, (row, of) =>
              contrast.set(of, row * of.length),
            );
            return Float64Array.from([...there, ...here, ...contrast]);
          });
          // Sums of some hundred products below 1, in another order.
          expect(largestDifference(sums[0], sums[1])).toBeLessThan(1e-12);
        }
      }),
      { numRuns: 100 },
    );
  });
}
