import {
  drawing,
  type Figure,
  fixed,
  html,
  line,
  logarithmicScale,
  type Scale,
  SERIES_CLASSES,
  text,
  tickText,
  WIDTH,
} from '../../drawing/index.js';
import { NOTHING, significant } from '../../ground/index.js';
import type { ComparisonData, ErrorSources } from './data.js';
import { byInterest, labelling } from './labels.js';

const LEFT = 10;
const RIGHT = WIDTH - 58;
const TOP = 44;
const BAR = 11;
const PITCH = BAR + 3;
const BLOCK = 22 + 4 * PITCH + 8;
const MOST = 8;

const PARTS: readonly (readonly [keyof ErrorSources, string])[] = [
  ['relaxation', 'relaxation'],
  ['contrast', 'contrast'],
  ['update', 'update'],
  ['all', 'all'],
];

/** The relative error of one update with the parts rounded one at a time: a block a format. */
export function sourcesFigure(data: ComparisonData, when: 'initial' | 'final'): Figure | undefined {
  const label = labelling(data);
  const blocks = byInterest(data).flatMap((group) =>
    group.sources ? [{ name: label(group), sources: group.sources[when] }] : [],
  );
  const shown = blocks.slice(0, MOST);
  const values = shown
    .flatMap(({ sources }) => PARTS.flatMap(([part]) => sources[part] ?? []))
    .filter((value) => value > 0);
  if (values.length === 0) return undefined;
  const x = logarithmicScale([...values, Math.min(...values) / 2], [LEFT, RIGHT]);
  const bottom = TOP + shown.length * BLOCK;
  const weights = when === 'initial' ? 'initial' : 'last';
  const title = `Where the error comes from, ${weights} weights`;
  const svg = drawing(title, bottom + 40, [
    PARTS.map(([, name], n) => {
      const at = LEFT + [0, 108, 196, 274][n];
      return [
        html`<rect class="${SERIES_CLASSES[n]} solid" x="${at}" y="9" width="11" height="11"/>`,
        text(at + 17, 19, name, 'start'),
      ];
    }),
    x.ticks.map((tick) => line(x.place(tick), TOP - 10, x.place(tick), bottom, tick === 1 ? 'axis' : 'grid')),
    readable(x).map((tick) => tickText(x.place(tick), bottom + 16, `${significant(100 * tick)} %`)),
    shown.map(({ name, sources }, block) => {
      const top = TOP + block * BLOCK;
      return [
        text(LEFT, top + 12, name, 'start', 'halo'),
        PARTS.map(([part, partName], n) => {
          const value = sources[part];
          const y = top + 19 + n * PITCH;
          const end = value !== null && value > 0 ? x.place(value) : LEFT;
          const told = (digits: number) =>
            value === null ? NOTHING : `${significant(100 * value, digits)} %`;
          return html`<g><title>${name}, ${partName} rounded: ${told(3)}</title><rect class="${SERIES_CLASSES[n]} solid" stroke-width="0" x="${LEFT}" y="${fixed(y)}" width="${fixed(Math.max(end - LEFT, 0))}" height="${BAR}"/>${text(end + 5, y + BAR - 0.5, told(2), 'start', 'muted halo small')}</g>`;
        }),
      ];
    }),
    text(LEFT, bottom + 35, '‖ΔW rounded − ΔW‖ / ‖ΔW‖, logarithmic', 'start', 'muted'),
  ]);
  const left = blocks.length - shown.length;
  return {
    name: `error-sources-${weights}`,
    title,
    caption: `How far one update of the float64 reference moves when only that part is rounded as the formats say: states during relaxation, the settled states that the contrast multiplies, or the change of each weight; and all three. Two minibatches from the ${weights} weights of the first seed.${left > 0 ? ` ${left} more groups are in cells.csv.` : ''}`,
    svg,
  };
}

/** Room that a number takes. */
const NUMBER = 54;

/** Ticks whose numbers do not touch. */
function readable({ ticks, place }: Scale): readonly number[] {
  const shown: number[] = [];
  for (const tick of ticks.toReversed())
    if (shown.every((other) => Math.abs(place(other) - place(tick)) >= NUMBER)) shown.push(tick);
  return shown;
}
