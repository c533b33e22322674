/** Learning as people read it, in Markdown. */
import { spread } from '../../../dist/host/ground/spread.js';
import { cores } from './cores.mjs';
import { MARKS } from './learning.mjs';

const OURS = 'eqprop';
/** Whose rows come first. */
const ORDER = [OURS, 'eqprop-centred', 'eqprop-two-sided', 'int16', 'int16-own-forms', 'f32', 'aifes'];

const percent = (error) => `${Math.round(error * 100)} %`;
const thousands = (value) => (value / 1000).toLocaleString('en-GB', { maximumFractionDigits: 1 });
const significant = (value) => Number(value.toPrecision(3)).toLocaleString('en-GB');

/** Tables of the entries: instructions to each mark first, then what they are made of. */
export function learningTables(measured) {
  const entries = [...measured].sort(inOrder);
  const sizes = [...new Set(entries.map(({ minibatch }) => minibatch))];
  const counted = cores.filter(({ id }) =>
    entries.some(({ marks }) => marks.some((mark) => costOn(mark, id))),
  );
  return [
    ...sizes.flatMap((size) => {
      const ours = entries.find(({ contender, minibatch }) => contender === OURS && minibatch === size);
      const all = entries.filter(({ minibatch }) => minibatch === size);
      const marks = MARKS.filter((error) => all.some((entry) => markOf(entry, error)));
      return marks.map((error) => totals(all, ours, counted, error, size));
    }),
    samplesTable(entries),
    costTable(entries, counted),
  ].join('\n\n');
}

/** Large minibatches first. */
function inOrder(a, b) {
  return b.minibatch - a.minibatch || ORDER.indexOf(a.contender) - ORDER.indexOf(b.contender);
}

/** Instructions to a mark, and how many times ours. */
function totals(entries, ours, counted, error, size) {
  const rows = entries.map((entry) => [
    entry.name,
    ...counted.map(({ id }) => {
      const total = totalOn(entry, id, error);
      if (total === undefined) return '';
      const own = ours && entry !== ours ? totalOn(ours, id, error) : undefined;
      return `${significant(total / 1e9)} G${own === undefined ? '' : ` (${significant(total / own)})`}`;
    }),
  ]);
  const title = `Instructions, or cycles, to ${percent(error)} test error, minibatch ${size} (times ours)`;
  return `${title}\n\n${markdown(['', ...counted.map(({ name }) => name)], rows)}`;
}

function samplesTable(entries) {
  const rows = entries.map((entry) => [
    entry.name,
    String(entry.minibatch),
    ...MARKS.flatMap((error) => {
      const mark = markOf(entry, error);
      return [samplesOf(mark), mark?.plan ? `${mark.plan.rate}, ${thousands(mark.plan.length)}` : ''];
    }),
  ]);
  const heads = MARKS.flatMap((error) => [`to ${percent(error)}`, 'rate, length']);
  return `Thousand samples, means of the seeds ± half of the 95 % interval\n\n${markdown(['', 'minibatch', ...heads], rows)}`;
}

function samplesOf(mark) {
  if (mark === undefined) return '';
  if (mark.plan === undefined) return 'not by the grid';
  const reached = mark.samples.filter((samples) => samples !== null);
  if (reached.length < mark.samples.length) return `${reached.length} of ${mark.samples.length} seeds`;
  const { mean, halfWidth } = spread(reached);
  return halfWidth === undefined ? thousands(mean) : `${thousands(mean)} ± ${thousands(halfWidth)}`;
}

function costTable(entries, counted) {
  const rows = entries.flatMap((entry) =>
    entry.marks
      .filter(({ costs }) => costs.length > 0)
      .map((mark) => [
        entry.name,
        String(entry.minibatch),
        percent(mark.error),
        ...counted.map(({ id }) => significantThousands(costOn(mark, id)?.perSample)),
        `${thousands(Math.max(...mark.costs.map(({ ram }) => ram)))} KB`,
      ]),
  );
  const heads = counted.map(({ name, machine }) => `${name} (${machine})`);
  return `Thousand instructions, or cycles, a sample, on the way to a mark\n\n${markdown(['', 'minibatch', 'to', ...heads, 'RAM'], rows)}`;
}

const significantThousands = (value) => (value === undefined ? '' : significant(value / 1000));

function costOn({ costs }, id) {
  return costs.find(({ core }) => core === id);
}

function markOf({ marks }, error) {
  return marks.find((mark) => mark.error === error);
}

/** Nothing where not every seed came there. */
function totalOn(entry, id, error) {
  const { samples = [], costs = [] } = markOf(entry, error) ?? {};
  const cost = costs.find(({ core }) => core === id);
  if (cost === undefined || samples.length === 0 || samples.includes(null)) return undefined;
  return cost.perSample * spread(samples).mean;
}

function markdown(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
