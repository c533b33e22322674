/** Prints measurements as Markdown. */
import { spread } from '../../dist/host/ground/spread.js';
import { ANGLES, networks, WAYS } from './recipes.mjs';

/** A float64 prototype of 784-128-10, in percent, by angle. */
const FLOAT = { 30: [31.2, 8.5, 13.9, 10.0], 45: [61.7, 10.8, 30.9, 10.6] };

export function tableOf(entries) {
  const rows = networks.flatMap(({ id, name }) =>
    ANGLES.flatMap((degrees) => {
      const found = entries.find((entry) => entry.network === id && entry.degrees === degrees);
      if (!found) return [];
      const errors = [found.before, ...WAYS.map((way) => found[way])].map(percent);
      const own = [[`${name}, ${degrees}°`, ...errors]];
      if (id !== 'small') return own;
      return [...own, ['in float', ...FLOAT[degrees].map((error) => `${error.toFixed(1)} %`)]];
    }),
  );
  const boards = networks.flatMap(({ id, name }) => {
    const found = entries.find((entry) => entry.network === id && entry.board);
    return found ? [boardRow(name, found.board)] : [];
  });
  const errors = markdown(['', 'before', 'all connections learn', 'the last alone', 'from scratch'], rows);
  if (boards.length === 0) return errors;
  const heads = [
    '',
    'minibatches, equal digest',
    'cycles an example, at first',
    'on the mean',
    'in all',
    'RAM',
  ];
  return `${errors}\n\n${markdown(heads, boards)}`;
}

function boardRow(name, { minibatches, digest, cyclesFirst, cycles, seconds, ram }) {
  const whole = (value) => value.toLocaleString('en-GB');
  return [
    name,
    `${minibatches}, \`${digest}\``,
    whole(cyclesFirst),
    whole(cycles),
    `${Math.round(seconds)} s`,
    `${whole(ram)} bytes`,
  ];
}

function percent(errors) {
  const { mean, halfWidth } = spread(errors);
  return `${mean.toFixed(2)}${halfWidth === undefined ? '' : ` ± ${halfWidth.toFixed(2)}`} %`;
}

function markdown(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
