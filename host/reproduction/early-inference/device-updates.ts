/** Early updates on the device, in its integers, beside the law and float64. */
import { type Dataset, loadDataset } from '../../data/index.js';
import { EndpointTensors, readStates } from '../../endpoint/index.js';
import { count, decimals } from '../../ground/index.js';
import {
  checkRecipe,
  formatsOf,
  type NetworkParameters,
  type Recipe,
  ratesAt,
  roundedDynamics,
} from '../../model/index.js';
import { loadResult } from '../../records/index.js';
import { type ReferenceNetwork, relaxMinibatch } from '../../reference/index.js';
import { openBench } from '../../runs/index.js';
import { gather, Learner, MinibatchSource } from '../../training/index.js';
import type { Conditions } from '../conditions.js';
import { runOnDevice } from '../device-run.js';
import type { Form } from '../experiment.js';
import type { Table } from '../tables.js';
import { trainedNetwork } from '../trained-network.js';
import { type EarlyUpdate, earlyUpdates, fixedPoint, lawfulFactor, UpdateMeter } from './early-updates.js';
import { cells, layerHeads, pooledFactor, subjectRecipe, withCost } from './update-subjects.js';

const HIDDEN = [1, 2, 3] as const;
const NUDGES = [
  { beta: 1, epsilon: 0.5 },
  { beta: 1, epsilon: 0.1 },
  { beta: 0.1, epsilon: 0.1 },
] as const;
/** Steps at which a layer is looked at, from the first that moves it on. */
const LOOKED = [2, 3, 4] as const;
const SETTLED = 5000;
/** Drives of ±32: with finer weights they do not fit. */
const FORMATS = { weights: 'Q3.12', states: 'Q1.14' } as const;

/** A network that a device has. */
export interface OnDevice {
  /** Its dynamics are Euler's. */
  readonly recipe: Recipe;
  readonly parameters: NetworkParameters;
  readonly digest: bigint;
}

export interface Followed {
  /** Samples · units states after the free phase, and after each step of the nudged one. */
  readonly free: Float64Array;
  readonly nudged: readonly Float64Array[];
}

interface Measured {
  readonly network: string;
  readonly hidden: number;
  readonly nudge: (typeof NUDGES)[number];
  readonly onDevice: readonly EarlyUpdate[];
  readonly inFloat: readonly EarlyUpdate[];
  readonly states: number;
  /** Those that float64 has too, its states rounded after each step. */
  readonly equal: number;
}

/** Rows and a sentence: networks trained on the device, nudged there, their states read back after 1, 2, 3 … steps. */
export async function deviceUpdates(
  form: Form,
  conditions: Conditions,
): Promise<{ readonly table: Table; readonly verdict: string }> {
  const dataset = await loadDataset(conditions.data);
  const measured: Measured[] = [];
  for (const hidden of HIDDEN) {
    const trained = subjectRecipe(dataset, hidden, form, conditions.seed, FORMATS);
    const { path } = await runOnDevice(`updates-${hidden}`, trained, conditions);
    const { parameters, state } = loadResult(path);
    const { network } = trainedNetwork(path);
    const { chosen } = withCost(network, dataset, form);
    for (const [n, { beta, epsilon }] of NUDGES.entries()) {
      await conditions.step(`${trained.network} on the device`, n, NUDGES.length);
      const recipe = checkRecipe(
        {
          ...trained,
          ...{ relaxation: 'euler', nudging: 'positive', beta, epsilon, minibatch: chosen.length },
          'free-iterations': SETTLED,
        },
        'early updates',
      );
      const onDevice = { recipe, parameters, digest: BigInt(`0x${state.position.digest}`) };
      const followed = await followOnDevice(onDevice, dataset, chosen, hidden + 3, conditions);
      measured.push({ hidden, nudge: NUDGES[n], ...compare(network, recipe, dataset, chosen, followed) });
    }
  }
  const equal = measured.reduce((sum, one) => sum + one.equal, 0);
  const states = measured.reduce((sum, one) => sum + one.states, 0);
  return {
    table: {
      title: `−ΣΔh · ∂C/∂h / Σ‖∂C/∂h‖² over images, in units of β ε^(k+2), after k+2, k+3, k+4 steps: networks trained on the device, states of ${FORMATS.states}, and (in brackets) in float64`,
      head: ['network', 'β, ε', ...layerHeads()],
      rows: [
        ['law', '', ...[0, 1, 2].map((k) => LOOKED.map((n) => lawfulFactor(k + n, k)).join(', '))],
        ...measured.map((one) => [
          one.network,
          `${one.nudge.beta}, ${one.nudge.epsilon}`,
          ...cells(one, (below) => {
            const factors = (of: readonly EarlyUpdate[]) =>
              LOOKED.map((n) =>
                decimals(
                  pooledFactor(of.filter((update) => update.below === below && update.step === below + n)),
                ),
              ).join(', ');
            return `${factors(one.onDevice)} (${factors(one.inFloat)})`;
          }),
        ]),
      ],
    },
    verdict: `On the device, ${count(equal)} of ${count(states)} states along the way are what float64 has whose states are rounded after each step.`,
  };
}

