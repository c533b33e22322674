/** Samples a second as Markdown, and as a figure. */
import { chartFigure, seriesColour } from '../../dist/host/drawing/index.js';
import { BOARDS, lines, networks, samplesASecond, updated } from './model.mjs';

/** A row for each network and line: samples a second, and how many times one board's that is. */
export function tableOf(measurements) {
  const head = ['', 'line', ...BOARDS.map((n) => (n === 1 ? '1 board' : `${n} boards`))];
  const rows = curvesOf(measurements).map(({ network, line, rates }) => [
    network,
    line.name,
    ...rates.map((rate, n) =>
      n === 0 ? significant(rate) : `${significant(rate)} (${(rate / rates[0]).toFixed(2)} ×)`,
    ),
  ]);
  return markdown([head, head.map(() => '---'), ...rows]);
}

/** Thousands of cycles that a Pico takes for a minibatch, and the bytes that it would tell. */
export function partsOf(measurements) {
  const head = ['', 'examples of its share', 'relaxation', 'update', 'sums, bytes', 'states, bytes'];
  const thousands = (cycles) => whole(cycles / 1000);
  const rows = measurements.flatMap(({ preset, network, shares }) =>
    shares.map((own) => [
      network,
      String(own.share),
      ...[own.relaxation, updated(shares, exchangeOf(preset), own).update].map(thousands),
      ...[own.sums, own.states].map(whole),
    ]),
  );
  return markdown([head, head.map(() => '---'), ...rows]);
}

export function figureOf(measurements) {
  const curves = curvesOf(measurements);
  return chartFigure(
    'Samples a second of Picos that share minibatches out',
    measurements.map(({ network }) => ({
      title: network,
      xLabel: 'boards',
      yLabel: 'samples a second',
      xScale: 'log',
      yScale: 'log',
      curves: lines.map((line, n) => ({
        label: line.name,
        colour: seriesColour(n),
        marked: true,
        points: curves
          .find((curve) => curve.network === network && curve.line === line)
          .rates.map((rate, at) => [BOARDS[at], rate]),
      })),
    })),
  );
}

function curvesOf(measurements) {
  return measurements.flatMap((measured) => {
    const exchange = exchangeOf(measured.preset);
    return lines.map((line) => ({
      network: measured.network,
      line,
      rates: BOARDS.map((boards) => samplesASecond(measured, exchange, line, boards)),
    }));
  });
}

function exchangeOf(preset) {
  return networks.find((network) => network.preset === preset).exchange;
}

const whole = (value) => Math.round(value).toLocaleString('en-GB');
const significant = (value) => (value < 100 ? value.toPrecision(3) : whole(value));

function markdown(rows) {
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
