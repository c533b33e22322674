/** The papers, in the order of the catalogue. */

export const paperNames = [
  'equilibrium-propagation',
  'vector-field',
  'early-inference',
  'stdp',
  'slides',
] as const;
export type PaperName = (typeof paperNames)[number];

export interface Paper {
  readonly authors: string;
  readonly title: string;
}

export const papers: Readonly<Record<PaperName, Paper>> = {
  'equilibrium-propagation': {
    authors: 'Scellier & Bengio 2016',
    title: 'Towards a Biologically Plausible Backprop',
  },
  'vector-field': {
    authors: 'Scellier et al. 2018',
    title: 'Generalization of Equilibrium Propagation to Vector Field Dynamics',
  },
  'early-inference': {
    authors: 'Bengio & Fischer 2015',
    title: 'Early Inference in Energy-Based Models Approximates Back-Propagation',
  },
  stdp: {
    authors: 'Bengio et al. 2017',
    title: 'STDP-Compatible Approximation of Backpropagation in an Energy-Based Model',
  },
  slides: {
    authors: 'Bengio 2016',
    title: 'Towards Biologically Plausible Deep Learning',
  },
};