/** Runs the nudged phase anew for each number of its steps, and reads the states back. */
export async function followOnDevice(
  { recipe, parameters, digest }: OnDevice,
  { test, pixels }: Dataset,
  chosen: readonly number[],
  steps: number,
  { runs, signal }: Pick<Conditions, 'runs' | 'signal'>,
): Promise<Followed> {
  const bench = await openBench(runs.device, recipe, { level: runs.verification });
  try {
    const batch = new MinibatchSource(test, pixels).take(Uint32Array.from(chosen));
    const followed = { free: new Float64Array(0), nudged: [] as Float64Array[] };
    for (let step = 1; step <= steps; step++) {
      signal.throwIfAborted();
      const learner = new Learner(bench.endpoint, { ...recipe, 'nudged-iterations': step });
      const { graph, formats } = learner;
      await learner.configure();
      await learner.load(parameters, 0, digest);
      await learner.stage(batch);
      await learner.train(0, chosen.length, ratesAt(recipe, 0, 1, chosen.length));
      const read = async (tensor: 'free' | 'plus') => {
        const tensors = new EndpointTensors(bench.link);
        const states = await readStates(tensors, tensor, chosen.length, graph.units, formats.storage);
        return Float64Array.from(states, (state) => state / 2 ** formats.states.fraction);
      };
      followed.free = await read('free');
      followed.nudged.push(await read('plus'));
    }
    return followed;
  } finally {
    await bench.close();
  }
}

/** The device's states beside those of float64: of the same roundings, and of none. */
export function compare(
  network: ReferenceNetwork,
  recipe: Recipe,
  { test, pixels }: Dataset,
  chosen: readonly number[],
  { free, nudged }: Followed,
): Omit<Measured, 'hidden' | 'nudge'> {
  const batch = gather(test, pixels, Uint32Array.from(chosen));
  const dynamics = roundedDynamics(recipe);
  const one = 2 ** formatsOf(recipe).states.fraction;
  const round = (state: number) => Math.round(state * one) / one;
  let [states, equal] = [0, 0];
  const count = (ours: Float64Array, theirs: Float64Array) => {
    states += ours.length;
    equal += ours.filter((state, u) => state === theirs[u]).length;
  };
  nudged.forEach((plus, n) => {
    const steps = { ...dynamics, nudgedIterations: n + 1 };
    const rounded = relaxMinibatch(network, steps, batch, 'positive', round);
    if (n === 0) count(free, rounded.free);
    count(plus, rounded.plus);
  });
  const { units } = network;
  const nudge = { beta: dynamics.nudge, epsilon: dynamics.epsilon, steps: nudged.length };
  const of = (all: Float64Array, n: number) => all.subarray(n * units, (n + 1) * units);
  return {
    network: recipe.network,
    states,
    equal,
    onDevice: chosen.flatMap((_, n) => {
      const meter = new UpdateMeter(network, of(free, n), batch.labels[n], nudge);
      return nudged.flatMap((plus, step) => meter.measure(step + 1, of(plus, n)));
    }),
    inFloat: chosen.flatMap((_, n) => {
      const start = fixedPoint(network, batch.images, n * pixels);
      return earlyUpdates(network, batch.images, n * pixels, batch.labels[n], start, nudge);
    }),
  };
}
