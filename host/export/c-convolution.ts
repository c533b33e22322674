/** Writes what a header says of a convolution: which weight joins which units is a formula, where lists would be long. */
import { type Graph, type GraphConnection, takesGreatest } from '../model/index.js';

export function isConvolution({ kind }: GraphConnection): boolean {
  return kind === 'convolution';
}

/** Its words, as lines of a comment. */
export function convolutionLines({ layers }: Graph, { pre, post, words, map }: GraphConnection): string[] {
  const { side, stride, padding, pool } = words;
  const [from, to] = [layers[pre].shape, layers[post].shape];
  const taken = takesGreatest(map) ? 'the greatest' : 'the sum';
  const pooled = pool > 1 ? `; unit j takes ${taken} of what ${pool} x ${pool} places p have` : '';
  return [
    `     a convolution: ${side} x ${side} x ${from.channels} weights for each of ${to.channels} channels,`,
    `     stride ${stride}, padding ${padding}${pooled},`,
  ];
}

/** The formula as a function of C: index of the weight that joins unit i and unit j at one of j's places, or -1. */
export function elementFunction(
  { layers }: Graph,
  { pre, post, words }: GraphConnection,
  name: string,
): string {
  const { side, stride, padding, pool } = words;
  const [from, to] = [layers[pre].shape, layers[post].shape];
  const within = (at: string, place: string) => {
    const places = pool === 1 ? at : `(${at} * ${pool} + ${place})`;
    return `${places} * ${stride} - ${padding}`;
  };
  const row = within(`j / ${to.channels} / ${to.columns}`, `p / ${pool}`);
  const column = within(`j / ${to.channels} % ${to.columns}`, `p % ${pool}`);
  return `static inline int32_t ${name}(int32_t i, int32_t j, int32_t p) {
  const int32_t line = i / ${from.channels} / ${from.columns} - (${row});
  const int32_t column = i / ${from.channels} % ${from.columns} - (${column});
  ${pool === 1 ? '(void)p;\n  ' : ''}if (line < 0 || line >= ${side} || column < 0 || column >= ${side}) return -1;
  return ((line * ${side} + column) * ${from.channels} + i % ${from.channels}) * ${to.channels} + j % ${to.channels};
}`;
}

/** How the drive of a unit that pools is computed. */
export function pooledDriveLines({ connections }: Graph): readonly string[] {
  const pooled = connections.filter(({ map }) => map.pooled);
  if (pooled.length === 0) return [];
  const numbers = (some: readonly GraphConnection[]) =>
    some.map((one) => connections.indexOf(one)).join(', ');
  const [greatest, sums] = [
    pooled.filter(({ map }) => takesGreatest(map)),
    pooled.filter(({ map }) => !takesGreatest(map)),
  ];
  return [
    ...(sums.length > 0 ? [`  Connections ${numbers(sums)}: for each p too, both ways.`] : []),
    ...(greatest.length > 0
      ? [
          `  Connections ${numbers(greatest)}: sum over i for each p by itself, and add the greatest sum alone, of the first p of equals.`,
          '  The other way round m sends by this same p alone, found from the states that layer k has before it changes.',
        ]
      : []),
  ];
}
