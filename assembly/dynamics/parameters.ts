// Parameters of the dynamics, as CONFIGURE gave them.

/** Fractional bits of ε and β. */
export const PARAMETER_FRACTION: i32 = 12;

/** Fractional bits of β_x, which may be greater. */
export const PULL_FRACTION: i32 = 8;

/** One of wire.Relaxation. */
export let relaxation: i32 = 0;
/** Step size ε of Euler's method, 0 < ε ≤ 1. */
export let epsilon: i32 = 0;
/** Size of the nudge β ≥ 0, in the ½‖y − t‖² convention. */
export let nudge: i32 = 0;
export let freeIterations: i32 = 0;
export let nudgedIterations: i32 = 0;
/** True where free phases start from given states instead of from zero. */
export let persistent: bool = false;

export function setDynamics(
  kind: i32,
  stepSize: i32,
  beta: i32,
  free: i32,
  nudged: i32,
  startsGiven: bool,
): void {
  relaxation = kind;
  epsilon = stepSize;
  nudge = beta;
  freeIterations = free;
  nudgedIterations = nudged;
  persistent = startsGiven;
}
