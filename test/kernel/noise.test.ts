/** The kernel's noise, the reference's, and none where there is none. */
import { describe, expect, test } from 'vitest';
import { Kernel } from '#host/kernel/kernel';
import {
  checkRecipe,
  configureRequest,
  graphOf,
  initialiseRequest,
  ratesAt,
  readPreset,
  roundedDynamics,
  trainRequest,
} from '#host/model/index';
import { ReferenceNetwork, relaxMinibatch } from '#host/reference/index';
import { packImage, Tensor } from '#host/wire/index';
import { tensor } from './networks.js';

const STEP = 0;

/** Without weights and biases a unit follows a drive of 0: what moves it is its noise, and the nudge. */
function recipeOf(more: Readonly<Record<string, unknown>>) {
  const { values } = readPreset('paper-1');
  return checkRecipe(
    {
      ...values,
      ...{ network: '4-3-5', 'initial-scale': 1e-6, states: 'Q1.14', minibatch: 3, start: 'zero' },
      ...{ 'free-iterations': 7, 'nudged-iterations': 4, epsilon: 0.5, cost: 'half', beta: 0.5, ...more },
    },
    'here',
  );
}

const images = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
const labels = Uint8Array.of(0, 1, 4);

function settled(recipe: ReturnType<typeof recipeOf>) {
  const kernel = new Kernel(1 << 16);
  kernel.execute('configure', configureRequest(recipe));
  kernel.execute('initialise', initialiseRequest(recipe));
  labels.forEach((label, slot) => {
    const image = packImage(images.subarray(4 * slot, 4 * slot + 4));
    kernel.execute('sample', { slot, label, image });
  });
  kernel.execute('train', trainRequest(STEP, 3, ratesAt(recipe, STEP, 10, 3)));
  const states = (kind: number) => [0, 1, 2].flatMap((slot) => tensor(kernel, kind, slot, 8).map(Number));
  return { free: states(Tensor.free), plus: states(Tensor.plus), minus: states(Tensor.minus) };
}

describe.each(['langevin', 'leaky'])('%s', (noise) => {
  test.each(['independent', 'same'])('the reference draws what the kernel draws, phases %s', (phases) => {
    const level = noise === 'langevin' ? 0.02 : 0.3;
    const recipe = recipeOf({
      ...{ noise, 'noise-level': level, 'noise-phases': phases, nudging: 'centered' },
    });
    const graph = graphOf(recipe);
    const network = new ReferenceNetwork(
      graph,
      graph.connections.map(({ weights }) => new Float64Array(weights)),
      graph.layers.slice(1).map(({ biases }) => new Float64Array(biases)),
    );
    const batch = { images, labels, step: STEP };
    const reference = relaxMinibatch(network, roundedDynamics(recipe), batch, 'centered');
    const onDevice = settled(recipe);
    for (const side of ['free', 'plus', 'minus'] as const) {
      const moved = reference[side].filter((state) => state > 0 && state < 1).length;
      expect(moved).toBeGreaterThan(5);
      onDevice[side].forEach((state, u) => {
        // A rounding of half a bit each step, of which three quarters are left, at most, after each that follows.
        expect(Math.abs(state / 2 ** 14 - reference[side][u])).toBeLessThan(2 * 2 ** -14);
      });
    }
  });
});

test('the same noise moves hidden units of both nudged phases alike, noise of their own does not', () => {
  const sides = (phases: string) => {
    const { plus, minus } = settled(
      recipeOf({ noise: 'langevin', 'noise-level': 0.02, 'noise-phases': phases, nudging: 'centered' }),
    );
    return [plus, minus].map((states) => [0, 8, 16].flatMap((at) => states.slice(at, at + 3)));
  };
  const [plus, minus] = sides('same');
  expect(plus).toEqual(minus);
  const [apart, other] = sides('independent');
  expect(apart).not.toEqual(other);
});
