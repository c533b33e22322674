/** Networks whose early updates are looked at, and the images that they are looked at for. */
import type { Dataset } from '../../data/index.js';
import type { Recipe } from '../../model/index.js';
import type { ReferenceNetwork } from '../../reference/index.js';
import { initialReference } from '../../verification/index.js';
import type { Conditions } from '../conditions.js';
import type { Form } from '../experiment.js';
import { trainedInFloat } from '../float-networks.js';
import { chainRecipe } from './chains.js';
import { type EarlyUpdate, fixedPoint } from './early-updates.js';

const WIDTH = 128;
/** Costs below this are none: no gradient to compare with. */
const NO_COST = 1e-9;

export interface Subject {
  readonly name: string;
  readonly hidden: number;
  readonly trained: boolean;
  readonly network: ReferenceNetwork;
  /** Places of images with a cost among the test images, and how many were looked at for them. */
  readonly chosen: readonly number[];
  readonly looked: number;
}

const SIZE = {
  quick: { images: 2000, epochs: 4, samples: 12 },
  full: { images: 10_000, epochs: 5, samples: 40 },
} as const;

/** @param changes to its keys */
export function subjectRecipe(
  dataset: Dataset,
  hidden: number,
  form: Form,
  seed: number,
  changes: Readonly<Record<string, unknown>> = {},
): Recipe {
  const { images, epochs } = SIZE[form];
  const units = new Array<number>(hidden).fill(WIDTH);
  return chainRecipe(dataset, { hidden: units, images, epochs, seed }, changes);
}

export async function subjectOf(
  dataset: Dataset,
  hidden: number,
  trained: boolean,
  form: Form,
  conditions: Conditions,
): Promise<Subject> {
  const recipe = subjectRecipe(dataset, hidden, form, conditions.seed);
  const network = trained ? await trainedInFloat(recipe, dataset, conditions) : initialReference(recipe);
  const name = `${recipe.network}, ${trained ? 'trained' : 'initial'}`;
  return { name, hidden, trained, network, ...withCost(network, dataset, form) };
}

/** The first test images that have a cost. */
export function withCost(
  network: ReferenceNetwork,
  dataset: Dataset,
  form: Form,
): Pick<Subject, 'chosen' | 'looked'> {
  const { samples } = SIZE[form];
  const chosen: number[] = [];
  let looked = 0;
  for (; looked < dataset.test.count && chosen.length < samples; looked++)
    if (costOf(network, dataset, looked) > NO_COST) chosen.push(looked);
  return { chosen, looked };
}

function costOf(network: ReferenceNetwork, { test, pixels }: Dataset, n: number): number {
  const states = fixedPoint(network, test.images, n * pixels);
  const outputs = states.subarray(network.units - network.graph.outputs);
  return outputs.reduce((sum, y, j) => sum + (y - (j === test.labels[n] ? 1 : 0)) ** 2 / 2, 0);
}

export function layerHeads(): readonly string[] {
  return ['top hidden', 'next', 'lowest of three'];
}

/** A cell for each of three layers, empty where the network has fewer. */
export function cells({ hidden }: Pick<Subject, 'hidden'>, of: (below: number) => string): readonly string[] {
  return Array.from({ length: 3 }, (_, below) => (below < hidden ? of(below) : ''));
}

/** The mean of those that have it; NaN if none. */
export function mean(
  measured: readonly EarlyUpdate[],
  part: 'cosine' | 'factor' | 'size' | 'fromOutputs',
): number {
  const values = measured.flatMap((one) => one[part] ?? []);
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

/** The factor of all of them together, −Σ Δh · ∂C/∂h over Σ ‖∂C/∂h‖²: where nothing moved it is 0, and faint gradients count little. */
export function pooledFactor(measured: readonly EarlyUpdate[]): number {
  const along = measured.reduce((sum, { factor = 0, gradient }) => sum + factor * gradient, 0);
  return along / measured.reduce((sum, { gradient }) => sum + gradient, 0);
}
