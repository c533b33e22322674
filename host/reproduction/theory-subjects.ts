/** Networks that the theory is tested on, in float64: of one and two hidden layers, at initial weights and trained. */
import type { Dataset } from '../data/index.js';
import type { ReferenceNetwork } from '../reference/index.js';
import { initialReference } from '../verification/index.js';
import type { Conditions } from './conditions.js';
import type { Form } from './experiment.js';
import { floatRecipe, trainedInFloat } from './float-networks.js';

export interface FloatSubject {
  /** `784-64-10, trained` */
  readonly name: string;
  readonly network: ReferenceNetwork;
  readonly weights: 'initial' | 'trained';
  /** Scale of the initial weights, in units of Glorot’s. */
  readonly scale: number;
}

const SIZES: Readonly<Record<Form, readonly string[]>> = {
  quick: ['784-32-10', '784-32-32-10'],
  full: ['784-128-10', '784-128-128-10'],
};
const TRAINING = {
  quick: { training: '0..1000', epochs: 3 },
  full: { training: '0..10000', epochs: 5 },
} as const;

/** Initial weights of half Glorot's size and of his whole, and trained from the first. */
export async function theorySubjects(
  form: Form,
  dataset: Dataset,
  conditions: Pick<Conditions, 'seed' | 'step'>,
): Promise<readonly FloatSubject[]> {
  const subjects: FloatSubject[] = [];
  for (const sizes of SIZES[form]) {
    const recipe = floatRecipe(sizes, { seed: conditions.seed, ...TRAINING[form] });
    const whole = floatRecipe(sizes, { seed: conditions.seed, 'initial-scale': 1 });
    subjects.push(
      {
        name: `${sizes}, half of Glorot’s`,
        network: initialReference(recipe),
        weights: 'initial',
        scale: 0.5,
      },
      { name: `${sizes}, Glorot’s`, network: initialReference(whole), weights: 'initial', scale: 1 },
      {
        name: `${sizes}, trained`,
        network: await trainedInFloat(recipe, dataset, conditions),
        weights: 'trained',
        scale: 0.5,
      },
    );
  }
  return subjects;
}
