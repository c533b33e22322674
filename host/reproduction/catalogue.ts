/** Every experiment of every paper. */
import { UserError } from '../ground/index.js';
import { earlyInferenceExperiments } from './early-inference/experiments.js';
import { equilibriumPropagationExperiments } from './equilibrium-propagation/experiments.js';
import { networkEntries } from './equilibrium-propagation/networks.js';
import type { Entry, Experiment } from './experiment.js';
import type { PaperName } from './papers.js';
import { slidesExperiments } from './slides/experiments.js';
import { stdpExperiments } from './stdp/experiments.js';
import { vectorFieldExperiments } from './vector-field/experiments.js';

const experiments: readonly Experiment[] = [
  ...equilibriumPropagationExperiments,
  ...vectorFieldExperiments,
  ...earlyInferenceExperiments,
  ...stdpExperiments,
  ...slidesExperiments,
];

/** Paper by paper; the networks of Table 2 first. */
export const catalogue: readonly Entry[] = [...networkEntries, ...experiments];

/**
 * The experiments of a paper by their names, in the catalogue's order.
 * @param names all of the paper's if empty
 * @throws `UserError` for one that it has not
 */
export function experimentsOf(paper: PaperName, names: readonly string[]): readonly Experiment[] {
  const own = experiments.filter((one) => one.paper === paper);
  const unknown = names.find((name) => own.every((one) => one.name !== name));
  if (unknown !== undefined)
    throw new UserError(
      `${paper} has no experiment ${unknown}`,
      own.length > 0
        ? `it has ${own.map(({ name }) => name).join(', ')}`
        : 'eqprop reproduce --list tells what there is',
    );
  return names.length > 0 ? own.filter(({ name }) => names.includes(name)) : own;
}
