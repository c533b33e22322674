/** A comparison as CSV (RFC 4180): a row a group, and one for each of its cells. */
import { rounded, type Spread } from '../ground/index.js';
import type { CellOutcome, ComparisonData, Group } from '../report/index.js';

type Field = string | number | undefined;

/** Measures of a cell; the columns of a group are its mean, deviation and interval. */
const MEASURES = [
  ['training_error_percent', 'trainingError'],
  ['test_error_percent', 'testError'],
  ['validation_error_percent', 'validationError'],
  ['contrast_cosine', 'contrastCosine'],
  ['signal_to_noise_db', 'signalToNoise'],
  ['saturations', 'saturations'],
  ['lost_updates_share', 'lostUpdates'],
  ['products_per_sample', 'products'],
] as const;

const PARTS = ['relaxation', 'contrast', 'update', 'all'] as const;

export function toCsv({ groups }: ComparisonData): string {
  const head = [
    ...['row', 'group', 'seed', 'state', 'reason'],
    ...['network', 'weights', 'states', 'rounding', 'relaxation', 'settings'],
    ...['bits', 'arena_bytes', 'smallest_board', 'on_front', 'seeds'],
    ...['above_best_points_from', 'above_best_points_to', 'verdict'],
    ...[...MEASURES.map(([name]) => name), 'gap_points'].flatMap((name) => [
      name,
      `${name}_sd`,
      `${name}_ci95`,
    ]),
    ...['initial', 'final'].flatMap((when) => PARTS.map((part) => `update_error_${when}_${part}`)),
  ];
  const rows = groups.flatMap((group) => [
    groupRow(group),
    ...group.cells.map((cell) => cellRow(group, cell)),
  ]);
  return [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function described({ network, weights, states, rounding, relaxation, settings, bits, bytes, board }: Group) {
  const text = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  return [network, weights, states, rounding, relaxation, text.join('; '), bits, bytes, board] as const;
}

function groupRow(group: Group): readonly Field[] {
  const { id, cells, onFront, sources, aboveBest } = group;
  const finished = cells.filter(({ state }) => state === 'finished').length;
  return [
    ...['group', id, '', `${finished} of ${cells.length} finished`, ''],
    ...described(group),
    ...[Number(onFront), finished],
    ...[aboveBest?.low, aboveBest?.high, aboveBest?.verdict],
    ...[...MEASURES.map(([, key]) => group[key]), group.gap].flatMap(spreadFields),
    ...(['initial', 'final'] as const).flatMap((when) =>
      PARTS.map((part) => sources?.[when][part] ?? undefined),
    ),
  ];
}

function spreadFields(spread: Spread | undefined): readonly Field[] {
  return [spread?.mean, spread?.deviation, spread?.halfWidth];
}

function cellRow(group: Group, cell: CellOutcome): readonly Field[] {
  const { testError, referenceTestError } = cell;
  const gap =
    testError === undefined || referenceTestError === undefined ? undefined : testError - referenceTestError;
  return [
    ...['cell', group.id, cell.seed, cell.state, cell.reason],
    ...described(group),
    ...['', 1, '', '', ''],
    ...[...MEASURES.map(([, key]) => cell[key] ?? undefined), gap].flatMap((value) => [value, '', '']),
    ...PARTS.flatMap(() => ['', '']),
  ];
}

function field(value: Field): string {
  if (value === undefined) return '';
  const text = typeof value === 'number' ? number(value) : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Whole numbers, seeds among them, stay what they are. */
function number(value: number): string {
  return String(Number.isInteger(value) ? value : rounded(value, 8));
}
