/** Networks whose early updates are looked at, and the images that they are looked at for. */
import type { Dataset } from '../../data/index.js';
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

export async function subjectOf(
  dataset: Dataset,
  hidden: number,
  trained: boolean,
  form: Form,
  conditions: Conditions,
): Promise<Subject> {
  const [images, epochs, samples] = form === 'full' ? [10_000, 5, 40] : [2000, 4, 12];
  const units = new Array<number>(hidden).fill(WIDTH);
  const recipe = chainRecipe(dataset, { hidden: units, images, epochs, seed: conditions.seed });
  const network = trained ? await trainedInFloat(recipe, dataset, conditions) : initialReference(recipe);
  const name = `${recipe.network}, ${trained ? 'trained' : 'initial'}`;
  const chosen: number[] = [];
  let looked = 0;
  for (; looked < dataset.test.count && chosen.length < samples; looked++)
    if (costOf(network, dataset, looked) > NO_COST) chosen.push(looked);
  return { name, hidden, trained, network, chosen, looked };
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
export function cells({ hidden }: Subject, of: (below: number) => string): readonly string[] {
  return Array.from({ length: 3 }, (_, below) => (below < hidden ? of(below) : ''));
}

/** Of those that have it; NaN if none. */
export function mean(
  measured: readonly EarlyUpdate[],
  part: 'cosine' | 'factor' | 'size' | 'fromOutputs',
): number {
  const values = measured.flatMap((one) => one[part] ?? []);
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}
