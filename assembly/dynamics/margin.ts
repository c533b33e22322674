// Margin: an example that is right by as much after the free phase is not nudged, and so changes nothing.
import { outputLayer, stateFraction } from '../network/graph';
import { PARAMETER_FRACTION } from './parameters';

/** With 12 fractional bits; 0: all examples are nudged. */
let margin: i32 = 0;

export function setMargin(value: i32): void {
  margin = value;
}

/** Returns whether the target's output is greater than any other by the margin. */
export function isBeyondMargin(target: i32): bool {
  if (margin == 0) return false;
  const output = outputLayer();
  const own = output.stateOf(target);
  for (let i = 0; i < output.size; i++)
    if (i != target && (own - output.stateOf(i)) << PARAMETER_FRACTION < margin << stateFraction)
      return false;
  return true;
}
