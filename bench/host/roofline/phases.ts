/** Parts of a minibatch's work that are told apart; their numbers in the counting build are their places here. */
export const phases = ['other', 'input', 'free', 'nudged', 'contrast', 'weights', 'finish'] as const;

export type Phase = (typeof phases)[number];

export const phaseNames: Readonly<Record<Phase, string>> = {
  input: 'input drive',
  free: 'free relaxation',
  nudged: 'nudged relaxation',
  contrast: 'contrast',
  weights: 'weights rounded',
  finish: 'biases, mirrors',
  other: 'all else',
};

/** One value a phase. */
export function eachPhase<T>(value: (phase: Phase, number: number) => T): Readonly<Record<Phase, T>> {
  return Object.fromEntries(phases.map((phase, number) => [phase, value(phase, number)])) as Record<Phase, T>;
}

export function sumOf(values: Readonly<Record<Phase, number>>): number {
  return Object.values(values).reduce((sum, value) => sum + value);
}
