/** Early updates in states rounded as the device's are: when a layer is first seen to move. */
import type { Dataset } from '../../data/index.js';
import { mean as averageOf, decimals } from '../../ground/index.js';
import type { Conditions } from '../conditions.js';
import type { Table } from '../tables.js';
import { type EarlyUpdate, earlyUpdates, type Nudge, settledIn } from './early-updates.js';
import { cells, layerHeads, mean, type Subject } from './update-subjects.js';

/** Fractional bits. */
const FORMATS = [14, 12] as const;
/** Steps within which rounded states are watched. */
const WATCHED = 40;
const ROUNDED: readonly Omit<Nudge, 'steps'>[] = [
  { beta: 1, epsilon: 0.5 },
  { beta: 0.1, epsilon: 0.5 },
  { beta: 0.1, epsilon: 0.1 },
];

export function roundedTable(rows: Table['rows']): Table {
  return {
    title: `Rounded states: mean first step that a layer is seen to move (of ${WATCHED}; images in which it never does), and the cosine then`,
    head: ['network', 'states', 'β, ε', ...layerHeads()],
    rows,
  };
}

export async function roundedRows(
  subject: Subject,
  { test, pixels }: Dataset,
  { step }: Conditions,
): Promise<readonly Table['rows'][number][]> {
  const rows: Table['rows'][number][] = [];
  for (const [n, bits] of FORMATS.entries()) {
    const round = (state: number) => Math.round(state * 2 ** bits) / 2 ** bits;
    for (const { beta, epsilon } of ROUNDED) {
      await step(`${subject.name}, states of ${bits} bits`, n, FORMATS.length);
      const each = subject.chosen.map((image) => {
        const start = settledIn(subject.network, test.images, image * pixels, epsilon, round);
        const nudge = { beta, epsilon, steps: WATCHED };
        const label = test.labels[image];
        return earlyUpdates(subject.network, test.images, image * pixels, label, start, nudge, round);
      });
      rows.push([
        subject.name,
        `Q${15 - bits}.${bits}`,
        `${beta}, ${epsilon}`,
        ...cells(subject, (below) => {
          const { step: first, never, seen } = firstMoves(each, below);
          if (seen.length === 0) return `never (${never})`;
          return `${decimals(first, 1)} (${never}), ${decimals(mean(seen, 'cosine'))}`;
        }),
      ]);
    }
  }
  return rows;
}

/** When the layer `below` the top one first moves, by image. */
export function firstMoves(
  images: readonly (readonly EarlyUpdate[])[],
  below: number,
): {
  /** Mean over the images in which it does; NaN if in none. */
  readonly step: number;
  /** Images in which it does not. */
  readonly never: number;
  /** The first moves. */
  readonly seen: readonly EarlyUpdate[];
} {
  const seen = images.flatMap((all) => all.find((one) => one.below === below && one.moved) ?? []);
  return {
    step: averageOf(seen.map(({ step }) => step)),
    never: images.length - seen.length,
    seen,
  };
}
