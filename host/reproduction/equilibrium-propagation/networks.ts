/** Lines of the catalogue for the networks of Table 2: they train on a device, by commands with flags of their own. */
import type { Entry } from '../experiment.js';

export const networkResults = ['table-2', 'figure-5', 'claims'] as const;
export type NetworkResult = (typeof networkResults)[number];

const paper = 'equilibrium-propagation';

export const networkEntries: readonly (Entry & { readonly name: NetworkResult })[] = [
  {
    paper,
    name: 'table-2',
    title: 'Table 2',
    shows: 'errors of one, two and three hidden layers, in integers',
    minutes: { quick: 15, full: 3000 },
  },
  {
    paper,
    name: 'figure-5',
    title: 'Figure 5',
    shows: 'the same runs, error against epochs',
    minutes: { quick: 15, full: 3000 },
  },
  {
    paper,
    name: 'claims',
    title: 'Claims of sections 4 and 5',
    shows: 'balanced rates, falling energy, persistent states, exact relaxation',
    minutes: { quick: 20 },
  },
];
