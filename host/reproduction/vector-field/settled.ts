/** Dynamics whose phases come to rest, as far as float64 has it. */

/** Without an energy the last bit may go round for ever; far fewer sweeps leave 10⁻¹² of what is contracted. */
export const SETTLED = {
  relaxation: 'exact',
  epsilon: 0.5,
  nudge: 0,
  freeIterations: 300,
  nudgedIterations: 300,
} as const;
