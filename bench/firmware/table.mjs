/** The rows as people read them. */
import Table from 'cli-table3';

const whole = (value) => (value === undefined ? '' : Math.round(value).toLocaleString('en-GB'));
const places = (value, digits) => value?.toFixed(digits) ?? '';

/** A heading and what stands below it. */
const columns = [
  ['board', ({ board }) => board],
  ['network, minibatch', ({ network }) => network],
  ['a sample’s', ({ work }) => work],
  ['products', ({ products }) => whole(products)],
  ['unit', ({ unit }) => unit],
  ['ours', ({ ours }) => whole(ours.perSample)],
  ['each', ({ ours }) => places(ours.perProduct, 2)],
  ['plain C', ({ plain }) => whole(plain?.perSample)],
  ['each', ({ plain }) => places(plain?.perProduct, 2)],
  ['ours / plain', ({ ratio }) => places(ratio, 3)],
  ['dense', ({ dense }) => whole(dense?.perSample)],
  ['dense / ours', ({ saving }) => places(saving, 2)],
  ['ms', ({ milliseconds }) => places(milliseconds, 2)],
];

export function tableOf(rows) {
  return printed(columns, rows);
}

function printed(columns, rows) {
  const table = new Table({ head: columns.map(([head]) => head), style: { head: [], border: [] } });
  for (const row of rows) table.push(columns.map(([, cell]) => cell(row)));
  return table.toString();
}

/** Predictions of the deployed library, beside the same by hand. */
const predictionColumns = [
  ['board', ({ board }) => board],
  ['network', ({ network }) => network],
  ['unit', ({ unit }) => unit],
  ['library', ({ ours }) => whole(ours)],
  ['by hand', ({ plain }) => whole(plain)],
  ['library / by hand', ({ ratio }) => places(ratio, 3)],
];

export function predictionTable(rows) {
  return printed(predictionColumns, rows);
}
