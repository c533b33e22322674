/** Networks and results that Scellier and Bengio (2016) printed, and what the program that made their figures had instead. */

export type NetworkNumber = 1 | 2 | 3;

export const networkNumbers: readonly NetworkNumber[] = [1, 2, 3];

export interface PaperNetwork {
  readonly number: NetworkNumber;
  readonly network: string;
  readonly epsilon: number;
  readonly rates: readonly number[];
  readonly nudgedIterations: number;
  /** Table 2. */
  readonly printed: { readonly freeIterations: number; readonly beta: number };
  /** β is the cost's without the ½, its sign drawn anew for each minibatch. */
  readonly program: { readonly freeIterations: number; readonly beta: number; readonly epochs: number };
}

/** Table 2, a row a network. */
export const paperNetworks: readonly PaperNetwork[] = [
  {
    number: 1,
    network: '784-500-10',
    epsilon: 0.5,
    rates: [0.1, 0.05],
    nudgedIterations: 4,
    printed: { freeIterations: 20, beta: 1 },
    program: { freeIterations: 20, beta: 0.5, epochs: 25 },
  },
  {
    number: 2,
    network: '784-500-500-10',
    epsilon: 0.5,
    rates: [0.4, 0.1, 0.01],
    nudgedIterations: 6,
    printed: { freeIterations: 100, beta: 1 },
    program: { freeIterations: 150, beta: 1, epochs: 60 },
  },
  {
    number: 3,
    network: '784-500-500-500-10',
    epsilon: 0.5,
    rates: [0.128, 0.032, 0.008, 0.002],
    nudgedIterations: 8,
    printed: { freeIterations: 500, beta: 1 },
    program: { freeIterations: 500, beta: 1, epochs: 500 },
  },
];

/** Errors in percent that the paper's text and the caption of its Figure 5 give for all three networks. */
export const paperResults = { training: '0.00', generalisation: '2 to 3' } as const;

export function paperNetwork(number: NetworkNumber): PaperNetwork {
  return paperNetworks[number - 1];
}
