/** From numbers to places in a drawing. */
import { rounded } from '../ground/index.js';

export interface Scale {
  readonly ticks: readonly number[];
  place(value: number): number;
}

/** Ends of an axis in the drawing: where its least and greatest numbers lie. */
export type Ends = readonly [from: number, to: number];

const ROUND_STEPS = [1, 2, 2.5, 5, 10];

/** A little wider than the data; `zero`: begins at 0. At most about so many ticks. */
export function linearScale(values: readonly number[], ends: Ends, most = 6, zero = false): Scale {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (zero) low = Math.min(low, 0);
  const margin = (high - low || Math.abs(high) || 1) * 0.06;
  if (!(zero && low === 0)) low -= margin;
  high += margin;
  return fixedScale([low, high], ends, most);
}

/** From end to end, whatever the data. At most about so many ticks. */
export function fixedScale([low, high]: readonly [low: number, high: number], ends: Ends, most = 6): Scale {
  return {
    ticks: roundTicks(low, high, most),
    place: (value) => ends[0] + ((ends[1] - ends[0]) * (value - low)) / (high - low),
  };
}

function roundTicks(low: number, high: number, most: number): readonly number[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (ROUND_STEPS.find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, n) => rounded((first + n) * step, 12));
}

/** Fewer ticks would leave an axis bare. */
const FEW = 2;

/** For positive numbers; ticks at powers of ten, where those are few at their halves and fifths too, or evenly. */
export function logarithmicScale(values: readonly number[], ends: Ends): Scale {
  const [low, high] = [Math.min(...values) / 1.15, Math.max(...values) * 1.15];
  const span = Math.log10(high / low);
  const steps = span > 2.2 ? [1] : [1, 2, 5];
  const first = Math.floor(Math.log10(low));
  const ticks = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, n) => n + first)
    .flatMap((decade) => steps.map((step) => rounded(step * 10 ** decade, 12)))
    .filter((tick) => tick >= low && tick <= high);
  return {
    ticks: ticks.length < FEW ? roundTicks(low, high, 4) : ticks,
    place: (value) => ends[0] + ((ends[1] - ends[0]) * Math.log10(value / low)) / span,
  };
}
